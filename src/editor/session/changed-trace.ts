/** A trace whose text changes (recorded again, or edited) is read anew; its runs are offered to be made again. */
import * as vscode from 'vscode';
import type { Product } from '../product';
import { replay } from '../replay/replay-command';
import type { TraceSession } from './trace-session';

export function registerChangedTraces(product: Product): void {
  product.context.subscriptions.push(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const session = product.sessions.find(document.uri);
      if (session === undefined || contentChanges.length === 0) return;
      readAnew(product, session).catch((error: unknown) => product.failures.show(error, 'reading a changed trace'));
    }),
  );
}

/** Forgets what was made from a trace's former text, and offers to replay it again. */
export async function readAnew(product: Product, session: TraceSession): Promise<void> {
  const requests = session.runs.all.map(run => run.request);
  await session.reset();
  if (requests.length === 0) return;
  const again = vscode.l10n.t('Replay Again');
  const text = vscode.l10n.t('{0} changed: its runs were made from the text before.', session.name);
  const choice = await vscode.window.showInformationMessage(text, again);
  if (choice === again) await replay(product, session, requests);
}
