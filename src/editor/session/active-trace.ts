/** Which trace a command is about. */
import * as vscode from 'vscode';
import type { Product } from '../product';
import { openTrace } from '../traces/open-trace';
import { isCompressed } from '../traces/compressed-file-system';
import { viewOf } from '../traces/views';
import { tabUri } from './sessions';
import type { TraceSession } from './trace-session';

/**
 * The trace that a command was called for: the file it was called on, the active editor or tab, the trace at hand, else
 * one that the user picks.
 *
 * @param target what VS Code passes to a command of a context menu
 */
export async function traceOfCommand(product: Product, target: unknown): Promise<TraceSession | undefined> {
  const uri = target instanceof vscode.Uri ? target : activeUri(product);
  if (uri === undefined) return openTrace(product);
  const view = viewOf(uri);
  if (view !== undefined) return product.sessions.for(vscode.Uri.parse(view.trace, true));
  const known = product.sessions.find(uri);
  if (known !== undefined) return known;
  if (isCompressed(uri)) return openTrace(product, uri);
  return product.sessions.for(uri);
}

function activeUri(product: Product): vscode.Uri | undefined {
  // A document above 50 MB has no TextEditor; its tab is all that an extension gets to see.
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const active = vscode.window.activeTextEditor?.document.uri ?? tabUri(input);
  const { current } = product.sessions;
  const ofPanel = input instanceof vscode.TabInputWebview && current !== undefined;
  if (active !== undefined && !ofPanel) return active;
  return current === undefined ? undefined : vscode.Uri.parse(current.uri, true);
}
