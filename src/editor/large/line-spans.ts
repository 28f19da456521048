/** The colours of a trace line where VS Code's own grammar does not reach: its main parts only, and cheaply. */
import type { LineFacts } from '../../service/api';
import { eventSpan, lineTokens } from '../language/line-tokens';
import type { LineSpan, PageLine } from './messages';

const LOST =
  /\[(?:LOST (?:\d+ )?EVENTS|(?:\d+ )?EVENTS DROPPED)\]|\bPERF_RECORD_LOST\S*|^##### CPU \d+ buffer started ####/d;
/** Headers, and the lines of a call chain. */
const ASIDE = /^(?:#.*|\s+[\da-f]{6,16} .*|\s?=> .*)$/;
const CPU_AND_TIME = /(\[\d+\])?[^[\]]*?\b(\d+\.\d{6,9}):/d;

/** @param facts of the lines' events, as far as the trace is known already */
export function pageLines(first: number, texts: readonly string[], facts: LineFacts | undefined): PageLine[] {
  const rows = new Map<number, number>();
  facts?.line.forEach((line, row) => rows.set(line, row));
  return texts.map((text, i) => {
    const row = rows.get(first + i);
    const known = facts !== undefined && row !== undefined;
    const spans = lineSpans(text, known ? facts.device[row] : -1, known ? facts.direction[row] : -1);
    return { text, spans, eventColumn: eventSpan(text)?.[0] ?? 0 };
  });
}

/**
 * Parts of a line in order of their place.
 *
 * @param device index among the trace's devices; negative: unknown
 * @param direction `Direction` value; negative: unknown
 */
export function lineSpans(text: string, device: number, direction: number): LineSpan[] {
  const lost = LOST.exec(text)?.indices?.[0];
  if (lost !== undefined) return [span(lost, 'lost')];
  if (ASIDE.test(text)) return [span([0, text.length], 'aside')];
  const [, cpu, time] = CPU_AND_TIME.exec(text)?.indices ?? [];
  const event = eventSpan(text);
  const plain = [
    ...(cpu === undefined ? [] : [span(cpu, 'cpu')]),
    ...(time === undefined ? [] : [span(time, 'time')]),
    ...(event === undefined ? [] : [span(event, 'event')]),
  ];
  // By device and direction where they are known: these take the place of the plain colours.
  const meaning = lineTokens(text, device, direction);
  const spans = meaning.map(({ start, length, type }): LineSpan => ({ start, length, color: type }));
  const free = plain.filter(
    ({ start, length }) => !spans.some(s => s.start < start + length && start < s.start + s.length),
  );
  return [...spans, ...free].sort((a, b) => a.start - b.start);
}

function span([start, end]: readonly [number, number], color: string): LineSpan {
  return { start, length: end - start, color };
}
