/** One status bar item, shown only while a trace or its panel is in front: the shown run against the baseline. */
import * as vscode from 'vscode';
import { shortLabel, runLabel } from './session/run-label';
import { commands } from './commands';
import { isTrace } from './language/language';
import { LARGE_TRACE_TYPE } from './large/large-trace-type';
import { PANEL_TYPE } from './panel/panel-type';
import type { Product } from './product';
import type { TraceSession } from './session/trace-session';
import { formatNs, formatRatio } from './util/format';

export function registerStatusBar(product: Product): void {
  const item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Right, 90);
  item.name = vscode.l10n.t('IOMMU Replay');
  const update = (): void => {
    const { current } = product.sessions;
    if (current === undefined || !traceInFront()) {
      item.hide();
      return;
    }
    show(item, current);
  };
  product.context.subscriptions.push(
    item,
    product.sessions.onDidChange(update),
    product.sessions.onDidChangeCurrent(update),
    vscode.window.tabGroups.onDidChangeTabs(update),
    vscode.window.tabGroups.onDidChangeTabGroups(update),
  );
}

function traceInFront(): boolean {
  if (isTrace(vscode.window.activeTextEditor?.document)) return true;
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom) return input.viewType === LARGE_TRACE_TYPE;
  // VS Code prefixes the type that the extension gave.
  return input instanceof vscode.TabInputWebview && input.viewType.endsWith(PANEL_TYPE);
}

function show(item: vscode.StatusBarItem, session: TraceSession): void {
  const { shown, baseline } = session.runs;
  if (session.failure !== undefined) {
    item.text = `$(warning) ${vscode.l10n.t('Not a usable trace')}`;
    item.tooltip = `${session.failure.message} ${session.failure.advice}`;
    item.command = commands.showLog;
  } else if (shown === undefined) {
    item.text = `$(pulse) ${vscode.l10n.t('Replay…')}`;
    item.tooltip = vscode.l10n.t('Replay {0} with a policy', session.name);
    item.command = commands.replay;
  } else {
    const difference =
      baseline === undefined || baseline === shown
        ? formatNs(shown.summary.time.cpuNs)
        : (formatRatio(shown.summary.time.cpuNs, baseline.summary.time.cpuNs) ?? '');
    item.text = `$(pulse) ${shortLabel(shown, session.runs.all)} ${difference}`;
    item.tooltip =
      baseline === undefined || baseline === shown
        ? runLabel(shown)
        : vscode.l10n.t('{0} against {1}: modelled time in DMA calls', runLabel(shown), runLabel(baseline));
    item.command = commands.selectRun;
  }
  item.accessibilityInformation = { label: `${item.text.replace(/\$\([\w-]+\)\s*/, '')}. ${item.tooltip}` };
  item.show();
}
