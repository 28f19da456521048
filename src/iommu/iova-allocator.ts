import type { MachineContext } from './context';
import { Gauge } from './gauges';
import { PAGE_BYTES } from './exposure';
import { IovaCache } from './iova-cache';
import { IovaTree } from './iova-tree';
import { powerOfTwoAtLeast } from './power-of-two';
import type { Timers } from './timers';
import { Work } from './work';

/** IOVA_RANGE_CACHE_MAX_SIZE: 1, 2, 4 … 32 pages are cached. */
const SIZE_CLASSES = 6;
const LARGEST_CLASS_PAGES = 32;
const PAGES_BELOW_4G = 2 ** 20;
/** Interrupt messages are written to 0xfee00000 – 0xfeefffff: no x86 IOMMU translates that window. */
const MSI_WINDOW_PAGE = 0xfee00;
const MSI_WINDOW_PAGES = 0x100;

export interface IovaOptions {
  /** First page above the space that may be used: the device's DMA mask, or the domain's aperture. */
  limit: number;
  /** Lowest page given out; page 0 never is. */
  start: number;
  /** Try below 4 GiB first, until that fails for the first time (PCI devices, unless iommu.forcedac). */
  below4GFirst: boolean;
  /** x86: the interrupt window is not to be used. */
  msiWindow: boolean;
}

/**
 * Gives out ranges of a domain's IOVA space.
 *
 * Kernel: iommu_dma_alloc_iova (drivers/iommu/dma-iommu.c), alloc_iova_fast and free_iova_fast (drivers/iommu/iova.c):
 * sizes below 32 pages are rounded up to a power of two, the per-CPU caches come before the tree, and a full space empties
 * the caches once before it gives up.
 */
export class IovaAllocator {
  /** Ranges given out and not yet freed. */
  liveRanges = 0;
  /** Lowest page given out so far. */
  lowest = Infinity;
  private readonly tree: IovaTree;
  private readonly caches: IovaCache[];
  private readonly treeLock: number;
  private below4GFirst: boolean;

  constructor(
    private readonly context: MachineContext,
    domain: number,
    timers: Timers,
    private readonly options: IovaOptions,
  ) {
    this.below4GFirst = options.below4GFirst && options.limit > PAGES_BELOW_4G;
    this.treeLock = context.locks.number(`iova-tree:${domain}`);
    this.tree = new IovaTree(options.start, PAGES_BELOW_4G);
    if (options.msiWindow) this.tree.reserve(MSI_WINDOW_PAGE, MSI_WINDOW_PAGES);
    const freeToTree = (page: number): void => {
      this.freeInTree(page);
    };
    this.caches = Array.from(
      { length: SIZE_CLASSES },
      (_, order) => new IovaCache(context, domain, order, timers, freeToTree),
    );
  }

  /** Nothing below the page is to be given out: something else lies there. */
  startAbove(page: number): void {
    this.tree.startAbove(Math.max(page, this.options.start));
  }

  /**
   * @param pages 4 KiB pages wanted
   * @returns first page of the range, or -1 when the space is full
   */
  allocate(pages: number): number {
    let page = -1;
    if (this.below4GFirst) {
      page = this.allocateBelow(pages, PAGES_BELOW_4G, false);
      if (page < 0) this.below4GFirst = false;
    }
    if (page < 0) page = this.allocateBelow(pages, this.options.limit, true);
    if (page < 0) return -1;
    const { counters, gauges } = this.context;
    counters.iovaAllocs += 1;
    this.liveRanges += 1;
    if (page < this.lowest) this.lowest = page;
    gauges.add(Gauge.IovaBytes, roundedPages(pages) * PAGE_BYTES);
    return page;
  }

  /** alloc_iova_fast. */
  private allocateBelow(pages: number, limit: number, drainWhenFull: boolean): number {
    const { log, counters } = this.context;
    const rounded = roundedPages(pages);
    const order = sizeClass(rounded);
    if (order < SIZE_CLASSES) {
      const cached = this.caches[order].get(limit - rounded);
      if (cached >= 0) {
        log.add(Work.IovaCacheHit, 1);
        counters.iovaCacheHits += 1;
        return cached;
      }
    }
    let page = this.allocateInTree(rounded, limit);
    if (page < 0 && drainWhenFull) {
      for (const cache of this.caches) cache.drain();
      page = this.allocateInTree(rounded, limit);
    }
    return page;
  }

  private allocateInTree(pages: number, limit: number): number {
    const { log, counters } = this.context;
    log.acquire(this.treeLock);
    const page = this.tree.allocate(pages, limit);
    if (page >= 0) {
      log.add(Work.IovaTreeAlloc, 1);
      counters.iovaTreeAllocs += 1;
    }
    log.add(Work.IovaTreeStep, this.tree.steps);
    log.release(this.treeLock);
    return page;
  }

  /**
   * Gives a range back, on the CPU at work: to its cache, or to the tree.
   * @param page as returned by `allocate`
   * @param pages as passed to it
   */
  free(page: number, pages: number): void {
    this.liveRanges -= 1;
    const rounded = roundedPages(pages);
    this.context.gauges.add(Gauge.IovaBytes, -rounded * PAGE_BYTES);
    const order = sizeClass(rounded);
    if (order < SIZE_CLASSES) {
      this.context.log.add(Work.IovaCacheFree, 1);
      this.caches[order].put(page);
    } else {
      this.freeInTree(page);
    }
  }

  private freeInTree(page: number): void {
    const { log } = this.context;
    log.acquire(this.treeLock);
    log.add(Work.IovaTreeFree, 1);
    this.tree.free(page);
    log.release(this.treeLock);
  }

  /** Every range of the tree is given out, or waits in a cache, or is reserved. */
  check(): string[] {
    const held = this.caches.reduce((sum, cache) => sum + cache.held, 0);
    const reserved = this.options.msiWindow ? 1 : 0;
    const { ranges } = this.tree;
    if (ranges === this.liveRanges + held + reserved) return [];
    return [
      `IOVA tree holds ${ranges} ranges, but ${this.liveRanges} are in use, ${held} cached, ${reserved} reserved`,
    ];
  }
}

function roundedPages(pages: number): number {
  return pages < LARGEST_CLASS_PAGES ? powerOfTwoAtLeast(pages) : pages;
}

/** order_base_2: 33 pages are of order 6, which no cache keeps. */
function sizeClass(pages: number): number {
  return pages <= 1 ? 0 : 32 - Math.clz32(pages - 1);
}
