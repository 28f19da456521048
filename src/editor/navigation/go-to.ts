/** "Go to Time / Operation / IOVA…": reveals the line where something happens. */
import * as vscode from 'vscode';
import { commands, registerCommand, type CommandId } from '../commands';
import type { Product } from '../product';
import { traceOfCommand } from '../session/active-trace';
import { caretLine, revealLine } from '../session/reveal';
import type { TraceSession } from '../session/trace-session';
import { parseAddress, parseOperation, parseTime } from './parse-target';

interface GoTo {
  command: CommandId;
  title: string;
  prompt: string;
  /** undefined: the text is no such thing. */
  parse: (text: string) => number | undefined;
  /** 1-based line; undefined: there is none. */
  find: (session: TraceSession, traceId: string, value: number) => Promise<number | undefined>;
}

export function registerGoTo(product: Product): void {
  const { t } = vscode.l10n;
  register(product, {
    command: commands.goToTime,
    title: t('Go to Time'),
    prompt: t('Time since the first event: 1.5s, 250ms, 80us, 12345ns'),
    parse: parseTime,
    find: (session, traceId, timeNs) => session.engine().lineAt(traceId, timeNs),
  });
  register(product, {
    command: commands.goToOperation,
    title: t('Go to Operation'),
    prompt: t('Number of the operation, as hovers and tables show it'),
    parse: parseOperation,
    find: (session, traceId, operation) => session.engine().lineOfOperation(traceId, operation),
  });
  register(product, {
    command: commands.goToAddress,
    title: t('Go to IOVA'),
    prompt: t('Next event whose IOVA range holds this address (hexadecimal)'),
    parse: parseAddress,
    find: (session, traceId, address) => session.engine().lineOfAddress(traceId, address, caretLine(product, session)),
  });
}

function register(product: Product, goTo: GoTo): void {
  registerCommand(product, goTo.command, async target => {
    const session = await traceOfCommand(product, target);
    if (session === undefined) return;
    const text = await vscode.window.showInputBox({
      title: goTo.title,
      prompt: goTo.prompt,
      validateInput: value => (value === '' || goTo.parse(value) !== undefined ? undefined : goTo.prompt),
    });
    const value = text === undefined ? undefined : goTo.parse(text);
    if (value === undefined) return;
    const { traceId } = await session.open();
    const line = await goTo.find(session, traceId, value);
    if (line === undefined)
      void vscode.window.showInformationMessage(vscode.l10n.t('Nothing in the trace is at {0}.', text ?? ''));
    else await revealLine(product, vscode.Uri.parse(session.uri, true), line, false);
  });
}
