/** Searching a text by lines, around its end. */
import type { Pacer } from '../pacing';
import { BLOCK_LINES } from './line-index';
import type { Direction, TextLines } from './text-lines';

/** Lines first..first+count-1 (1-based), fewer only at the end of the text. */
type ReadLines = (first: number, count: number) => Promise<TextLines>;

/** Consecutive lines, in the order of the text. */
interface Piece {
  first: number;
  texts: string[];
  /** Lines of the text, as far as they are known. */
  lines: number;
}

/**
 * The nearest line that matches, from the neighbour of line `from` on, around the text's end and back to `from` itself.
 *
 * @param pattern without the flags g and y, which make it remember
 * @returns 1-based; undefined: no line matches
 */
export async function findLine(
  read: ReadLines,
  pattern: RegExp,
  from: number,
  direction: Direction,
  pacer: Pacer,
): Promise<number | undefined> {
  let seen = 0;
  const pieces = direction === 'forward' ? linesAfter(read, from) : linesBefore(read, from);
  for await (const { first, texts, lines } of pieces) {
    if (direction === 'backward') texts.reverse();
    const found = texts.findIndex(text => pattern.test(text));
    if (found >= 0) return direction === 'forward' ? first + found : first + texts.length - 1 - found;
    seen += texts.length;
    await pacer.step(Math.min(seen / lines, 1));
  }
  return undefined;
}

async function* linesAfter(read: ReadLines, from: number): AsyncGenerator<Piece> {
  for (let first = from + 1; ; first += BLOCK_LINES) {
    const { texts, extent } = await read(first, BLOCK_LINES);
    if (texts.length === 0) break;
    yield { first, texts, lines: extent.lines };
  }
  for (let first = 1; first <= from; first += BLOCK_LINES) {
    const { texts, extent } = await read(first, Math.min(BLOCK_LINES, from - first + 1));
    yield { first, texts, lines: extent.lines };
  }
}

async function* linesBefore(read: ReadLines, from: number): AsyncGenerator<Piece> {
  yield* downwards(read, from - 1, 1);
  // Nothing is beyond the end: what comes back is how many lines there are.
  const { extent } = await read(Number.MAX_SAFE_INTEGER, 1);
  yield* downwards(read, extent.lines, from);
}

async function* downwards(read: ReadLines, from: number, to: number): AsyncGenerator<Piece> {
  for (let last = from; last >= to; last -= BLOCK_LINES) {
    const first = Math.max(to, last - BLOCK_LINES + 1);
    const { texts, extent } = await read(first, last - first + 1);
    yield { first, texts, lines: extent.lines };
  }
}
