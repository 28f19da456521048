import { DOMAIN_PAGES } from './address-map';
import { LruSet } from './lru-set';
import type { MachineTraits } from './traits';

const PAGES_2M = 512;
const PAGES_1G = 2 ** 18;
const PAGES_512G = 2 ** 27;

/**
 * What the devices' accesses find: the IOTLB of the IOMMU unit, and its caches of the upper levels of the page tables.
 *
 * Access model: a device touches each page of a mapping once, when it is mapped, in ascending order. A miss reads one entry
 * for each level that no cache holds. The caches are least-recently-used; an entry of the paging-structure caches reaches
 * 2^39, 2^30 and 2^21 bytes.
 *
 * Source: Fast & Safe IO memory protection (SOSP 2024), which also observes that Linux invalidates the paging-structure
 * caches with every unmap.
 */
export class DeviceSide {
  touchedPages = 0;
  iotlbMisses = 0;
  /** Page-table entries that the hardware had to read. */
  memoryReads = 0;
  /** Look-ups that the paging-structure caches did not hold, by reach: 2^39, 2^30 and 2^21 bytes. */
  readonly upperMisses: [number, number, number] = [0, 0, 0];
  private reused = false;
  private readonly iotlb: LruSet;
  private readonly level4: LruSet;
  private readonly level3: LruSet;
  private readonly level2: LruSet;

  constructor(traits: MachineTraits) {
    this.iotlb = new LruSet(traits.iotlbEntries);
    this.level4 = new LruSet(traits.pagingStructureCacheEntries);
    this.level3 = new LruSet(traits.pagingStructureCacheEntries);
    this.level2 = new LruSet(traits.pagingStructureCacheEntries);
  }

  /**
   * Pages may be accessed again while they are mapped: from now on the IOTLB's contents are simulated. Without it every
   * access of a newly mapped page misses, whatever the IOTLB holds.
   */
  expectReuse(): void {
    this.reused = true;
  }

  /**
   * The device reads or writes each page of a mapped run once.
   * @param leafPages size of the leaves that translate it, 4 KiB pages
   */
  touch(domain: number, iovaPage: number, pages: number, leafPages: number): void {
    const base = domain * DOMAIN_PAGES;
    this.touchedPages += pages;
    if (!this.reused) {
      this.missAll(base + iovaPage, pages, leafPages);
      return;
    }
    let lastRegion = -1;
    for (let page = iovaPage; page < iovaPage + pages; page += leafPages) {
      // A large leaf is one entry, by its first page.
      const key = base + page - (page % leafPages);
      if (this.iotlb.touch(key)) continue;
      this.iotlbMisses += 1;
      this.memoryReads += 1;
      const region = Math.floor((base + page) / PAGES_2M);
      if (region !== lastRegion) this.walkUpper(base + page, leafPages);
      lastRegion = region;
    }
  }

  private missAll(first: number, pages: number, leafPages: number): void {
    const leaves = Math.ceil(pages / leafPages);
    this.iotlbMisses += leaves;
    this.memoryReads += leaves;
    const reach = Math.max(PAGES_2M, leafPages);
    const last = Math.floor((first + pages - 1) / reach);
    for (let region = Math.floor(first / reach); region <= last; region++) this.walkUpper(region * reach, leafPages);
  }

  private walkUpper(key: number, leafPages: number): void {
    if (leafPages < PAGES_2M) {
      if (this.level2.touch(Math.floor(key / PAGES_2M))) return;
      this.missUpper(2);
    }
    if (leafPages < PAGES_1G) {
      if (this.level3.touch(Math.floor(key / PAGES_1G))) return;
      this.missUpper(1);
    }
    if (!this.level4.touch(Math.floor(key / PAGES_512G))) this.missUpper(0);
  }

  private missUpper(level: 0 | 1 | 2): void {
    this.upperMisses[level] += 1;
    this.memoryReads += 1;
  }

  /** A page-selective invalidation: its pages, and the domain's upper levels. */
  invalidateRange(domain: number, iovaPage: number, pages: number): void {
    const from = domain * DOMAIN_PAGES + iovaPage;
    if (this.reused) this.iotlb.deleteRange(from, from + pages);
    this.dropUpper(domain);
  }

  invalidateDomain(domain: number): void {
    if (this.reused) this.iotlb.deleteRange(domain * DOMAIN_PAGES, (domain + 1) * DOMAIN_PAGES);
    this.dropUpper(domain);
  }

  private dropUpper(domain: number): void {
    const from = domain * DOMAIN_PAGES;
    const to = from + DOMAIN_PAGES;
    this.level2.deleteRange(from / PAGES_2M, to / PAGES_2M);
    this.level3.deleteRange(from / PAGES_1G, to / PAGES_1G);
    this.level4.deleteRange(from / PAGES_512G, to / PAGES_512G);
  }

  restart(): void {
    this.touchedPages = 0;
    this.iotlbMisses = 0;
    this.memoryReads = 0;
    this.upperMisses.fill(0);
  }
}
