/** The Runs view: the replays of the trace at hand, which of them is the baseline, and which is shown in the text. */
import * as vscode from 'vscode';
import { shortLabel } from '../session/run-label';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import type { Run } from '../session/run-set';
import type { TraceSession } from '../session/trace-session';
import { runDescription, runItem } from './run-item';

export function registerRunsView(product: Product): void {
  const { sessions } = product;
  const changed = new vscode.EventEmitter<undefined>();
  const view = vscode.window.createTreeView<Run>('iommuReplay.runs', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: run => (run === undefined ? [...(sessions.current?.runs.all ?? [])] : []),
      getTreeItem: run => runItem(run, sessions.current!.runs),
    },
  });
  const refresh = (): void => {
    view.description = sessions.current?.name ?? '';
    changed.fire(undefined);
    const hasRuns = (sessions.current?.runs.all.length ?? 0) > 0;
    void vscode.commands.executeCommand('setContext', 'iommuReplay.hasRuns', hasRuns);
    void vscode.commands.executeCommand('setContext', 'iommuReplay.hasTrace', sessions.current !== undefined);
  };
  product.context.subscriptions.push(
    view,
    changed,
    sessions.onDidChange(refresh),
    sessions.onDidChangeCurrent(refresh),
  );
  registerRunCommands(product);
}

function registerRunCommands(product: Product): void {
  onRun(product, commands.selectRun, vscode.l10n.t('Run to show in the text'), (session, run) => {
    session.show(run.summary.runId);
  });
  onRun(product, commands.setBaseline, vscode.l10n.t('Run to compare the others with'), (session, run) => {
    session.setBaseline(run.summary.runId);
  });
  onRun(product, commands.removeRun, vscode.l10n.t('Run to remove'), (session, run) =>
    session.remove(run.summary.runId),
  );
  onRun(product, commands.renameRun, vscode.l10n.t('Run to rename'), async (session, run) => {
    const name = await vscode.window.showInputBox({ title: vscode.l10n.t('Rename Run'), value: run.name });
    if (name !== undefined) session.rename(run.summary.runId, name);
  });
}

/** A command on a run: of the view's row, by id, or picked by the user. */
function onRun(
  product: Product,
  command: Parameters<typeof registerCommand>[1],
  placeHolder: string,
  act: (session: TraceSession, run: Run) => Promise<void> | void,
): void {
  registerCommand(product, command, async target => {
    const named = findRun(product, target);
    const session = named?.session ?? product.sessions.current;
    if (session === undefined) return;
    const run = named?.run ?? (await pickRun(session, placeHolder));
    if (run !== undefined) await act(session, run);
  });
}

function findRun(product: Product, target: unknown): { session: TraceSession; run: Run } | undefined {
  for (const session of product.sessions.all) {
    const run = session.runs.all.find(candidate => candidate === target || candidate.summary.runId === target);
    if (run !== undefined) return { session, run };
  }
  return undefined;
}

async function pickRun(session: TraceSession, placeHolder: string): Promise<Run | undefined> {
  const items = session.runs.all.map(run => ({
    label: shortLabel(run, session.runs.all),
    description: runDescription(run, session.runs),
    run,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.run;
}
