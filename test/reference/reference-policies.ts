/** Policies once more, over the reference domain. */
import { type PlainOperation, RAM_PAGES, type Segment } from './operations';
import type { ReferenceDomain } from './reference-domain';
import { tablesFor } from './reference-memory';
import type { ReferenceSwiotlb } from './reference-swiotlb';

const PAGE = 4096;

export interface ReferenceCopies {
  copies: number;
  toDevice: number;
  fromDevice: number;
  zeroed: number;
  bounced: number;
  failed: number;
}

export interface ReferencePolicy {
  setUp?(): void;
  map(op: PlainOperation): void;
  unmap(op: PlainOperation): void;
  syncForCpu?(op: PlainOperation): void;
  syncForDevice?(op: PlainOperation): void;
  runTimer?(): void;
}

export function accessOf(op: PlainOperation): number {
  return op.coherent ? 3 : [3, 1, 2][op.direction];
}

export function toDevice(op: PlainOperation): boolean {
  return op.direction === 0 || op.direction === 1;
}

export function fromDevice(op: PlainOperation): boolean {
  return op.direction === 0 || op.direction === 2;
}

export class ReferenceDynamic implements ReferencePolicy {
  private readonly live = new Map<number, { iova: number; pages: number }>();

  constructor(
    private readonly domain: ReferenceDomain,
    private readonly lazy: boolean,
  ) {}

  map(op: PlainOperation): void {
    const iova = this.domain.allocate(op.pages);
    this.domain.map(iova, op.segments, accessOf(op));
    this.live.set(op.mapping, { iova, pages: op.pages });
  }

  unmap(op: PlainOperation): void {
    const { iova, pages } = this.live.get(op.mapping)!;
    this.live.delete(op.mapping);
    if (op.segments.length === 1 && !op.coherent) this.domain.walks += 1;
    this.domain.unmap(iova, pages);
    if (this.lazy) {
      this.domain.push(iova, pages);
    } else {
      this.domain.flushRange(iova, pages);
      this.domain.free(iova, pages);
    }
  }
}

export class ReferencePassthrough implements ReferencePolicy {
  constructor(private readonly domain: ReferenceDomain) {}

  setUp(): void {
    this.domain.memory.openRead = true;
    this.domain.memory.openWrite = true;
    this.domain.look();
  }

  map(): void {
    // Nothing to do.
  }

  unmap(): void {
    // Nothing to do.
  }
}

/** TO_DEVICE by identity, the rest by another policy. */
export class ReferenceRoIdentity implements ReferencePolicy {
  constructor(
    private readonly domain: ReferenceDomain,
    private readonly rest: ReferencePolicy,
    /** The identity region lies in the same table as the dynamic mappings, in leaves of so many pages. */
    private readonly sharedLeaf?: number,
  ) {}

  setUp(): void {
    const { memory } = this.domain;
    memory.openRead = true;
    if (this.sharedLeaf !== undefined) {
      for (let page = 0; page < RAM_PAGES; page += this.sharedLeaf) {
        for (const table of tablesFor(page, this.sharedLeaf)) memory.tables.add(table);
      }
    }
    this.domain.look();
  }

  map(op: PlainOperation): void {
    if (op.coherent || op.direction !== 1) this.rest.map(op);
  }

  unmap(op: PlainOperation): void {
    if (op.coherent || op.direction !== 1) this.rest.unmap(op);
  }
}

export class ReferenceStaticBouncing implements ReferencePolicy {
  private readonly live = new Map<number, { slots: number[]; sizes: number[] }>();
  private readonly coherent: ReferenceDynamic | undefined;

  /** @param premappedBytes size of a pool that is mapped once; 0: the device reaches all of memory */
  constructor(
    private readonly domain: ReferenceDomain,
    private readonly pool: ReferenceSwiotlb,
    private readonly counts: ReferenceCopies,
    private readonly premappedBytes = 0,
  ) {
    this.coherent = premappedBytes > 0 ? new ReferenceDynamic(domain, false) : undefined;
  }

  setUp(): void {
    if (this.premappedBytes > 0) {
      const iova = this.domain.allocate(this.premappedBytes / PAGE);
      this.domain.map(iova, [{ phys: 2 ** 46 * PAGE, size: this.premappedBytes }], 3);
      return;
    }
    this.domain.memory.openRead = true;
    this.domain.memory.openWrite = true;
    this.domain.look();
  }

