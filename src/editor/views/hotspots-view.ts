/** The Hotspots view: where the shown run spends its time, whether or not the place is near the caret. */
import * as vscode from 'vscode';
import type { Hotspot, HotspotGrouping } from '../../service/api';
import { differenceText } from '../annotations/annotation-text';
import { runLabel } from '../session/run-label';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import { revealLine } from '../session/reveal';
import { formatCount, formatNs } from '../util/format';

const SHOWN = 50;

/** A hotspot, or one of its lines. */
type Row = { hotspot: Hotspot } | { line: number };

export function registerHotspotsView(product: Product): void {
  const { sessions } = product;
  const changed = new vscode.EventEmitter<undefined>();
  const view = vscode.window.createTreeView<Row>('iommuReplay.hotspots', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async row => (row === undefined ? await hotspotRows(product) : lineRows(row)),
      getTreeItem: row => ('hotspot' in row ? hotspotItem(row.hotspot) : lineItem(row.line)),
    },
  });
  const refresh = (): void => {
    const shown = sessions.current?.runs.shown;
    // Whose numbers these are: the run is named wherever it is shown.
    view.description = shown === undefined ? '' : runLabel(shown);
    changed.fire(undefined);
  };
  product.context.subscriptions.push(
    view,
    changed,
    sessions.onDidChange(refresh),
    sessions.onDidChangeCurrent(refresh),
  );
  registerCommand(product, commands.groupHotspots, () => chooseGrouping(product));
  registerCommand(product, commands.revealLine, async line => {
    const { current } = sessions;
    if (current !== undefined && typeof line === 'number')
      await revealLine(product, vscode.Uri.parse(current.uri, true), line, false);
  });
}

async function hotspotRows(product: Product): Promise<Row[]> {
  try {
    const hotspots = (await product.sessions.current?.hotspots(SHOWN)) ?? [];
    return hotspots.map(hotspot => ({ hotspot }));
  } catch (error) {
    product.failures.note(error, 'listing hotspots');
    return [];
  }
}

function lineRows(row: Row): Row[] {
  return 'hotspot' in row ? row.hotspot.lines.map(line => ({ line })) : [];
}

/** Cost first: the view is narrow, and the cost is what it is for. */
function hotspotItem(hotspot: Hotspot): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const { totalNs, baselineNs, share, line, lines, operations } = hotspot;
  const item = new vscode.TreeItem(formatNs(totalNs), lines.length > 1 ? Collapsed : None);
  const difference = baselineNs === undefined ? '' : differenceText(totalNs, baselineNs);
  const percent = share >= 0.001 ? `${(share * 100).toFixed(1)} %` : '';
  const parts = [difference, percent, hotspot.label, lineText(line)];
  item.description = parts.filter(part => part !== '').join(' · ');
  item.iconPath = new vscode.ThemeIcon('flame');
  item.tooltip = vscode.l10n.t(
    '{0}: {1} operations, {2} in all (modelled), {3} on average, {4} at most',
    hotspot.label,
    formatCount(operations),
    formatNs(totalNs),
    formatNs(hotspot.meanNs),
    formatNs(hotspot.maxNs),
  );
  item.accessibilityInformation = { label: `${formatNs(totalNs)}, ${item.description}` };
  item.command = revealCommand(line);
  return item;
}

function lineItem(line: number): vscode.TreeItem {
  const item = new vscode.TreeItem(lineText(line));
  item.iconPath = new vscode.ThemeIcon('go-to-file');
  item.command = revealCommand(line);
  return item;
}

function lineText(line: number): string {
  return vscode.l10n.t('line {0}', line);
}

function revealCommand(line: number): vscode.Command {
  return { command: commands.revealLine, title: vscode.l10n.t('Show Line'), arguments: [line] };
}

async function chooseGrouping(product: Product): Promise<void> {
  const { current } = product.sessions;
  if (current === undefined) return;
  const groupings: { label: string; by: HotspotGrouping }[] = [
    { label: vscode.l10n.t('Operation'), by: 'operation' },
    { label: vscode.l10n.t('Device'), by: 'device' },
    { label: vscode.l10n.t('Call site'), by: 'call-site' },
    { label: vscode.l10n.t('Size'), by: 'size' },
    { label: vscode.l10n.t('Line'), by: 'line' },
  ];
  const items = groupings.map(grouping => ({ ...grouping, picked: grouping.by === current.grouping }));
  const choice = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Group hotspots by') });
  if (choice !== undefined) current.groupHotspots(choice.by);
}
