/** Inlay hints with the time since the previous event, or since the operation's first. Off unless asked for. */
import * as vscode from 'vscode';
import type { LineFacts } from '../../service/api';
import type { Product } from '../product';
import { onSettingChanged, setting, type DeltaTime } from '../settings';
import { formatNs } from '../util/format';
import { traceSelector } from './language';

/** Enough before the range to know the event before its first line. */
const LOOK_BACK_LINES = 200;

export function registerDeltaTime(product: Product): void {
  const changed = new vscode.EventEmitter<void>();
  product.context.subscriptions.push(
    changed,
    onSettingChanged('deltaTime', () => changed.fire()),
    product.sessions.onDidChange(({ change }) => {
      if (change === 'trace') changed.fire();
    }),
    vscode.languages.registerInlayHintsProvider(traceSelector, {
      onDidChangeInlayHints: changed.event,
      provideInlayHints: async (document, range) => {
        const mode = setting('deltaTime');
        const session = product.sessions.for(document.uri);
        if (mode === 'off' || session.summary === undefined) return [];
        const from = Math.max(1, range.start.line + 1 - LOOK_BACK_LINES);
        const facts = await session.engine().lineFacts(session.summary.traceId, from, range.end.line + 1);
        return deltas(facts, mode)
          .filter(({ line }) => line > range.start.line && line <= document.lineCount)
          .map(({ line, ns }) => hint(line, ns));
      },
    }),
  );
}

/** Time differences by line: to the event before (`previous`), or to the first event of the operation (`operation`). */
export function deltas(
  { line, timeNs, operation }: LineFacts,
  mode: Exclude<DeltaTime, 'off'>,
): { line: number; ns: number }[] {
  const first = new Map<number, number>();
  const found: { line: number; ns: number }[] = [];
  for (let i = 0; i < line.length; i++) {
    if (mode === 'previous') {
      if (i > 0) found.push({ line: line[i], ns: timeNs[i] - timeNs[i - 1] });
      continue;
    }
    if (operation[i] < 0) continue;
    const start = first.get(operation[i]);
    if (start === undefined) first.set(operation[i], timeNs[i]);
    else found.push({ line: line[i], ns: timeNs[i] - start });
  }
  return found;
}

/** As wide as the widest, so that the lines stay aligned: +999 ms. */
const WIDTH = 8;

function hint(line: number, ns: number): vscode.InlayHint {
  const text = `+${formatNs(ns)}`.padStart(WIDTH, '\u00a0');
  const made = new vscode.InlayHint(new vscode.Position(line - 1, 0), text);
  made.paddingRight = true;
  return made;
}
