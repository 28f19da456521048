import { grownFloat64, grownInt32 } from './page-index';

export const NO_RUN = -1;

/**
 * Physically contiguous pieces of mappings, as records in columns linked into lists: what a page table would tell, kept by
 * run instead of by page so that the cost of bookkeeping follows the work of the kernel.
 */
export class RunPool {
  iovaPage = new Float64Array(256);
  physPage = new Float64Array(256);
  pages = new Float64Array(256);
  /** Offset of the buffer in the first page, bytes. */
  offset = new Int32Array(256);
  /** Bytes of the buffer in the run. */
  bytes = new Float64Array(256);
  access = new Int32Array(256);
  /** Largest leaf allowed, 4 KiB pages. */
  leafLimit = new Float64Array(256);
  next = new Int32Array(256);
  private used = 0;
  private freeList = NO_RUN;

  create(iovaPage: number, physPage: number, pages: number, offset: number, bytes: number, access: number): number {
    const run = this.allocate();
    this.iovaPage[run] = iovaPage;
    this.physPage[run] = physPage;
    this.pages[run] = pages;
    this.offset[run] = offset;
    this.bytes[run] = bytes;
    this.access[run] = access;
    this.leafLimit[run] = Infinity;
    this.next[run] = NO_RUN;
    return run;
  }

  private allocate(): number {
    if (this.freeList !== NO_RUN) {
      const run = this.freeList;
      this.freeList = this.next[run]!;
      return run;
    }
    if (this.used === this.next.length) this.grow(this.used + 1);
    return this.used++;
  }

  private grow(needed: number): void {
    this.iovaPage = grownFloat64(this.iovaPage, needed);
    this.physPage = grownFloat64(this.physPage, needed);
    this.pages = grownFloat64(this.pages, needed);
    this.offset = grownInt32(this.offset, needed);
    this.bytes = grownFloat64(this.bytes, needed);
    this.access = grownInt32(this.access, needed);
    this.leafLimit = grownFloat64(this.leafLimit, needed);
    this.next = grownInt32(this.next, needed);
  }

  /** Frees the list that starts at `head`. */
  release(head: number): void {
    let run = head;
    while (run !== NO_RUN) {
      const next = this.next[run];
      this.next[run] = this.freeList;
      this.freeList = run;
      run = next;
    }
  }
}
