import { DIRECT_MAP_PAGE } from './address-map';
import { accessOf, type DmaBuffer } from './buffer';
import type { DirtyTracking } from './dirty/dirty-tracking';
import { type Exposure, PAGE_BYTES } from './exposure';
import type { Hardware } from './hardware/hardware';
import { PageHash } from './page-hash';
import type { PageTable } from './page-table';
import { NO_RUN, type RunPool } from './run-pool';
import type { StaleWindows } from './stale-windows';
import type { GatedLog } from './gated-log';

/** A page's value: its users, and above them the access that its entry grants. */
const ACCESS_SHIFT = 28;
const USERS_MASK = 2 ** ACCESS_SHIFT - 1;
const SMALL_LEAF = 1;
const NO_ACCESS = 0;

/** The parts of a domain that shared mappings are made with. */
export interface SharedMappingParts {
  readonly log: GatedLog;
  readonly runs: RunPool;
  readonly pageTable: PageTable;
  readonly exposure: Exposure;
  readonly stale: StaleWindows;
  readonly hardware: Hardware;
  readonly dirty: DirtyTracking | undefined;
  /** The device accesses pages of a mapping. */
  readonly touch: (page: number, pages: number) => void;
}

/**
 * Mappings at kernel virtual addresses, which differ from the physical ones by a constant: no address is allocated, and
 * buffers in the same page meet at the same entry. A page is mapped while it has a user.
 */
export class SharedMappings {
  /** Times that a buffer found its page mapped by another one. */
  collisions = 0;
  private readonly pages = new PageHash();

  constructor(private readonly parts: SharedMappingParts) {}

  /** Page of the address that the device is given. */
  addressOf(buffer: DmaBuffer): number {
    return DIRECT_MAP_PAGE + Math.floor(buffer.segmentPhys(0) / PAGE_BYTES);
  }

  /** Access that the entry at the address grants; 0: not mapped. */
  accessTo(page: number): number {
    return this.pages.get(page, 0) >>> ACCESS_SHIFT;
  }

  /** Maps the pages of a buffer that are not mapped yet, each contiguous group of them by one iommu_map. */
  map(buffer: DmaBuffer): void {
    const access = accessOf(buffer);
    forEachSegment(buffer, (first, pages, offset, bytes) => {
      this.mapPages(first, pages, access, page => {
        this.expose(page, access, page === first ? offset : 0, bytesInPage(page - first, offset, bytes));
        if (this.accessTo(page) !== 0) this.collisions += 1;
        return this.addUser(page, access);
      });
      this.parts.dirty?.mapped(first - DIRECT_MAP_PAGE, pages, access);
      this.parts.touch(first, pages);
    });
  }

  /** As `map`, for mappings that nobody will ever end. */
  mapForGood(buffer: DmaBuffer): void {
    const access = accessOf(buffer);
    forEachSegment(buffer, (first, pages, offset, bytes) => {
      this.mapPages(first, pages, access, page => {
        const isNew = (this.accessTo(page) & access) !== access;
        if (!isNew) return false;
        const own = bytesInPage(page - first, offset, bytes);
        this.parts.dirty?.mapped(page - DIRECT_MAP_PAGE, 1, access);
        this.expose(page, access, page === first ? offset : 0, own);
        return this.addUser(page, access);
      });
      this.parts.touch(first, pages);
    });
  }

  /** The device reaches what the page's entry grants, which no user takes back before the last one ends. */
  private expose(page: number, access: number, offset: number, bytes: number): void {
    this.parts.exposure.add(page - DIRECT_MAP_PAGE, 1, access & ~this.accessTo(page), offset, bytes);
  }

  private mapPages(first: number, pages: number, access: number, isFresh: (page: number) => boolean): void {
    let fresh = 0;
    for (let page = first; page < first + pages; page++) {
      if (isFresh(page)) {
        fresh += 1;
      } else if (fresh > 0) {
        this.write(page - fresh, fresh, access);
        fresh = 0;
      }
    }
    if (fresh > 0) this.write(first + pages - fresh, fresh, access);
  }

