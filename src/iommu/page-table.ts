import type { MachineContext } from './context';
import { PAGE_BYTES } from './exposure';
import { Gauge } from './gauges';
import { grownInt32, hashPage } from './page-index';
import { Work } from './work';

const ENTRIES = 512;
/** Levels that have tables below the root, leaf tables first: a table of level l spans 512^(l + 1) pages. */
const LEVELS = 3;
const SPANS = [ENTRIES, ENTRIES ** 2, ENTRIES ** 3];
const EMPTY = -1;

/**
 * The page table of a domain: four levels of 512 entries, the root made with the domain. It holds, for each table page, how
 * many entries are in use; what they say is in the mappings' runs.
 *
 * Kernel: iommu_map, iommu_pgsize, iommu_unmap (drivers/iommu/iommu.c); a table page is freed only when one unmap covers
 * all that it spans (dma_pte_clear_level in drivers/iommu/intel/iommu.c, __arm_lpae_unmap in io-pgtable-arm.c).
 */
export class PageTable {
  /** Leaves in use, of any size. */
  liveLeaves = 0;
  tablePages = 0;
  /** Leaf sizes in pages, ascending. */
  private readonly leafSizes: number[];
  /** Runs shorter than this have 4 KiB leaves only. */
  private readonly secondLeaf: number;
  private keys = new Float64Array(256).fill(EMPTY);
  private inUse = new Int32Array(256);
  /** Where the last table looked for was found. */
  private lastSlot = 0;

  constructor(private readonly context: MachineContext) {
    this.leafSizes = context.traits.pageSizes.map(size => size / PAGE_BYTES).sort((a, b) => a - b);
    this.secondLeaf = this.leafSizes.length > 1 ? this.leafSizes[1] : Infinity;
  }

  /**
   * Writes the leaves of one physically contiguous run (one iommu_map call).
   * @param leafLimit largest leaf allowed, 4 KiB pages
   * @returns leaves written
   */
  map(iovaPage: number, physPage: number, pages: number, leafLimit = Infinity): number {
    const { log, counters } = this.context;
    const leaves = this.changeRun(iovaPage, physPage, pages, leafLimit, 1);
    log.add(Work.MapCall, 1);
    log.add(Work.PteWrite, leaves);
    counters.maps += 1;
    counters.pteWrites += leaves;
    this.liveLeaves += leaves;
    return leaves;
  }

  /**
   * Clears the leaves that `map` wrote with the same arguments; part of one iommu_unmap call.
   * @returns leaves cleared
   */
  clear(iovaPage: number, physPage: number, pages: number, leafLimit = Infinity): number {
    const { log, counters } = this.context;
    const leaves = this.changeRun(iovaPage, physPage, pages, leafLimit, -1);
    log.add(Work.PteClear, leaves);
    counters.pteClears += leaves;
    this.liveLeaves -= leaves;
    return leaves;
  }

  /** Counts an iommu_unmap call of the range and frees the table pages that it covers wholly, after its leaves are cleared. */
  finishUnmap(iovaPage: number, pages: number): void {
    const { log, counters } = this.context;
    log.add(Work.UnmapCall, 1);
    counters.unmaps += 1;
    if (pages < ENTRIES) return;
    for (let level = 0; level < LEVELS; level++) this.freeCovered(iovaPage, pages, level);
  }

  /** One iova_to_phys walk. */
  walk(): void {
    this.context.log.add(Work.TableWalk, 1);
  }

  /** Leaves that a run takes. */
  leavesOf(iovaPage: number, physPage: number, pages: number, leafLimit = Infinity): number {
    let leaves = 0;
    this.forEachPiece(iovaPage, physPage, pages, leafLimit, (_page, _size, count) => {
      leaves += count;
    });
    return leaves;
  }

  private changeRun(iovaPage: number, physPage: number, pages: number, leafLimit: number, by: 1 | -1): number {
    if (pages < this.secondLeaf) {
      this.change(iovaPage, 1, pages, by);
      return pages;
    }
    let leaves = 0;
    this.forEachPiece(iovaPage, physPage, pages, leafLimit, (page, size, count) => {
      leaves += count;
      this.change(page, size, count, by);
    });
    return leaves;
  }

  /**
   * Splits a run into leaves: the largest size that fits the rest and the common alignment of both addresses, as many
   * until the next larger one can begin.
   */
  private forEachPiece(
    iovaPage: number,
    physPage: number,
    pages: number,
    leafLimit: number,
    visit: (page: number, size: number, count: number) => void,
  ): void {
    const { leafSizes } = this;
    let largest = leafSizes.length - 1;
    while (largest > 0 && leafSizes[largest] > leafLimit) largest -= 1;
    let done = 0;
    while (done < pages) {
      const left = pages - done;
      let k = largest;
      while (k > 0 && !fits(leafSizes[k], iovaPage + done, physPage + done, left)) k -= 1;
      const size = leafSizes[k];
      let span = left;
      const larger = k < largest ? leafSizes[k + 1] : 0;
      if (larger > 0 && (iovaPage - physPage) % larger === 0) {
        const ahead = larger - ((iovaPage + done) % larger);
        if (ahead + larger <= left) span = ahead;
      }
      const count = Math.max(1, Math.floor(span / size));
      visit(iovaPage + done, size, count);
      done += count * size;
    }
  }

