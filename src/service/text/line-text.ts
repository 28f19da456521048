/** The text of a source by lines, of any size: lines can be read while those after them are still being counted. */
import { Pacer } from '../pacing';
import type { SourceAccess, SourceReader } from '../source';
import { CopyPlace, filePlace, type BytePlace } from './byte-place';
import { BLOCK_BYTES, LineIndex, type LineBlock } from './line-index';
import type { TextExtent, TextLines } from './text-lines';

/** Blocks that are kept decoded: some screens around the places where someone reads. */
const KEPT_BLOCKS = 24;

/** Shown of a line at most: more is no trace, and would stand in the way of every other line. */
const MAX_LINE_BYTES = 16 * 1024;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export class LineText {
  private readonly index = new LineIndex();
  private readonly decoder = new TextDecoder();
  /** Decoded blocks by their index, least recently used first. */
  private readonly kept = new Map<number, Promise<string[]>>();
  private place: BytePlace | undefined;
  private complete = false;
  private closed = false;
  private failure: unknown;
  private waiting: (() => void)[] = [];

  /** Starts to read the source at once. */
  constructor(
    private readonly source: SourceReader,
    private readonly access: Pick<SourceAccess, 'open'>,
  ) {
    void this.readAll();
  }

  get extent(): TextExtent {
    const { damage } = this.source;
    return {
      lines: this.index.lines,
      bytes: this.index.bytes,
      fraction: this.complete ? 1 : this.source.fraction,
      complete: this.complete,
      ...(damage !== undefined && {
        damage: `The ${damage.compression} archive is damaged or cut off (${damage.why}).`,
      }),
    };
  }

  /**
   * Lines first..first+count-1 (1-based), fewer only at the end of the text; waits for those that are not counted yet.
   *
   * @throws what reading the source failed with
   */
  async lines(first: number, count: number): Promise<TextLines> {
    await this.known(first + count - 1);
    const last = Math.min(first + count - 1, this.index.lines);
    const texts: string[] = [];
    for (let line = first - 1; line < last;) {
      const block = this.index.blockOf(line);
      const of = (await this.decoded(block)).slice(line - block.firstLine, last - block.firstLine);
      if (of.length === 0) break;
      for (const text of of) texts.push(text);
      line += of.length;
    }
    return { texts, extent: this.extent };
  }

  /** Some lines (1-based, ascending), once all are counted; those beyond the end are left out. */
  async pick(lines: ArrayLike<number>): Promise<string[]> {
    await this.known(Infinity);
    const texts: string[] = [];
    for (let i = 0; i < lines.length && lines[i] <= this.index.lines; i++) {
      const block = this.index.blockOf(lines[i] - 1);
      texts.push((await this.decoded(block))[lines[i] - 1 - block.firstLine]);
    }
    return texts;
  }

  /** Frees the text; reading it further is not possible. */
  async close(): Promise<void> {
    this.closed = true;
    this.kept.clear();
    this.wake();
    await this.place?.close();
  }

  private async readAll(): Promise<void> {
    const pacer = new Pacer({}, '');
    try {
      for await (const chunk of this.source.chunks()) {
        if (this.isClosed()) return;
        this.place ??= await this.openPlace();
        if (this.place instanceof CopyPlace) await this.place.append(chunk);
        this.index.push(chunk);
        this.wake();
        await pacer.step(this.source.fraction);
      }
      this.index.finish();
      // The last block may have grown since it was decoded.
      this.kept.clear();
      this.complete = true;
    } catch (error) {
      this.failure = error;
    }
    this.wake();
  }

  private openPlace(): Promise<BytePlace> {
    const { plainFile, name } = this.source;
    return plainFile === undefined ? CopyPlace.make() : filePlace(this.access, plainFile, name);
  }

  /** A method, since it changes while others wait. */
  private isClosed(): boolean {
    return this.closed;
  }

  private async known(line: number): Promise<void> {
    while (this.index.lines < line && !this.complete && this.failure === undefined && !this.closed) {
      await new Promise<void>(resolve => this.waiting.push(resolve));
    }
    if (this.closed) throw new DOMException('The text was closed.', 'AbortError');
    if (this.failure !== undefined) throw this.failure as Error;
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private decoded(block: LineBlock): Promise<string[]> {
    const known = this.kept.get(block.index);
    this.kept.delete(block.index);
    const lines = known ?? this.decode(block);
    // The last block of a text that is being read grows.
    if (this.complete || block.end < this.index.blockOf(this.index.lines - 1).end) this.kept.set(block.index, lines);
    // What could not be read is tried again when it is asked for again.
    lines.catch(() => this.kept.delete(block.index));
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT_BLOCKS) break;
      this.kept.delete(oldest);
    }
    return lines;
  }

  private async decode({ start, end }: LineBlock): Promise<string[]> {
    if (this.place === undefined) return [];
    // Every line of a block begins within its first BLOCK_BYTES: only its last can be longer.
    const bytes = await this.place.read(start, Math.min(end - start, BLOCK_BYTES + MAX_LINE_BYTES));
    const lines: string[] = [];
    // Up to and with the end: after the last line feed stands an empty line, as the last one's own is not in the block.
    for (let from = 0; from <= bytes.length;) {
      const feed = bytes.indexOf(LINE_FEED, from);
      // Without a line feed: the end of the text, or a line that is longer than what was read.
      const to = feed >= 0 ? feed : end - start;
      lines.push(this.text(bytes, from, to));
      from = to + 1;
    }
    return lines;
  }

  private text(bytes: Uint8Array, from: number, to: number): string {
    if (to - from > MAX_LINE_BYTES) {
      const shown = this.decoder.decode(bytes.subarray(from, from + MAX_LINE_BYTES));
      return `${shown}… (${to - from - MAX_LINE_BYTES} bytes more)`;
    }
    const end = to > from && bytes[to - 1] === CARRIAGE_RETURN ? to - 1 : to;
    return this.decoder.decode(bytes.subarray(from, end));
  }
}
