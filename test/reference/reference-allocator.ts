/** The IOVA allocator once more, as plainly as possible: sorted arrays, linear scans, no hashing. */

const BELOW_4G = 2 ** 20;
const TOP = 2 ** 36;

interface Range {
  low: number;
  high: number;
}

interface CpuMagazines {
  loaded: number[];
  previous: number[];
}

export interface AllocatorTraits {
  magazineSize: number;
  depotLimit: number;
  cpus: number;
  start: number;
}

export class ReferenceAllocator {
  cacheHits = 0;
  treeAllocs = 0;
  treeFrees = 0;
  steps = 0;
  depotSwaps = 0;
  /** Deadline and size class of each armed trim, by class. */
  readonly trims = new Map<number, number>();
  private readonly anchor: Range = { low: Infinity, high: Infinity };
  private readonly msi: Range = { low: 0xfee00, high: 0xfeeff };
  /** Ascending, the anchor last. */
  private readonly ranges: Range[] = [this.msi, this.anchor];
  private cached = this.anchor;
  private cached32 = this.anchor;
  private failed32 = BELOW_4G;
  private below4G = true;
  private readonly cpu = new Map<string, CpuMagazines>();
  private readonly depots: number[][][] = [[], [], [], [], [], []];

  constructor(private readonly traits: AllocatorTraits) {}

  allocate(pages: number, cpu: number): number {
    if (this.below4G) {
      const page = this.fast(pages, BELOW_4G, cpu, false);
      if (page !== undefined) return page;
      this.below4G = false;
    }
    return this.fast(pages, TOP, cpu, true) ?? -1;
  }

  private fast(pages: number, limit: number, cpu: number, drain: boolean): number | undefined {
    const size = rounded(pages);
    const order = Math.ceil(Math.log2(size));
    if (order < 6) {
      const hit = this.fromMagazine(order, cpu, limit - size);
      if (hit !== undefined) {
        this.cacheHits += 1;
        return hit;
      }
    }
    const found = this.fromTree(size, limit);
    if (found !== undefined || !drain) return found;
    for (const { loaded, previous } of this.cpu.values()) {
      for (const page of [...loaded.splice(0), ...previous.splice(0)]) this.freeTree(page);
    }
    for (const depot of this.depots)
      for (const magazine of depot.splice(0)) magazine.forEach(page => this.freeTree(page));
    return this.fromTree(size, limit);
  }

  private magazines(order: number, cpu: number): CpuMagazines {
    const key = `${cpu}/${order}`;
    const known = this.cpu.get(key) ?? { loaded: [], previous: [] };
    this.cpu.set(key, known);
    return known;
  }

  private fromMagazine(order: number, cpu: number, highest: number): number | undefined {
    const own = this.magazines(order, cpu);
    if (own.loaded.length === 0) {
      if (own.previous.length > 0) [own.loaded, own.previous] = [own.previous, own.loaded];
      else if (this.depots[order].length > 0) {
        own.loaded = this.depots[order].pop()!;
        this.depotSwaps += 1;
      } else return undefined;
    }
    for (let i = own.loaded.length - 1; i >= 0; i--) {
      if (own.loaded[i] > highest) continue;
      const page = own.loaded[i];
      const last = own.loaded.pop()!;
      if (i < own.loaded.length) own.loaded[i] = last;
      return page;
    }
    return undefined;
  }

  private fromTree(size: number, limit: number): number | undefined {
    this.treeScan = 0;
    const page = this.scanTree(size, limit);
    this.steps += this.treeScan;
    if (page !== undefined) this.treeAllocs += 1;
    return page;
  }

  private treeScan = 0;

  private scanTree(size: number, limit: number): number | undefined {
    const narrow = limit <= BELOW_4G;
    if (narrow && size >= this.failed32) return undefined;
    const align = 2 ** Math.ceil(Math.log2(size));
    const from = narrow ? this.cached32 : this.cached;
    let page = this.scan(this.ranges.indexOf(from), limit, this.traits.start, size, align);
    if (page === undefined && from.high < limit) {
      const over = this.ranges.findIndex(range => range.low >= limit);
      page = this.scan(over, limit, from.high + 1, size, align);
    }
    if (page === undefined) this.failed32 = size;
    return page;
  }

  private scan(start: number, limit: number, lowest: number, size: number, align: number): number | undefined {
    let i = start;
    let top = limit;
    for (;;) {
      top = Math.min(top, this.ranges[i].low);
      const page = Math.floor((top - size) / align) * align;
      this.treeScan += 1;
      i -= 1;
      const below = i >= 0 ? this.ranges[i] : undefined;
      if (below && page <= below.high && page >= lowest) continue;
      if (top < size || page < lowest) return undefined;
      const range = { low: page, high: page + size - 1 };
      this.ranges.splice(i + 1, 0, range);
      if (range.high < BELOW_4G) this.cached32 = range;
      else this.cached = range;
      return page;
    }
  }

  free(page: number, pages: number, cpu: number, now: number, deadline: (from: number) => number): void {
    const order = Math.ceil(Math.log2(rounded(pages)));
    if (order >= 6) {
      this.freeTree(page);
      return;
    }
    const own = this.magazines(order, cpu);
    let overflow: number[] = [];
    if (own.loaded.length === this.traits.magazineSize) {
      if (own.previous.length < this.traits.magazineSize) [own.loaded, own.previous] = [own.previous, own.loaded];
      else {
        const full = own.loaded;
        own.loaded = [];
        if (this.traits.depotLimit >= 0 && this.depots[order].length >= this.traits.depotLimit) overflow = full;
        else {
          this.depots[order].push(full);
          this.depotSwaps += 1;
          if (this.traits.depotLimit < 0 && !this.trims.has(order)) this.trims.set(order, deadline(now));
        }
      }
    }
    own.loaded.push(page);
    for (const old of overflow) this.freeTree(old);
  }

  /** The delayed work of a depot. */
  trim(order: number, now: number, deadline: (from: number) => number): void {
    this.trims.delete(order);
    if (this.depots[order].length <= this.traits.cpus) return;
    for (const page of this.depots[order].pop()!) this.freeTree(page);
    this.trims.set(order, deadline(now));
  }

  private freeTree(page: number): void {
    const i = this.ranges.findIndex(range => range.low === page);
    if (i < 0) throw new Error(`no range at ${page}`);
    const range = this.ranges[i];
    const next = this.ranges[i + 1];
    this.treeFrees += 1;
    if (range === this.cached32 || (range.high < BELOW_4G && range.low >= this.cached32.low)) this.cached32 = next;
    if (range.low < BELOW_4G) this.failed32 = BELOW_4G;
    if (range.low >= this.cached.low) this.cached = next;
    this.ranges.splice(i, 1);
  }
}

export function rounded(pages: number): number {
  return pages < 32 ? 2 ** Math.ceil(Math.log2(pages)) : pages;
}
