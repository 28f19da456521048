/** The time range that a command is about: the one selected in the panel, the lines selected in the text, or one typed in. */
import * as vscode from 'vscode';
import type { TimeRange } from '../../service/api';
import type { LineRange } from '../annotations/shown-annotations';
import { parseTime } from '../navigation/parse-target';
import type { Product } from '../product';
import type { TraceSession } from '../session/trace-session';
import { formatNs } from '../util/format';

/** undefined: the user left. */
export async function selectedRange(product: Product, session: TraceSession): Promise<TimeRange | undefined> {
  const { report } = await session.open();
  const { t } = vscode.l10n;
  const known = session.range ?? (await rangeOfSelection(product, session));
  const text = await vscode.window.showInputBox({
    title: t('Save Time Range as Trace'),
    prompt: t('From and to since the first event, such as 1.5s..2s; the trace is {0} long', formatNs(report.spanNs)),
    value: known === undefined ? '' : `${known.fromNs}ns..${known.toNs}ns`,
    validateInput: value =>
      parseRange(value) === undefined ? t('Two times are expected here, such as 1.5s..2s') : undefined,
  });
  return text === undefined ? undefined : parseRange(text);
}

function parseRange(text: string): TimeRange | undefined {
  const [from, to, ...rest] = text.split('..').map(parseTime);
  if (from === undefined || to === undefined || rest.length > 0 || to <= from) return undefined;
  return { fromNs: from, toNs: to };
}

async function rangeOfSelection(product: Product, session: TraceSession): Promise<TimeRange | undefined> {
  const { from, to } = selectedLines(product, session);
  if (from === to) return undefined;
  const { traceId } = await session.open();
  const { timeNs } = await session.engine().lineFacts(traceId, from, to);
  if (timeNs.length < 2) return undefined;
  // Half-open: the last selected event is to be inside.
  return { fromNs: timeNs[0], toNs: timeNs[timeNs.length - 1] + 1 };
}

/** The same line twice where nothing is selected. */
function selectedLines(product: Product, session: TraceSession): LineRange {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.toString() === session.uri) {
    return { from: editor.selection.start.line + 1, to: editor.selection.end.line + 1 };
  }
  return product.largeViews.find(vscode.Uri.parse(session.uri, true))?.selection ?? { from: 1, to: 1 };
}
