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

enum PageState {
  /** Not written since it was last reported. */
  Clean,
  /** Mapped writable: a device may be writing it. */
  Open,
  /** Written, no longer mapped writable, and not reported since. */
  Left,
}

/** What happened to pages so far, counted page by page. */
export interface PageEvents {
  /** A page became dirty: written for the first time since it was last reported. */
  written: number;
  /** A page was reported dirty. */
  reported: number;
  /** A page was reported dirty that no device had written since its last report. */
  overReported: number;
}

/** Flags and the number of live writable mappings, by 4 KiB page. */
export class PageFlags {
  readonly events: PageEvents = { written: 0, reported: 0, overReported: 0 };
  /** Pages mapped writable, or written after their last report. */
  dirty = 0;
  /** Of these, the ones that are no longer mapped writable. */
  left = 0;
  private readonly index = new PageIndex();
  private flags = new Int32Array(0);
  private writers = new Int32Array(0);
  /** Page number of each slot, plus one; 0: no page. */
  private pageOf = new Float64Array(0);

  change(page: number, pages: number, set: number, clear: number, writers = 0): void {
    for (let i = 0; i < pages; i++) {
      this.changeSlot(this.slot(page + i), set, clear, writers);
    }
  }

  private changeSlot(slot: number, set: number, clear: number, writers: number): void {
    const before = this.stateOf(slot);
    this.flags[slot] = (this.flags[slot] & ~clear) | set;
    this.writers[slot] += writers;
    const now = this.stateOf(slot);
    this.dirty += Number(now !== PageState.Clean) - Number(before !== PageState.Clean);
    this.left += Number(now === PageState.Left) - Number(before === PageState.Left);
    const { events } = this;
    if (before === PageState.Clean && now !== PageState.Clean) events.written += 1;
    if (!(set & PageFlag.Reported)) return;
    events.reported += 1;
    if (before === PageState.Clean && now === PageState.Clean) events.overReported += 1;
  }

  private stateOf(slot: number): PageState {
    if (this.writers[slot] > 0) return PageState.Open;
    return this.flags[slot] & PageFlag.Pending ? PageState.Left : PageState.Clean;
  }

  /**
   * Every page that is mapped writable is reported.
   * @param running devices go on writing to them
   */
  reportWritable(running: boolean): void {
    for (let slot = 0; slot < this.writers.length; slot++) {
      if (this.writers[slot] === 0) continue;
      this.changeSlot(slot, PageFlag.Reported, PageFlag.Pending, 0);
      if (running) this.events.written += 1;
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
