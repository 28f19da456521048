import { Ascii } from '../cursor';
import { decodeText } from '../text';

/** Bytes from the start of the input that decide its format. */
export const SAMPLE_BYTES = 64 * 1024;

const MAX_LINES = 1000;

/** The first lines of the input. A last line without an end is left out, unless it is the only one. */
export class Sample {
  /** Start and end of each line, without line ends. */
  readonly lines: readonly { start: number; end: number }[];

  constructor(readonly bytes: Uint8Array) {
    this.lines = splitLines(bytes);
  }

  /** Number of lines that satisfy `test`. */
  count(test: (start: number, end: number) => boolean): number {
    let found = 0;
    for (const { start, end } of this.lines) if (test(start, end)) found++;
    return found;
  }

  /** The first lines as text, for tests that a pattern expresses best. */
  text(lines = this.lines.length): string[] {
    return this.lines.slice(0, lines).map(({ start, end }) => decodeText(this.bytes, start, end));
  }
}

function splitLines(bytes: Uint8Array): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  let start = 0;
  while (start < bytes.length && lines.length < MAX_LINES) {
    const feed = bytes.indexOf(Ascii.LineFeed, start);
    if (feed < 0 && lines.length > 0) break;
    const end = feed < 0 ? bytes.length : feed;
    lines.push({ start, end: end > start && bytes[end - 1] === Ascii.Return ? end - 1 : end });
    start = end + 1;
  }
  return lines;
}
