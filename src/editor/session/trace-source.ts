/** Where the engine reads a document's trace from. */
import * as vscode from 'vscode';
import type { TraceSource } from '../../service/api';
import { compressedOf } from '../traces/compressed-file-system';

/**
 * The file itself where the engine can read it, else the bytes: unsaved text, and files that only VS Code can reach.
 */
export async function traceSource(uri: vscode.Uri): Promise<TraceSource> {
  const compressed = compressedOf(uri);
  if (compressed !== undefined) return traceSource(compressed);
  const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri.toString());
  const name = traceName(uri);
  if (document !== undefined && (document.isDirty || document.isUntitled)) {
    return { name, bytes: new TextEncoder().encode(document.getText()) };
  }
  if (uri.scheme === 'file') return { path: uri.fsPath };
  return { name, bytes: await vscode.workspace.fs.readFile(uri) };
}

/** The file's name for people. */
export function traceName(uri: vscode.Uri): string {
  return (compressedOf(uri) ?? uri).path.split('/').at(-1) ?? uri.path;
}
