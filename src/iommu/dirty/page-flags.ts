import { grownFloat64, grownInt32, PageIndex } from '../page-index';

/** Bits of what is known of a page. */
export const PageFlag = {
  /** A device has written it. */
  Written: 1,
  /** It was reported dirty. */
  Reported: 2,
  /** It was written after its last report: a copy sent by then is out of date. */
  Pending: 4,
} as const;

/** Flags and the number of live writable mappings, by 4 KiB page. */
export class PageFlags {
  private readonly index = new PageIndex();
  private flags = new Int32Array(0);
  private writers = new Int32Array(0);
  /** Page number of each slot, plus one; 0: no page. */
  private pageOf = new Float64Array(0);

  change(page: number, pages: number, set: number, clear: number, writers = 0): void {
    for (let i = 0; i < pages; i++) {
      const slot = this.slot(page + i);
      this.flags[slot] = (this.flags[slot] & ~clear) | set;
      this.writers[slot] += writers;
    }
  }

  /** Sets and clears flags of every page that is mapped writable. */
  changeWritable(set: number, clear: number): void {
    for (let slot = 0; slot < this.writers.length; slot++) {
      if (this.writers[slot] > 0) this.flags[slot] = (this.flags[slot] & ~clear) | set;
    }
  }

  /** First pages of the naturally aligned blocks of `blockPages` in which some page below `limit` has the flag. */
  blocksWith(flag: number, blockPages: number, limit: number): Set<number> {
    const blocks = new Set<number>();
    for (let slot = 0; slot < this.pageOf.length; slot++) {
      const page = this.pageOf[slot] - 1;
      if (page < limit && this.flags[slot] & flag) blocks.add(Math.floor(page / blockPages) * blockPages);
    }
    return blocks;
  }

  /** Pages below `limit` all of whose `wanted` flags are set and none of whose `unwanted` ones is. */
  count(wanted: number, unwanted: number, limit = Infinity): number {
    let count = 0;
    for (let slot = 0; slot < this.pageOf.length; slot++) {
      const flags = this.flags[slot];
      if (
        this.pageOf[slot] > 0 &&
        this.pageOf[slot] <= limit &&
        (flags & wanted) === wanted &&
        (flags & unwanted) === 0
      )
        count += 1;
    }
    return count;
  }

  private slot(page: number): number {
    const slot = this.index.slot(page);
    if (this.flags.length < this.index.capacity) {
      this.flags = grownInt32(this.flags, this.index.capacity);
      this.writers = grownInt32(this.writers, this.index.capacity);
      this.pageOf = grownFloat64(this.pageOf, this.index.capacity);
    }
    this.pageOf[slot] = page + 1;
    return slot;
  }
}