  map(op: PlainOperation): void {
    if (op.coherent) {
      this.coherent?.map(op);
      return;
    }
    const slots: number[] = [];
    for (const { size } of op.segments) {
      const slot = this.pool.allocate(size, 1, this.domain.cpu);
      if (slot === undefined) {
        slots.reverse().forEach(taken => {
          this.pool.release(taken);
        });
        this.counts.failed += 1;
        return;
      }
      slots.push(slot);
      copy(this.counts, 'toDevice', size);
      this.counts.bounced += 1;
    }
    this.live.set(op.mapping, { slots, sizes: op.segments.map(({ size }) => size) });
  }

  unmap(op: PlainOperation): void {
    if (op.coherent) {
      this.coherent?.unmap(op);
      return;
    }
    const known = this.live.get(op.mapping);
    if (!known) return;
    this.live.delete(op.mapping);
    if (!op.skipCpuSync && fromDevice(op)) for (const size of known.sizes) copy(this.counts, 'fromDevice', size);
    for (const slot of known.slots.reverse()) this.pool.release(slot);
  }

  syncForCpu(op: PlainOperation): void {
    if (this.live.has(op.mapping) && fromDevice(op)) copy(this.counts, 'fromDevice', op.size);
  }

  syncForDevice(op: PlainOperation): void {
    if (this.live.has(op.mapping) && toDevice(op)) copy(this.counts, 'toDevice', op.size);
  }
}

/** Strict, entry by entry; what shares a page with other data goes through the static pool. */
export class ReferenceUntrusted implements ReferencePolicy {
  private readonly coherent: ReferenceDynamic;
  private readonly live = new Map<number, { iova: number; pages: number; slot: number; size: number }[]>();

  constructor(
    private readonly domain: ReferenceDomain,
    private readonly pool: ReferenceSwiotlb,
    private readonly counts: ReferenceCopies,
  ) {
    this.coherent = new ReferenceDynamic(domain, false);
  }

  map(op: PlainOperation): void {
    if (op.coherent) {
      this.coherent.map(op);
      return;
    }
    const parts: { iova: number; pages: number; slot: number; size: number }[] = [];
    for (const segment of op.segments) {
      const part = this.mapEntry(segment, accessOf(op));
      if (!part) {
        for (const done of parts.reverse()) this.unmapPart(done);
        this.counts.failed += 1;
        return;
      }
      parts.push(part);
    }
    this.live.set(op.mapping, parts);
  }

  private mapEntry({ phys, size }: Segment, access: number) {
    const pages = Math.ceil(size / PAGE);
    if (phys % PAGE === 0 && size % PAGE === 0) {
      const iova = this.domain.allocate(pages);
      this.domain.map(iova, [{ phys, size }], access);
      return { iova, pages, slot: -1, size };
    }
    const slot = this.pool.allocate(pages * PAGE, PAGE, this.domain.cpu);
    if (slot === undefined) return undefined;
    const iova = this.domain.allocate(pages);
    this.counts.bounced += 1;
    this.counts.zeroed += pages * PAGE - size;
    copy(this.counts, 'toDevice', size);
    const bouncePage = 2 ** 46 + Math.floor(slot / 2);
    this.domain.map(iova, [{ phys: bouncePage * PAGE, size: pages * PAGE }], access);
    return { iova, pages, slot, size };
  }

  private unmapPart({ iova, pages, slot }: { iova: number; pages: number; slot: number }): void {
    this.domain.walks += 1;
    this.domain.unmap(iova, pages);
    this.domain.flushRange(iova, pages);
    this.domain.free(iova, pages);
    if (slot >= 0) this.pool.release(slot);
  }

  unmap(op: PlainOperation): void {
    if (op.coherent) {
      this.coherent.unmap(op);
      return;
    }
    const parts = this.live.get(op.mapping);
    if (!parts) return;
    this.live.delete(op.mapping);
    for (const part of parts.reverse()) {
      this.unmapPart(part);
      if (part.slot >= 0 && !op.skipCpuSync && fromDevice(op)) copy(this.counts, 'fromDevice', part.size);
    }
  }

  syncForCpu(op: PlainOperation): void {
    if (fromDevice(op)) this.sync(op, 'fromDevice');
  }

  syncForDevice(op: PlainOperation): void {
    if (toDevice(op)) this.sync(op, 'toDevice');
  }

  private sync(op: PlainOperation, way: 'toDevice' | 'fromDevice'): void {
    const parts = this.live.get(op.mapping);
    if (op.coherent || !parts) return;
    this.domain.walks += 1;
    for (const { slot, size } of [...parts].reverse()) if (slot >= 0) copy(this.counts, way, size);
  }
}

export function copy(counts: ReferenceCopies, way: 'toDevice' | 'fromDevice', bytes: number): void {
  counts.copies += 1;
  counts[way] += bytes;
}
