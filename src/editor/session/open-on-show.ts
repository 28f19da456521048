/** Reads a trace as soon as it is shown, so that hovers answer at once and the status bar can say what it is. */
import * as vscode from 'vscode';
import type { Product } from '../product';
import { withProgress } from '../util/cancellation';
import type { TraceSession } from './trace-session';

/** A file that is being written changes many times; it is read again when it rests. */
const REST_MS = 1000;

export function registerOpenOnShow(product: Product): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (session: TraceSession | undefined): void => {
    if (session === undefined || session.summary !== undefined || session.failure !== undefined) return;
    const title = vscode.l10n.t('Reading {0}', session.name);
    void withProgress({ location: vscode.ProgressLocation.Window, title }, async call => {
      try {
        const { report, damage } = await session.open(call);
        if (damage !== undefined) void vscode.window.showWarningMessage(`${damage.message} ${damage.advice}`);
        product.log.info(`read ${session.name}: ${report.format}, ${report.bytes} bytes, ${report.lines} lines`);
      } catch (error) {
        // Not a toast: the user only looked at a file. The status bar tells; a command that needs the trace will too.
        product.failures.note(error, `reading ${session.name}`);
      }
    });
  };
  product.context.subscriptions.push(
    product.sessions.onDidChangeCurrent(open),
    product.sessions.onDidChange(({ session, change }) => {
      if (change !== 'trace' || session !== product.sessions.current) return;
      clearTimeout(timer);
      timer = setTimeout(() => open(session), REST_MS);
    }),
    { dispose: () => clearTimeout(timer) },
  );
}
