import { hashPage } from './page-index';
import { NO_RUN, type RunPool } from './run-pool';

/** The live mappings of a domain by the first page of their IOVA: an open-addressing hash of run lists. */
export class LiveMappings {
  private heads = new Int32Array(256).fill(NO_RUN);
  private count = 0;

  constructor(private readonly runs: RunPool) {}

  get size(): number {
    return this.count;
  }

  /** Run list of the mapping that starts at the page; -1: none. */
  find(iovaPage: number): number {
    return this.heads[this.position(iovaPage)];
  }

  private position(iovaPage: number): number {
    const { heads } = this;
    const keys = this.runs.iovaPage;
    const mask = heads.length - 1;
    let i = hashPage(iovaPage) & mask;
    while (heads[i] !== NO_RUN && keys[heads[i]] !== iovaPage) i = (i + 1) & mask;
    return i;
  }

  /**
   * Enters a mapping by its first run.
   * @returns false when one starts there already
   */
  insert(head: number): boolean {
    if ((this.count + 1) * 2 > this.heads.length) this.grow();
    const i = this.position(this.runs.iovaPage[head]);
    if (this.heads[i] !== NO_RUN) return false;
    this.heads[i] = head;
    this.count += 1;
    return true;
  }

  /** Takes the mapping that starts at the page out; returns its run list, or -1. */
  remove(iovaPage: number): number {
    const { heads } = this;
    const keys = this.runs.iovaPage;
    const mask = heads.length - 1;
    let hole = this.position(iovaPage);
    const head = heads[hole];
    if (head === NO_RUN) return NO_RUN;
    let i = hole;
    for (;;) {
      i = (i + 1) & mask;
      const moved = heads[i];
      if (moved === NO_RUN) break;
      const home = hashPage(keys[moved]) & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        heads[hole] = moved;
        hole = i;
      }
    }
    heads[hole] = NO_RUN;
    this.count -= 1;
    return head;
  }

  forEach(visit: (head: number) => void): void {
    for (const head of this.heads) if (head !== NO_RUN) visit(head);
  }

  /**
   * The run that translates the page, or -1. Mappings begin at a multiple of their size rounded up to a power of two, so
   * only the aligned pages below can be the beginning of one that covers it.
   */
  covering(iovaPage: number): number {
    for (let span = 1; span <= MAX_SPAN; span *= 2) {
      const start = Math.floor(iovaPage / span) * span;
      if (span > 1 && start === Math.floor(iovaPage / (span / 2)) * (span / 2)) continue;
      for (let run = this.find(start); run !== NO_RUN; run = this.runs.next[run]!) {
        const first = this.runs.iovaPage[run];
        if (iovaPage >= first && iovaPage < first + this.runs.pages[run]) return run;
      }
    }
    return NO_RUN;
  }

  private grow(): void {
    const heads = this.heads;
    this.heads = new Int32Array(heads.length * 2).fill(NO_RUN);
    for (const head of heads) if (head !== NO_RUN) this.heads[this.position(this.runs.iovaPage[head])] = head;
  }
}

const MAX_SPAN = 2 ** 36;
