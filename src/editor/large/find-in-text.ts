/** "Find in the Large Trace…": VS Code's own search does not reach such a text. */
import * as vscode from 'vscode';
import type { Direction } from '../../service/api';
import { withProgress } from '../util/cancellation';
import type { LargeTraceView } from './large-trace-view';
import { parsePattern } from './parse-pattern';

export class FindInText {
  /** What was looked for last, as it was typed. */
  #wanted = '';

  /** @param active the view in front */
  constructor(private readonly active: () => LargeTraceView | undefined) {}

  /** Asks what to find, and goes to the next line that matches. */
  async ask(): Promise<void> {
    if (this.active() === undefined) return;
    const wanted = await vscode.window.showInputBox({
      title: vscode.l10n.t('Find in the Large Trace'),
      prompt: vscode.l10n.t('Text in any case, or a /regular expression/'),
      value: this.#wanted,
      validateInput: text => problemOf(text),
    });
    if (wanted === undefined || wanted === '') return;
    this.#wanted = wanted;
    await this.#find('forward');
  }

  /** Goes to the next line of what was looked for last, or asks. */
  again(direction: Direction): Promise<void> {
    return this.#wanted === '' ? this.ask() : this.#find(direction);
  }

  async #find(direction: Direction): Promise<void> {
    const view = this.active();
    if (view === undefined) return;
    const wanted = this.#wanted;
    const title = vscode.l10n.t('Looking for {0}', wanted);
    const location = vscode.ProgressLocation.Notification;
    const found = await withProgress({ location, title, cancellable: true }, options =>
      view.find(parsePattern(wanted), direction, options),
    );
    if (!found) void vscode.window.showInformationMessage(vscode.l10n.t('No line has {0}.', wanted));
  }
}

function problemOf(text: string): string | undefined {
  try {
    parsePattern(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
