import { grownFloat64, grownInt32, hashPage } from './page-index';
import { powerOfTwoAtLeast } from './power-of-two';

const NONE = -1;
/** Node 0 is the anchor above all addresses, as in the kernel's tree. */
const ANCHOR = 0;

/**
 * The allocated IOVA ranges in address order, and the search for a free one: first fit from the top down, starting at the
 * node that was allocated last.
 *
 * The kernel keeps the ranges in a red-black tree. Its search always ends beside the place of insertion, so a linked list
 * in address order visits the same nodes; a hash finds the range to free.
 *
 * Kernel: __alloc_and_insert_iova_range, __get_cached_rbnode, __cached_rbnode_{insert,delete}_update (drivers/iommu/iova.c).
 */
export class IovaTree {
  /** Nodes visited by the last search. */
  steps = 0;
  private low = new Float64Array(256);
  private high = new Float64Array(256);
  private lower = new Int32Array(256);
  private upper = new Int32Array(256);
  private used = 1;
  private freeList = NONE;
  private slots = new Int32Array(256).fill(NONE);
  private live = 0;
  private cached = ANCHOR;
  private cached32 = ANCHOR;
  /** Lowest node at or above 4 GiB: where a search that starts over from a 32-bit limit begins. */
  private limit32 = ANCHOR;
  /** A 32-bit search of this size failed and nothing was freed since: fail at once. */
  private max32AllocSize: number;

  /**
   * @param startPage lowest page ever given out
   * @param pages32 pages below 4 GiB
   */
  constructor(
    private startPage: number,
    private readonly pages32: number,
  ) {
    this.low[ANCHOR] = Infinity;
    this.high[ANCHOR] = Infinity;
    this.lower[ANCHOR] = NONE;
    this.upper[ANCHOR] = NONE;
    this.max32AllocSize = pages32;
  }

  /** Raises the lowest page; nothing may be allocated below it yet. */
  startAbove(page: number): void {
    this.startPage = page;
  }

  get ranges(): number {
    return this.live;
  }

  /**
   * The highest free range of `pages` below `limit`, aligned to its size rounded up to a power of two.
   * @param limit first page above the space that may be used
   * @returns its first page, or -1
   */
  allocate(pages: number, limit: number): number {
    this.steps = 0;
    const narrow = limit <= this.pages32;
    if (narrow && pages >= this.max32AllocSize) return NONE;
    const align = powerOfTwoAtLeast(pages);
    const start = narrow ? this.cached32 : this.cached;
    const retryPage = this.high[start];
    let page = this.search(start, limit, this.startPage, pages, align);
    if (page < 0 && retryPage < limit) page = this.search(this.findLimit(limit), limit, retryPage + 1, pages, align);
    if (page < 0) {
      this.max32AllocSize = pages;
      return NONE;
    }
    return page;
  }

  /** One downward scan; inserts the range where it fits. */
  private search(from: number, limit: number, lowest: number, pages: number, align: number): number {
    const { low, high, lower } = this;
    let node = from;
    let above: number;
    let highest = limit;
    let page: number;
    do {
      if (low[node] < highest) highest = low[node]!;
      page = Math.floor((highest - pages) / align) * align;
      above = node;
      node = lower[node]!;
      this.steps += 1;
    } while (node !== NONE && page <= high[node] && page >= lowest);
    if (highest < pages || page < lowest) return NONE;
    this.insert(page, page + pages - 1, above);
    return page;
  }

  /** Lowest node that starts at or above `limit`. */
  private findLimit(limit: number): number {
    let node = limit <= this.pages32 ? this.limit32 : ANCHOR;
    while (this.lower[node] !== NONE && this.low[this.lower[node]] >= limit) node = this.lower[node]!;
    return node;
  }

  /** Takes a range out of the space for good (MSI window, bridge windows). */
  reserve(page: number, pages: number): void {
    let above = ANCHOR;
    while (this.lower[above] !== NONE && this.low[this.lower[above]] > page) above = this.lower[above]!;
    const node = this.insert(page, page + pages - 1, above);
    // The kernel's reservations do not go through the allocation path: the cached nodes stay where they were.
    if (this.cached32 === node) this.cached32 = ANCHOR;
    if (this.cached === node) this.cached = ANCHOR;
  }

  private insert(low: number, high: number, above: number): number {
    const node = this.newNode();
    const below = this.lower[above];
    this.low[node] = low;
    this.high[node] = high;
    this.upper[node] = above;
    this.lower[node] = below;
    this.lower[above] = node;
    if (below !== NONE) this.upper[below] = node;
    if (high < this.pages32) this.cached32 = node;
    else this.cached = node;
    if (low >= this.pages32 && low < this.low[this.limit32]) this.limit32 = node;
    this.enter(node);
    return node;
  }

  /**
   * Frees the range that starts at `page`.
   * @returns false when there is none
   */
  free(page: number): boolean {
    const node = this.find(page);
    if (node === NONE) return false;
    const low = this.low[node];
    const next = this.upper[node];
    if (node === this.cached32 || (this.high[node] < this.pages32 && low >= this.low[this.cached32])) {
      this.cached32 = next;
    }
    if (low < this.pages32) this.max32AllocSize = this.pages32;
    if (low >= this.low[this.cached]) this.cached = next;
    if (node === this.limit32) this.limit32 = next;
    this.leave(node);
    const below = this.lower[node];
    this.lower[next] = below;
    if (below !== NONE) this.upper[below] = next;
    this.lower[node] = this.freeList;
    this.freeList = node;
    return true;
  }

  private newNode(): number {
    if (this.freeList !== NONE) {
      const node = this.freeList;
      this.freeList = this.lower[node]!;
      return node;
    }
    const node = this.used++;
    this.low = grownFloat64(this.low, this.used);
    this.high = grownFloat64(this.high, this.used);
    this.lower = grownInt32(this.lower, this.used);
    this.upper = grownInt32(this.upper, this.used);
    return node;
  }

  private find(page: number): number {
    const mask = this.slots.length - 1;
    let i = hashPage(page) & mask;
    while (this.slots[i] !== NONE) {
      if (this.low[this.slots[i]] === page) return this.slots[i];
      i = (i + 1) & mask;
    }
    return NONE;
  }

  private enter(node: number): void {
    if ((this.live + 1) * 2 > this.slots.length) this.rehash();
    this.live += 1;
    this.place(node);
  }

  private place(node: number): void {
    const mask = this.slots.length - 1;
    let i = hashPage(this.low[node]) & mask;
    while (this.slots[i] !== NONE) i = (i + 1) & mask;
    this.slots[i] = node;
  }

  private rehash(): void {
    const nodes = this.slots.filter(node => node !== NONE);
    this.slots = new Int32Array(this.slots.length * 2).fill(NONE);
    for (const node of nodes) this.place(node);
  }

  /** Backward-shift deletion: no tombstones, so chains stay short however long the replay. */
  private leave(node: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let hole = hashPage(this.low[node]) & mask;
    while (slots[hole] !== node) hole = (hole + 1) & mask;
    let i = hole;
    for (;;) {
      i = (i + 1) & mask;
      const moved = slots[i];
      if (moved === NONE) break;
      const home = hashPage(this.low[moved]) & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        slots[hole] = moved;
        hole = i;
      }
    }
    slots[hole] = NONE;
    this.live -= 1;
  }
}
