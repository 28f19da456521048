import { BOUNCE_POOL_PAGES, DOMAIN_PAGES } from './address-map';
import type { DomainMachine } from './domain-machine';
import { PAGE_BYTES } from './exposure';
import { Gauge } from './gauges';
import { timerDeadline } from './timers';
import { Work } from './work';

const NONE = -1;

export interface BouncePoolOptions {
  /** Buffer sizes, 4 KiB pages, ascending. */
  classes: readonly number[];
  /** Buffers that a class may have, mapped or not. */
  slotsPerClass: number;
  /** Pages of a buffer come one by one from the page allocator: each is a run of its own. */
  scatteredPages: boolean;
  /** A buffer unused for one to two periods is unmapped. */
  evictionNs: number;
  /** Keep buffers apart by permission; otherwise all are mapped for reading and writing. */
  permissionLists: boolean;
}

interface PoolBuffer {
  /** Size class; -1: made for a single use. */
  class: number;
  pages: number;
  access: number;
  iova: number;
  /** Seen idle by an eviction before. */
  old: boolean;
}

/**
 * Pools of bounce buffers that stay mapped in the domain and grow on demand: one list of idle buffers per size class and
 * permission, last in first out.
 *
 * Source: "Add dynamic iommu backed bounce buffers" (iommu list, July and August 2021).
 */
export class BouncePools {
  private readonly buffers: PoolBuffer[] = [];
  private readonly freeNumbers: number[] = [];
  /** Idle buffers by class and permission, newest last. */
  private readonly idle: number[][];
  private readonly used: number[];
  private readonly bases: number[] = [];
  private readonly freeSlots: number[][];
  private readonly locks: number[];
  private readonly timer: number;
  private nextPage: number;

  constructor(
    private readonly machine: DomainMachine,
    private readonly options: BouncePoolOptions,
  ) {
    const { classes } = options;
    machine.expectReuse();
    this.idle = Array.from({ length: classes.length * ACCESSES }, () => []);
    this.used = classes.map(() => 0);
    this.freeSlots = classes.map(() => []);
    this.locks = classes.map((_, i) => machine.context.locks.number(`bounce-pool:${machine.index}:${i}`));
    this.nextPage = BOUNCE_POOL_PAGES + machine.index * DOMAIN_PAGES;
    this.timer = machine.timers.create(() => {
      this.evict();
    });
  }

  /** Reserves the IOVA space of all classes, as the domain is made. */
  setUp(): void {
    const { classes, slotsPerClass } = this.options;
    for (const pages of classes) {
      const base = this.machine.iova.allocate(pages * slotsPerClass);
      if (base >= 0) this.machine.pooled.ranges += 1;
      this.bases.push(base);
    }
  }

  /** Smallest class that holds so many bytes, or -1. */
  classOf(bytes: number): number {
    return this.options.classes.findIndex(pages => pages * PAGE_BYTES >= bytes);
  }

  /**
   * Takes an idle buffer, or makes one.
   * @param pages of it that the device will touch
   * @returns buffer number, or -1 when the class is used up
   */
  take(cls: number, access: number, pages: number): number {
    const { log } = this.machine;
    const kind = this.options.permissionLists ? access : ACCESSES - 1;
    log.acquire(this.locks[cls]);
    const hit = this.idle[cls * ACCESSES + kind].pop();
    if (hit !== undefined) log.add(Work.PoolHit, 1);
    const buffer = hit ?? this.grow(cls, kind);
    log.release(this.locks[cls]);
    if (hit !== undefined) this.machine.touch(this.buffers[hit].iova, pages);
    return buffer;
  }

