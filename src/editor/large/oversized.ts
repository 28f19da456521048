/** Traces that were opened as text although VS Code keeps texts of their size from extensions: their own view is offered. */
import * as vscode from 'vscode';
import { looksLikeTrace, SNIFFED_LINES } from '../language/sniff';
import type { Product } from '../product';
import { traceName } from '../session/trace-source';
import { setting } from '../settings';
import { MAX_TEXT_BYTES } from '../traces/compressed-file-system';

export function registerOversized(product: Product): void {
  const asked = new Set<string>();
  const look = (tabs: readonly vscode.Tab[]): void => {
    for (const { input } of tabs) {
      if (!(input instanceof vscode.TabInputText) || input.uri.scheme !== 'file') continue;
      // A question that was closed without an answer is not repeated until the next start.
      if (asked.has(input.uri.toString())) continue;
      asked.add(input.uri.toString());
      offer(product, input.uri).catch((error: unknown) => product.failures.note(error, 'looking at a large text'));
    }
  };
  product.context.subscriptions.push(
    vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => look([...opened, ...changed])),
  );
  look(vscode.window.tabGroups.all.flatMap(group => group.tabs));
}

async function offer(product: Product, uri: vscode.Uri): Promise<void> {
  if (setting('detectTraces') === 'never') return;
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size <= MAX_TEXT_BYTES || !(await isTraceText(product, uri))) return;
  const open = vscode.l10n.t('Open with Annotations');
  const text = vscode.l10n.t('{0} is too large for hovers and annotations in a text editor.', traceName(uri));
  if ((await vscode.window.showInformationMessage(text, open)) !== open) return;
  await product.largeViews.open(uri);
  const native = vscode.window.tabGroups.all
    .flatMap(group => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
  await vscode.window.tabGroups.close(native);
}

async function isTraceText(product: Product, uri: vscode.Uri): Promise<boolean> {
  const text = product.texts.open(uri);
  try {
    return looksLikeTrace((await text.lines(1, SNIFFED_LINES)).texts);
  } finally {
    text.dispose();
  }
}
