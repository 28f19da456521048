/** VS Code's progress and cancellation as the engine's. */
import * as vscode from 'vscode';
import type { CallOptions } from '../../service/api';

/** Runs work under a progress bar; cancelling the bar aborts the work. */
export async function withProgress<T>(
  options: vscode.ProgressOptions,
  work: (call: Required<CallOptions>) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(options, async (bar, token) => {
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    let reported = 0;
    try {
      return await work({
        signal: controller.signal,
        progress: (fraction, what) => {
          bar.report({ message: what, increment: Math.max(0, fraction - reported) * 100 });
          reported = Math.max(reported, fraction);
        },
      });
    } finally {
      subscription.dispose();
    }
  });
}
