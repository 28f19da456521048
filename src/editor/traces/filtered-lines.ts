/** The lines of a trace that a filter leaves. */
import * as vscode from 'vscode';
import { EngineError } from '../../service/api';
import type { TraceTexts } from '../large/trace-texts';
import { documentOf } from '../session/reveal';
import type { TraceSession } from '../session/trace-session';
import type { TraceView } from './views';

/** More lines than anyone reads; the engine says when there would be more. */
export const MAX_FILTERED_LINES = 200_000;

/**
 * Text of the lines that match, in the trace's own words: saved, it is a trace again.
 *
 * @returns the text, and each of its lines' 1-based line in the trace
 * @throws EngineError when the filter cannot be understood
 */
export async function filteredLines(
  session: TraceSession,
  texts: TraceTexts,
  trace: vscode.Uri,
  view: Extract<TraceView, { kind: 'filter' }>,
): Promise<{ text: string; lines: Uint32Array }> {
  const { traceId } = await session.open();
  const selection = { filter: view.filter, ...(view.range && { range: view.range }) };
  const found = await session.engine().filter(traceId, selection, MAX_FILTERED_LINES, view.run);
  const problem = found.errors.at(0);
  if (problem !== undefined) {
    throw new EngineError(problem.message, vscode.l10n.t('Correct the filter: {0}', view.filter));
  }
  return { text: (await textsOf(texts, trace, found.lines)).join('\n'), lines: found.lines };
}

async function textsOf(texts: TraceTexts, trace: vscode.Uri, lines: Uint32Array): Promise<string[]> {
  const document = await documentOf(trace);
  if (document !== undefined) return Array.from(lines, line => document.lineAt(line - 1).text);
  const text = texts.open(trace);
  try {
    return await text.pick(lines);
  } finally {
    text.dispose();
  }
}
