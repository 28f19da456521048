/** Where the lines of a text begin, kept for a few of them only: a text of any size needs a few bytes for each block. */

const LINE_FEED = 10;

/** Lines of a block at most: so many are decoded to show one of them. */
export const BLOCK_LINES = 1024;

/** A block begins at the first line after so many bytes, however few its lines. */
export const BLOCK_BYTES = 256 * 1024;

/** Consecutive lines. */
export interface LineBlock {
  index: number;
  /** 0-based. */
  firstLine: number;
  /** Bytes start..end of the text, without the line feed of the last line. */
  start: number;
  end: number;
}

export class LineIndex {
  private offsets = new Float64Array(1024);
  private firstLines = new Uint32Array(1024);
  private blocks = 1;
  private feeds = 0;
  /** Begin of the line that the bytes so far end in. */
  private lineStart = 0;
  private length = 0;
  private finished = false;

  /** Bytes so far. */
  get bytes(): number {
    return this.length;
  }

  /** Lines that are known to their end. */
  get lines(): number {
    return this.feeds + (this.finished && this.lineStart < this.length ? 1 : 0);
  }

  /** The next bytes of the text. */
  push(chunk: Uint8Array): void {
    for (let feed = chunk.indexOf(LINE_FEED); feed >= 0; feed = chunk.indexOf(LINE_FEED, feed + 1)) {
      this.feeds++;
      this.lineStart = this.length + feed + 1;
      const last = this.blocks - 1;
      const isFull =
        this.feeds - this.firstLines[last] >= BLOCK_LINES || this.lineStart - this.offsets[last] >= BLOCK_BYTES;
      if (isFull) this.beginBlock();
    }
    this.length += chunk.length;
  }

  /** There are no more bytes: a last line needs no line feed. */
  finish(): void {
    this.finished = true;
  }

  /** The block that holds a line (0-based, less than `lines`). */
  blockOf(line: number): LineBlock {
    let low = 0;
    let high = this.blocks - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.firstLines[middle] <= line) low = middle;
      else high = middle - 1;
    }
    const next = low + 1 < this.blocks ? this.offsets[low + 1] : this.finished ? this.length : this.lineStart;
    // Only the last line of the text can be without a line feed.
    const end = next <= this.lineStart ? next - 1 : next;
    return { index: low, firstLine: this.firstLines[low], start: this.offsets[low], end };
  }

  private beginBlock(): void {
    if (this.blocks === this.offsets.length) {
      this.offsets = grown(this.offsets, new Float64Array(this.blocks * 2));
      this.firstLines = grown(this.firstLines, new Uint32Array(this.blocks * 2));
    }
    this.offsets[this.blocks] = this.lineStart;
    this.firstLines[this.blocks] = this.feeds;
    this.blocks++;
  }
}

function grown<Column extends Float64Array | Uint32Array>(column: Column, larger: Column): Column {
  larger.set(column);
  return larger;
}
