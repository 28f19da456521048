/** "Run History…": brings former runs back, with their names, to compare with. */
import * as vscode from 'vscode';
import { commands, registerCommand } from '../commands';
import { policyStyle } from '../panel/policy-style';
import type { Product } from '../product';
import { replay } from '../replay/replay-command';
import { traceOfCommand } from '../session/active-trace';
import { scenarioKey } from '../session/run-set';
import type { TraceSession } from '../session/trace-session';
import { formatNs } from '../util/format';
import { withRuns, type HistoryEntry } from './run-history';

const KEY = 'runs.history';

export function registerHistory(product: Product): void {
  const state = product.context.workspaceState;
  const read = (): HistoryEntry[] => state.get<HistoryEntry[]>(KEY, []);
  product.context.subscriptions.push(
    product.sessions.onDidChange(({ session, change }) => {
      if (change !== 'runs' || session.runs.all.length === 0) return;
      void state.update(KEY, withRuns(read(), session.uri, session.name, session.runs.all, Date.now()));
    }),
  );
  registerCommand(product, commands.runHistory, async target => {
    const session = await traceOfCommand(product, target);
    if (session === undefined) return;
    const { fingerprint } = await session.open();
    const chosen = await choose(read().filter(entry => entry.fingerprint === fingerprint));
    if (chosen.length > 0) await bringBack(product, session, chosen);
  });
}

async function choose(entries: HistoryEntry[]): Promise<HistoryEntry[]> {
  const { t } = vscode.l10n;
  if (entries.length === 0) {
    void vscode.window.showInformationMessage(t('This trace was not replayed before.'));
    return [];
  }
  const items = entries.map(entry => ({
    label: `${policyStyle(entry.policy).symbol} ${entry.name}`,
    description: `${formatNs(entry.cpuNs)} · ${new Date(entry.at).toLocaleString(vscode.env.language)}`,
    entry,
  }));
  const options = { canPickMany: true as const, title: t('Run History'), placeHolder: t('Runs to bring back') };
  return ((await vscode.window.showQuickPick(items, options)) ?? []).map(item => item.entry);
}

/** A replay gives the same bytes for the same trace and scenario: replaying again is how a run is brought back. */
async function bringBack(product: Product, session: TraceSession, entries: HistoryEntry[]): Promise<void> {
  await replay(
    product,
    session,
    entries.map(entry => entry.request),
  );
  for (const run of session.runs.all) {
    const entry = entries.find(({ request }) => scenarioKey(request) === scenarioKey(run.request));
    if (entry !== undefined) session.rename(run.summary.runId, entry.name);
  }
}