  /** Counts one user more; returns whether the page was without one. */
  private addUser(page: number, access: number): boolean {
    const value = this.pages.get(page, 0);
    const granted = value >>> ACCESS_SHIFT;
    const needed = granted | access;
    this.pages.set(page, (needed << ACCESS_SHIFT) | ((value & USERS_MASK) + 1));
    if (value === 0) return true;
    if (needed !== granted) this.rewrite(page, needed);
    return false;
  }

  /** The entry must grant more: it is cleared and written again. */
  private rewrite(page: number, access: number): void {
    const { pageTable, runs, hardware } = this.parts;
    pageTable.clear(page, page - DIRECT_MAP_PAGE, 1, SMALL_LEAF);
    const run = runs.create(page, page - DIRECT_MAP_PAGE, 1, 0, PAGE_BYTES, access);
    hardware.unmapped(page, 1, run);
    runs.release(run);
    this.write(page, 1, access);
  }

  private write(first: number, pages: number, access: number): void {
    const { pageTable, runs, hardware } = this.parts;
    pageTable.map(first, first - DIRECT_MAP_PAGE, pages, SMALL_LEAF);
    for (let page = first; page < first + pages; page++) {
      const run = runs.create(page, page - DIRECT_MAP_PAGE, 1, 0, PAGE_BYTES, access);
      hardware.runMapped(run);
      runs.release(run);
    }
    hardware.mapFinished(first, pages);
  }

  /**
   * Ends a buffer's use of its pages; those without another user are unmapped.
   * @param invalidate called for each segment, with its address, after what has no user was unmapped
   */
  unmap(buffer: DmaBuffer, invalidate: (first: number, pages: number) => void): void {
    const access = accessOf(buffer);
    forEachSegment(buffer, (first, pages, offset, bytes) => {
      let cleared = 0;
      let head = NO_RUN;
      for (let i = 0; i < pages; i++) {
        const page = first + i;
        const phys = page - DIRECT_MAP_PAGE;
        const from = i === 0 ? offset : 0;
        const own = bytesInPage(i, offset, bytes);
        const granted = this.accessTo(page);
        if (this.removeUser(page)) {
          const run = this.parts.runs.create(page, phys, 1, from, own, granted);
          this.parts.runs.next[run] = head;
          head = run;
          cleared += 1;
          continue;
        }
        this.parts.exposure.remove(phys, 1, NO_ACCESS, from, own);
        if (cleared > 0) this.clear(page - cleared, cleared, head);
        cleared = 0;
        head = NO_RUN;
      }
      if (cleared > 0) this.clear(first + pages - cleared, cleared, head);
      this.parts.dirty?.unmapped(first - DIRECT_MAP_PAGE, pages, access);
      invalidate(first, pages);
    });
  }

  private removeUser(page: number): boolean {
    const value = this.pages.get(page, 0);
    if ((value & USERS_MASK) === 1) {
      this.pages.delete(page);
      return true;
    }
    this.pages.set(page, value - 1);
    return false;
  }

  private clear(first: number, pages: number, head: number): void {
    const { pageTable, stale, hardware, log, dirty, runs } = this.parts;
    dirty?.collect(runs.access[head], pages, () => {
      hardware.flushRange(first, pages, SMALL_LEAF);
    });
    pageTable.clear(first, first - DIRECT_MAP_PAGE, pages, SMALL_LEAF);
    pageTable.finishUnmap(first, pages);
    stale.begin(first, pages, head, log.now());
    hardware.unmapped(first, pages, head);
  }
}

/** Bytes of a buffer in its page number `i`. */
function bytesInPage(i: number, offset: number, bytes: number): number {
  const before = i === 0 ? 0 : i * PAGE_BYTES - offset;
  return Math.min(PAGE_BYTES - (i === 0 ? offset : 0), bytes - before);
}

function forEachSegment(
  buffer: DmaBuffer,
  visit: (first: number, pages: number, offset: number, bytes: number) => void,
): void {
  for (let i = 0; i < buffer.segmentCount; i++) {
    const phys = buffer.segmentPhys(i);
    const bytes = buffer.segmentSize(i);
    const page = Math.floor(phys / PAGE_BYTES);
    const offset = phys - page * PAGE_BYTES;
    visit(DIRECT_MAP_PAGE + page, Math.ceil((offset + bytes) / PAGE_BYTES), offset, bytes);
  }
}
