import { BOUNCE_PAGES } from './address-map';
import { PAGE_BYTES } from './exposure';
import { Gauge, type Gauges } from './gauges';
import type { GatedLog } from './gated-log';
import type { LockRegistry } from './locks';
import { powerOfTwoAtLeast } from './power-of-two';
import { Work } from './work';

/** IO_TLB_SIZE: 2 KiB. */
export const SLOT_BYTES = 2048;
/** IO_TLB_SEGSIZE: no allocation crosses a segment, so 256 KiB is the most. */
const SEGMENT_SLOTS = 128;
export const SWIOTLB_MAX_BYTES = SLOT_BYTES * SEGMENT_SLOTS;
/** IO_TLB_DEFAULT_SIZE. */
export const SWIOTLB_DEFAULT_BYTES = 64 * 2 ** 20;

interface Area {
  first: number;
  slots: number;
  /** Where the next search begins. */
  index: number;
  used: number;
  lock: number;
}

/**
 * The static bounce pool: 2 KiB slots in segments of 128, divided into areas with a lock each; a request starts in the area
 * of its CPU and goes on to the others when that is full.
 *
 * Kernel: swiotlb_init, swiotlb_find_slots, swiotlb_search_pool_area, swiotlb_release_slots (kernel/dma/swiotlb.c).
 */
export class Swiotlb {
  slots = 0;
  usedSlots = 0;
  private areas: Area[] = [];
  /** Free slots from here to the end of the segment; 0: taken. */
  private free = new Uint8Array(0);
  /** Slots of the allocation that begins here. */
  private taken = new Uint8Array(0);

  constructor(
    private readonly log: GatedLog,
    private readonly gauges: Gauges,
    private readonly locks: LockRegistry,
    private readonly cpus: number,
    bytes: number,
  ) {
    this.resize(bytes);
  }

  /**
   * Makes the pool anew; only while nothing is taken.
   * @param bytes of the pool; rounded up so that each area has a segment at least
   * @param areas wanted; 0: one for each CPU. Rounded up to a power of two.
   */
  resize(bytes: number, areas = 0): void {
    const count = powerOfTwoAtLeast(areas > 0 ? areas : this.cpus);
    const perArea = Math.max(1, Math.ceil(bytes / SWIOTLB_MAX_BYTES / count)) * SEGMENT_SLOTS;
    this.slots = count * perArea;
    this.free = new Uint8Array(this.slots);
    this.taken = new Uint8Array(this.slots);
    for (let slot = 0; slot < this.slots; slot++) this.free[slot] = SEGMENT_SLOTS - (slot % SEGMENT_SLOTS);
    this.areas = Array.from({ length: count }, (_, i) => ({
      first: i * perArea,
      slots: perArea,
      index: 0,
      used: 0,
      lock: this.locks.number(`swiotlb-area:${i}`),
    }));
  }

  get pages(): number {
    return (this.slots * SLOT_BYTES) / PAGE_BYTES;
  }

  /** Physical page that holds the slot. */
  pageOf(slot: number): number {
    return BOUNCE_PAGES + Math.floor((slot * SLOT_BYTES) / PAGE_BYTES);
  }

  /**
   * Takes slots for a buffer.
   * @param bytes of the buffer, with the offset in its slot that must be kept
   * @param alignBytes alignment of the slot; requests of a page and more are page-aligned
   * @returns first slot, or -1 when no area has room
   */
  allocate(bytes: number, alignBytes: number): number {
    const wanted = Math.ceil(bytes / SLOT_BYTES);
    if (wanted > SEGMENT_SLOTS) return -1;
    const align = bytes >= PAGE_BYTES ? Math.max(alignBytes, PAGE_BYTES) : alignBytes;
    const stride = Math.max(1, Math.ceil(align / SLOT_BYTES));
    const start = this.log.cpu() & (this.areas.length - 1);
    for (let i = 0; i < this.areas.length; i++) {
      const area = this.areas[(start + i) & (this.areas.length - 1)];
      const slot = this.search(area, wanted, stride);
      if (slot < 0) continue;
      this.usedSlots += wanted;
      this.gauges.add(Gauge.PoolBytes, wanted * SLOT_BYTES);
      return slot;
    }
    return -1;
  }

  private search(area: Area, wanted: number, stride: number): number {
    this.log.acquire(area.lock);
    this.log.add(Work.SlotSearch, 1);
    const slot = wanted <= area.slots - area.used ? this.firstFit(area, wanted, stride) : -1;
    if (slot >= 0) this.take(area, slot, wanted);
    this.log.release(area.lock);
    return slot;
  }

  /** From the slot after the last allocation on, and once around. */
  private firstFit(area: Area, wanted: number, stride: number): number {
    let index = (Math.ceil(area.index / stride) * stride) % area.slots;
    for (let tried = 0; tried < area.slots; tried += stride) {
      if (this.free[area.first + index] >= wanted) return area.first + index;
      index += stride;
      if (index >= area.slots) index = 0;
    }
    return -1;
  }

  private take(area: Area, slot: number, count: number): void {
    const { free } = this;
    for (let i = slot; i < slot + count; i++) free[i] = 0;
    this.taken[slot] = count;
    let run = 0;
    for (let i = slot - 1; i >= 0 && i % SEGMENT_SLOTS !== SEGMENT_SLOTS - 1 && free[i] !== 0; i--) free[i] = ++run;
    const next = slot - area.first + count;
    area.index = next < area.slots ? next : 0;
    area.used += count;
  }

  /** Gives back what `allocate` returned. */
  release(slot: number): void {
    const { free } = this;
    const count = this.taken[slot];
    const area = this.areas[Math.floor(slot / this.areas[0].slots)];
    this.log.acquire(area.lock);
    this.log.add(Work.SlotFree, 1);
    this.taken[slot] = 0;
    const end = slot + count;
    let run = end % SEGMENT_SLOTS === 0 ? 0 : free[end];
    for (let i = end - 1; i >= slot; i--) free[i] = ++run;
    for (let i = slot - 1; i >= 0 && i % SEGMENT_SLOTS !== SEGMENT_SLOTS - 1 && free[i] !== 0; i--) free[i] = ++run;
    area.used -= count;
    this.log.release(area.lock);
    this.usedSlots -= count;
    this.gauges.add(Gauge.PoolBytes, -count * SLOT_BYTES);
  }

  /** Slots taken are the sum over the areas, and each allocation is within its segment. */
  check(): string[] {
    const used = this.areas.reduce((sum, area) => sum + area.used, 0);
    let taken = 0;
    for (const count of this.taken) taken += count;
    if (used === this.usedSlots && taken === used) return [];
    return [`swiotlb: areas count ${used} used slots, allocations hold ${taken}, the pool ${this.usedSlots}`];
  }
}