  /** Adds or removes `count` leaves of `size` pages in the tables that hold them. */
  private change(page: number, size: number, count: number, by: 1 | -1): void {
    let level = 0;
    while (level < LEVELS - 1 && SPANS[level] <= size) level += 1;
    const span = SPANS[level];
    const end = page + count * size;
    // A large leaf takes the place of the (empty) tables below it.
    if (by === 1) for (let below = 0; below < level; below++) this.freeCovered(page, count * size, below);
    let at = page;
    while (at < end) {
      const table = Math.floor(at / span);
      const stop = Math.min(end, (table + 1) * span);
      const slot = by === 1 ? this.ensureTable(level, table) : this.slotOf(level, table);
      this.inUse[slot] += by * Math.ceil((stop - at) / size);
      at = stop;
    }
  }

  /** Slot of a table page; makes it and those above it where they are missing. */
  private ensureTable(level: number, table: number): number {
    const slot = this.slotOf(level, table);
    if (this.keys[slot] !== EMPTY) return slot;
    if (level < LEVELS - 1) {
      const parent = this.ensureTable(level + 1, Math.floor(table / ENTRIES));
      this.inUse[parent] += 1;
    }
    if ((this.tablePages + 1) * 2 > this.keys.length) this.grow();
    const place = this.slotOf(level, table);
    this.keys[place] = tableKey(level, table);
    this.inUse[place] = 0;
    this.tablePages += 1;
    this.context.log.add(Work.TablePageAlloc, 1);
    this.context.gauges.add(Gauge.PageTableBytes, PAGE_BYTES);
    return place;
  }

  private freeCovered(iovaPage: number, pages: number, level: number): void {
    const span = SPANS[level];
    const last = Math.floor((iovaPage + pages) / span);
    for (let table = Math.ceil(iovaPage / span); table < last; table++) {
      const slot = this.slotOf(level, table);
      if (this.keys[slot] === EMPTY || this.inUse[slot] !== 0) continue;
      this.removeAt(slot);
      this.tablePages -= 1;
      this.context.log.add(Work.TablePageFree, 1);
      this.context.gauges.add(Gauge.PageTableBytes, -PAGE_BYTES);
      if (level < LEVELS - 1) this.inUse[this.slotOf(level + 1, Math.floor(table / ENTRIES))] -= 1;
    }
  }

  private slotOf(level: number, table: number): number {
    const key = tableKey(level, table);
    if (this.keys[this.lastSlot] === key) return this.lastSlot;
    const mask = this.keys.length - 1;
    let i = hashPage(key) & mask;
    while (this.keys[i] !== EMPTY && this.keys[i] !== key) i = (i + 1) & mask;
    this.lastSlot = i;
    return i;
  }

  private removeAt(slot: number): void {
    const { keys, inUse } = this;
    const mask = keys.length - 1;
    let hole = slot;
    let i = hole;
    for (;;) {
      i = (i + 1) & mask;
      if (keys[i] === EMPTY) break;
      const home = hashPage(keys[i]) & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        keys[hole] = keys[i]!;
        inUse[hole] = inUse[i]!;
        hole = i;
      }
    }
    keys[hole] = EMPTY;
  }

  private grow(): void {
    const { keys, inUse } = this;
    this.keys = new Float64Array(keys.length * 2).fill(EMPTY);
    this.inUse = grownInt32(new Int32Array(0), keys.length * 2);
    const mask = this.keys.length - 1;
    for (let j = 0; j < keys.length; j++) {
      if (keys[j] === EMPTY) continue;
      let i = hashPage(keys[j]) & mask;
      while (this.keys[i] !== EMPTY) i = (i + 1) & mask;
      this.keys[i] = keys[j]!;
      this.inUse[i] = inUse[j]!;
    }
  }

  /** Leaf entries written, and not yet cleared, are those in use. */
  check(): string[] {
    let entries = 0;
    for (let i = 0; i < this.keys.length; i++) if (this.keys[i] !== EMPTY) entries += this.inUse[i];
    const upper = this.countTables() - this.countTables(LEVELS - 1);
    const leaves = entries - upper;
    return leaves === this.liveLeaves ? [] : [`page table holds ${leaves} leaves, ${this.liveLeaves} are expected`];
  }

  private countTables(onlyLevel?: number): number {
    return this.keys.filter(key => key !== EMPTY && (onlyLevel === undefined || key % LEVELS === onlyLevel)).length;
  }
}

function fits(size: number, iovaPage: number, physPage: number, left: number): boolean {
  return size <= left && iovaPage % size === 0 && physPage % size === 0;
}

function tableKey(level: number, table: number): number {
  return table * LEVELS + level;
}
