/** Shows a line of a trace in its editor. */
import * as vscode from 'vscode';
import { eventColumn } from '../language/line-tokens';
import type { TraceSession } from './trace-session';

/**
 * Puts the caret at the event of a line and scrolls it into view, in the editor that shows the trace or in a new one.
 *
 * @param line 1-based; beyond the end means the last line
 */
export async function revealLine(uri: vscode.Uri, line: number, preserveFocus: boolean): Promise<void> {
  const key = uri.toString();
  const visible = vscode.window.visibleTextEditors.find(editor => editor.document.uri.toString() === key);
  const tabColumn = vscode.window.tabGroups.all.find(group =>
    group.tabs.some(tab => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === key),
  )?.viewColumn;
  const document = visible?.document ?? (await vscode.workspace.openTextDocument(uri));
  const { range, text } = document.lineAt(Math.min(line, document.lineCount) - 1);
  const start = range.start.translate(0, eventColumn(text));
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: visible?.viewColumn ?? tabColumn ?? vscode.ViewColumn.One,
    preserveFocus,
    preview: false,
    selection: new vscode.Range(start, start),
  });
  // From the event to the end of the line: in a narrow editor that is what there is to see, annotation included.
  editor.revealRange(range.with(start), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Reveals the first event at or after a moment of the trace, ns since the first event. */
export async function revealTime(session: TraceSession, timeNs: number, preserveFocus: boolean): Promise<void> {
  const { traceId } = await session.open();
  const line = await session.engine().lineAt(traceId, timeNs);
  if (line !== undefined) await revealLine(vscode.Uri.parse(session.uri, true), line, preserveFocus);
}
