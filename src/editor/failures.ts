/** Failures in the user's terms: the same words as on the command line, with the log one click away. */
import * as vscode from 'vscode';
import { EngineError } from '../service/api';
import type { Notice } from './panel/messages';

export class Failures {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Shows a failure and logs it. A cancelled call is no failure. */
  show(error: unknown, during: string): void {
    const notice = this.note(error, during);
    if (notice === undefined) return;
    const showLog = vscode.l10n.t('Show Log');
    const text = notice.advice === '' ? notice.message : `${notice.message} ${notice.advice}`;
    void vscode.window.showErrorMessage(text, showLog).then(choice => {
      if (choice === showLog) this.log.show();
    });
  }

  /** Logs a failure without disturbing; undefined when the call was only cancelled. */
  note(error: unknown, during: string): Notice | undefined {
    if (isAbort(error)) {
      this.log.info(`${during}: cancelled`);
      return undefined;
    }
    this.log.error(`${during}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return noticeOf(error);
  }

  /** A failure of a virtual file, in the words that VS Code will show in its editor. */
  asFileError(error: unknown, during: string): vscode.FileSystemError {
    const notice = this.note(error, during) ?? { message: vscode.l10n.t('Cancelled.'), advice: '' };
    return vscode.FileSystemError.Unavailable(`${notice.message} ${notice.advice}`.trim());
  }
}

/** One line that says what is wrong and one that says what to do. */
export function noticeOf(error: unknown): Notice {
  if (error instanceof EngineError) return { message: error.message, advice: error.advice };
  return {
    message: error instanceof Error ? error.message : String(error),
    advice: vscode.l10n.t('This is a defect of IOMMU Replay: its log has the details.'),
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}