  private grow(cls: number, access: number): number {
    const { machine, options } = this;
    const pages = options.classes[cls];
    const slot = this.freeSlots[cls].pop() ?? this.used[cls];
    if (slot >= options.slotsPerClass || this.bases[cls] < 0) return NONE;
    if (slot === this.used[cls]) this.used[cls] += 1;
    machine.log.add(Work.PoolMiss, 1);
    const iova = this.bases[cls] + slot * pages;
    this.mapFresh(iova, pages, access);
    machine.pooled.mappings += 1;
    machine.context.gauges.add(Gauge.PoolBytes, pages * PAGE_BYTES);
    const number = this.freeNumbers.pop() ?? this.buffers.length;
    this.buffers[number] = { class: cls, pages, access, iova, old: false };
    return number;
  }

  /**
   * A buffer of no class, unmapped as soon as it is given back: for buffers that must be bounced where the pools cannot.
   * @returns buffer number, or -1 when the IOVA space is full
   */
  takeSingle(pages: number, access: number): number {
    const { machine } = this;
    const iova = machine.iova.allocate(pages);
    if (iova < 0) return NONE;
    machine.log.add(Work.PoolMiss, 1);
    this.mapFresh(iova, pages, access);
    machine.context.gauges.add(Gauge.PoolBytes, pages * PAGE_BYTES);
    const number = this.freeNumbers.pop() ?? this.buffers.length;
    this.buffers[number] = { class: NONE, pages, access, iova, old: false };
    return number;
  }

  private mapFresh(iova: number, pages: number, access: number): void {
    if (this.options.scatteredPages) {
      // Pages that are not neighbours: every second one.
      this.machine.mapScattered(iova, this.nextPage, pages, access);
      this.nextPage += 2 * pages;
    } else {
      this.machine.mapPages(iova, this.nextPage, pages, access);
      this.nextPage += pages;
    }
  }

  address(buffer: number): number {
    return this.buffers[buffer].iova;
  }

  /** Gives a buffer back; it stays mapped, unless it was made for a single use. */
  put(buffer: number): void {
    const { log, context, timers } = this.machine;
    const entry = this.buffers[buffer];
    if (entry.class === NONE) {
      this.unmap(buffer);
      this.machine.iova.free(entry.iova, entry.pages);
      return;
    }
    log.acquire(this.locks[entry.class]);
    log.add(Work.PoolRelease, 1);
    entry.old = false;
    this.idle[entry.class * ACCESSES + entry.access].push(buffer);
    log.release(this.locks[entry.class]);
    if (!timers.isArmed(this.timer)) this.arm(context.traits.hz);
  }

  private arm(hz: number): void {
    const { log, timers } = this.machine;
    timers.arm(this.timer, timerDeadline(log.now(), this.options.evictionNs, hz), log.cpu());
  }

  /** Buffers idle since the last time are unmapped, oldest first; the others are marked. Runs while any is idle. */
  private evict(): void {
    let left = 0;
    for (const list of this.idle) {
      let dropped = 0;
      while (dropped < list.length && this.buffers[list[dropped]].old) {
        this.drop(list[dropped]);
        dropped += 1;
      }
      list.splice(0, dropped);
      for (const buffer of list) this.buffers[buffer].old = true;
      left += list.length;
    }
    if (left > 0) this.arm(this.machine.context.traits.hz);
  }

  private drop(buffer: number): void {
    const { log } = this.machine;
    const { class: cls, iova, pages } = this.buffers[buffer];
    log.acquire(this.locks[cls]);
    this.unmap(buffer);
    this.machine.pooled.mappings -= 1;
    log.release(this.locks[cls]);
    this.freeSlots[cls].push((iova - this.bases[cls]) / pages);
  }

  private unmap(buffer: number): void {
    const { machine } = this;
    const { iova, pages } = this.buffers[buffer];
    machine.unmap(iova, pages);
    machine.invalidateRange(iova, pages);
    machine.context.gauges.add(Gauge.PoolBytes, -pages * PAGE_BYTES);
    this.freeNumbers.push(buffer);
  }
}

/** Values of `Access`, none included. */
const ACCESSES = 4;
