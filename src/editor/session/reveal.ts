/** Shows a line of a trace in its editor. */
import * as vscode from 'vscode';
import { eventColumn } from '../language/line-tokens';
import type { Product } from '../product';
import { isCompressed, MAX_TEXT_BYTES } from '../traces/compressed-file-system';
import { tabUri } from './sessions';
import type { TraceSession } from './trace-session';

/**
 * Puts the caret at the event of a line and scrolls it into view, in the editor or large-trace view that shows the trace
 * or in a new one.
 *
 * @param line 1-based; beyond the end means the last line
 */
export async function revealLine(
  product: Product,
  uri: vscode.Uri,
  line: number,
  preserveFocus: boolean,
): Promise<void> {
  const key = uri.toString();
  const visible = vscode.window.visibleTextEditors.find(editor => editor.document.uri.toString() === key);
  const isInLargeView = visible === undefined && product.largeViews.find(uri) !== undefined;
  const document = isInLargeView ? undefined : (visible?.document ?? (await documentOf(uri)));
  if (document === undefined) {
    await product.largeViews.reveal(uri, line, preserveFocus);
    return;
  }
  const { range, text } = document.lineAt(Math.min(line, document.lineCount) - 1);
  const start = range.start.translate(0, eventColumn(text));
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: columnOf(uri),
    preserveFocus,
    preview: false,
    selection: new vscode.Range(start, start),
  });
  // From the event to the end of the line: in a narrow editor that is what there is to see, annotation included.
  editor.revealRange(range.with(start), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The column in which a trace's text stands, also behind another tab; the first when it stands nowhere. */
export function columnOf(uri: vscode.Uri): vscode.ViewColumn {
  const key = uri.toString();
  const visible = vscode.window.visibleTextEditors.find(editor => editor.document.uri.toString() === key);
  const withTab = vscode.window.tabGroups.all.find(group =>
    group.tabs.some(tab => tabUri(tab.input)?.toString() === key),
  );
  return visible?.viewColumn ?? withTab?.viewColumn ?? vscode.ViewColumn.One;
}

/** undefined for what VS Code gives extensions no document of: more than 50 MB of text, and compressed files. */
export async function documentOf(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  if (open !== undefined) return open;
  if (isCompressed(uri)) return undefined;
  const { size } = await vscode.workspace.fs.stat(uri);
  return size > MAX_TEXT_BYTES ? undefined : vscode.workspace.openTextDocument(uri);
}

/** The line (1-based) at the caret of the editor or large-trace view in front of a trace; 0 where there is none. */
export function caretLine(product: Product, session: TraceSession): number {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.toString() === session.uri) return editor.selection.active.line + 1;
  return product.largeViews.find(vscode.Uri.parse(session.uri, true))?.caret ?? 0;
}

/** Reveals the first event at or after a moment of the trace, ns since the first event. */
export async function revealTime(
  product: Product,
  session: TraceSession,
  timeNs: number,
  preserveFocus: boolean,
): Promise<void> {
  const { traceId } = await session.open();
  const line = await session.engine().lineAt(traceId, timeNs);
  if (line !== undefined) await revealLine(product, vscode.Uri.parse(session.uri, true), line, preserveFocus);
}
