/** A trace's own text, line by line, beside what was made of each line. */
import type { Trace } from '../../trace/operations';
import type { Pacer } from '../pacing';
import type { SourceReader } from '../source';

const LINE_FEED = 10;

/** One line of the text. */
export interface TextLine {
  /** 1-based. */
  number: number;
  /** With its line end. Valid until the next line is asked for. */
  bytes: Uint8Array;
  /** Event row on this line; -1 for none. */
  row: number;
  /** Event row on this line or the last one before it; -1 before the first. */
  lastRow: number;
}

/** All lines of a source that was opened as `trace`. */
export async function* linesOfSource(source: SourceReader, trace: Trace, pacer: Pacer): AsyncGenerator<TextLine> {
  const { events } = trace;
  const line: TextLine = { number: 0, bytes: new Uint8Array(0), row: -1, lastRow: -1 };
  let next = 0;
  const numbered = (bytes: Uint8Array): TextLine => {
    line.number++;
    line.bytes = bytes;
    const isEvent = next < events.count && events.line[next] === line.number;
    line.row = isEvent ? next : -1;
    if (isEvent) line.lastRow = next++;
    return line;
  };
  let carry = new Uint8Array(0);
  for await (const chunk of source.chunks()) {
    const bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    let start = 0;
    for (let feed = bytes.indexOf(LINE_FEED); feed >= 0; feed = bytes.indexOf(LINE_FEED, start)) {
      yield numbered(bytes.subarray(start, feed + 1));
      start = feed + 1;
    }
    carry = new Uint8Array(bytes.subarray(start));
    await pacer.step(source.fraction);
  }
  if (carry.length > 0) yield numbered(carry);
}

/** Bytes written piece by piece. */
export class ByteWriter {
  private buffer = new Uint8Array(64 * 1024);
  private length = 0;

  write(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.buffer.length) {
      const grown = new Uint8Array((this.length + bytes.length) * 2);
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}
