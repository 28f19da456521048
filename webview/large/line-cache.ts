/** The lines that the page has, in blocks: those near what is looked at, whatever the size of the text. */
import type { PageLine } from '../../src/editor/large/messages';

const BLOCK = 256;

/** About ten thousand lines. */
const KEPT_BLOCKS = 40;

/** More questions at a time would only queue up: while one drags the scroll bar, most are out of date when answered. */
const MAX_PENDING = 2;

export class LineCache {
  /** By the number of the block; least recently used first. */
  private readonly blocks = new Map<number, PageLine[]>();
  /** Blocks that are out of date but better than nothing. */
  private readonly stale = new Set<number>();
  private readonly pending = new Map<number, number>();
  private known = 0;
  private wanted = { from: 1, to: 0 };

  /** @param ask for lines, 1-based */
  constructor(private readonly ask: (first: number, count: number) => void) {}

  /** How many lines the text has, as far as it has been read. */
  setLines(lines: number): void {
    this.known = lines;
    this.pump();
  }

  /** The line (1-based), if it is here. */
  get(line: number): PageLine | undefined {
    return this.blocks.get(blockOf(line))?.[(line - 1) % BLOCK];
  }

  /** Makes sure that the lines from..to come, if they are not here. */
  want(from: number, to: number): void {
    this.wanted = { from, to };
    for (let block = blockOf(from); block <= blockOf(to); block++) this.use(block);
    this.pump();
  }

  /** Takes an answer. */
  receive(first: number, lines: PageLine[]): void {
    const block = blockOf(first);
    this.pending.delete(block);
    this.stale.delete(block);
    this.blocks.set(block, lines);
    for (const oldest of this.blocks.keys()) {
      if (this.blocks.size <= KEPT_BLOCKS) break;
      this.blocks.delete(oldest);
    }
    this.pump();
  }

  /** Asks anew for what is looked at, and shows what is here until then. */
  refresh(): void {
    for (const block of this.blocks.keys()) this.stale.add(block);
    this.pending.clear();
    this.pump();
  }

  /** Drops everything: the text is another one. */
  clear(): void {
    this.blocks.clear();
    this.stale.clear();
    this.pending.clear();
    this.known = 0;
  }

  private use(block: number): void {
    const lines = this.blocks.get(block);
    if (lines === undefined) return;
    this.blocks.delete(block);
    this.blocks.set(block, lines);
  }

  private pump(): void {
    const { from, to } = this.wanted;
    const last = Math.min(to, this.known);
    for (let block = blockOf(from); block <= blockOf(last) && this.pending.size < MAX_PENDING; block++) {
      const count = Math.min(BLOCK, this.known - block * BLOCK);
      // A block at the end of a text that is being read grows.
      const isHere = (this.blocks.get(block)?.length ?? 0) >= Math.min(count, last - block * BLOCK);
      if (count <= 0 || this.pending.has(block) || (isHere && !this.stale.has(block))) continue;
      this.pending.set(block, count);
      this.ask(block * BLOCK + 1, count);
    }
  }
}

function blockOf(line: number): number {
  return Math.floor((line - 1) / BLOCK);
}
