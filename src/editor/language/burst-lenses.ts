/** CodeLens at the costliest bursts only: what they cost under the shown run. */
import * as vscode from 'vscode';
import type { OutlineNode } from '../../service/api';
import { shortLabel } from '../session/run-label';
import { commands } from '../commands';
import type { Product } from '../product';
import type { Run } from '../session/run-set';
import { onSettingChanged, setting } from '../settings';
import { formatCount, formatNs, formatRatio } from '../util/format';
import { traceSelector } from './language';
import { outlineOf } from './outline';

export function registerBurstLenses(product: Product): void {
  const changed = new vscode.EventEmitter<void>();
  const refresh = (): void => changed.fire();
  product.context.subscriptions.push(
    changed,
    product.sessions.onDidChange(refresh),
    onSettingChanged('codeLens.count', refresh),
    onSettingChanged('annotations', refresh),
    vscode.languages.registerCodeLensProvider(traceSelector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: document => lenses(product, document),
    }),
  );
}

async function lenses(product: Product, document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const session = product.sessions.for(document.uri);
  const { shown } = session.runs;
  const count = setting('codeLens.count');
  if (shown === undefined || count === 0 || setting('annotations') === 'off') return [];
  const bursts = leaves(await outlineOf(session));
  const costliest = bursts.sort((a, b) => (b.ns ?? 0) - (a.ns ?? 0)).slice(0, count);
  return costliest.map(burst => {
    const start = new vscode.Range(burst.fromLine - 1, 0, burst.fromLine - 1, 0);
    return new vscode.CodeLens(start, { command: commands.showPanel, title: lensText(burst, shown, session.runs.all) });
  });
}

function leaves(nodes: readonly OutlineNode[]): OutlineNode[] {
  return nodes.flatMap(node => (node.kind === 'burst' ? [node] : leaves(node.children)));
}

function lensText({ name, operations, ns, baselineNs }: OutlineNode, shown: Run, all: readonly Run[]): string {
  const cost = ns ?? 0;
  const difference = baselineNs === undefined ? undefined : formatRatio(cost, baselineNs);
  const parts = [
    name,
    vscode.l10n.t('{0} operations', formatCount(operations)),
    formatNs(cost),
    difference,
    shortLabel(shown, all),
  ];
  return parts.filter(part => part !== undefined).join(' · ');
}
