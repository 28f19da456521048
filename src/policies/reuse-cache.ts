import { accessOf } from '../iommu/buffer';
import type { DomainMachine } from '../iommu/domain-machine';
import { PAGE_BYTES } from '../iommu/exposure';
import { PageHash } from '../iommu/page-hash';
import type { DmaOperation } from './policy';

const NONE = -1;

interface Entry {
  key: number;
  /** First page and page count of each segment. */
  segments: Float64Array;
  iova: number;
  pages: number;
  users: number;
  /** Next entry of the same first page and access, with other memory behind it. */
  sibling: number;
  /** Neighbours in the list of entries without a user, oldest first. */
  older: number;
  newer: number;
}

/**
 * Mappings that outlive their use: a driver that recycles its pages maps each of them once. Found by physical pages and
 * permission; kept when unused until the limit asks for their room.
 *
 * Kernel: page_pool with PP_FLAG_DMA_MAP, the page reuse of ixgbevf: each page is mapped whole, whatever part of it the
 * buffer takes.
 */
export class ReuseCache {
  private readonly byKey = new PageHash();
  private readonly entries: Entry[] = [];
  private freeEntries: number[] = [];
  private oldest = NONE;
  private newest = NONE;
  private idlePages = 0;

  /** @param limitPages most pages kept without a user; Infinity: never given up */
  constructor(
    private readonly machine: DomainMachine,
    private readonly limitPages: number,
  ) {
    machine.expectReuse();
  }

  /** Whether a buffer can be found again: memory of known place. */
  takes(op: DmaOperation): boolean {
    return !op.coherent && !op.mmio && op.segmentCount > 0;
  }

  /** Maps the buffer, or finds it mapped; returns its entry, or -1 when the IOVA space is full. */
  map(op: DmaOperation): number {
    const key = keyOf(op);
    let found = this.byKey.get(key, NONE);
    while (found !== NONE && !covers(this.entries[found].segments, op)) found = this.entries[found].sibling;
    if (found === NONE) {
      found = this.create(op, key);
      if (found === NONE) return NONE;
    } else {
      const entry = this.entries[found];
      if (entry.users === 0) this.takeFromIdle(found);
      this.machine.touch(entry.iova, entry.pages);
    }
    this.entries[found].users += 1;
    return found;
  }

  private create(op: DmaOperation, key: number): number {
    const { machine } = this;
    const iova = machine.iova.allocate(op.pages);
    if (iova < 0) return NONE;
    machine.map(iova, op);
    const entry: Entry = {
      key,
      segments: segmentsOf(op),
      iova,
      pages: op.pages,
      users: 0,
      sibling: this.byKey.get(key, NONE),
      older: NONE,
      newer: NONE,
    };
    const index = this.freeEntries.pop() ?? this.entries.length;
    this.entries[index] = entry;
    this.byKey.set(key, index);
    return index;
  }

  address(index: number): number {
    return this.entries[index].iova;
  }

  /** The driver is done with it; nothing is unmapped while there is room. */
  unmap(index: number): void {
    const entry = this.entries[index];
    entry.users -= 1;
    if (entry.users > 0) return;
    entry.older = this.newest;
    entry.newer = NONE;
    if (this.newest === NONE) this.oldest = index;
    else this.entries[this.newest].newer = index;
    this.newest = index;
    this.idlePages += entry.pages;
    while (this.idlePages > this.limitPages) this.evict(this.oldest);
  }

  private takeFromIdle(index: number): void {
    const { older, newer, pages } = this.entries[index];
    if (older === NONE) this.oldest = newer;
    else this.entries[older].newer = newer;
    if (newer === NONE) this.newest = older;
    else this.entries[newer].older = older;
    this.idlePages -= pages;
  }

  private evict(index: number): void {
    const { machine } = this;
    const { key, iova, pages } = this.entries[index];
    this.takeFromIdle(index);
    this.forget(key, index);
    machine.unmap(iova, pages);
    machine.invalidateRange(iova, pages);
    machine.iova.free(iova, pages);
  }

  private forget(key: number, index: number): void {
    const { sibling } = this.entries[index];
    this.freeEntries.push(index);
    let at = this.byKey.get(key, NONE);
    if (at === index) {
      if (sibling === NONE) this.byKey.delete(key);
      else this.byKey.set(key, sibling);
      return;
    }
    while (this.entries[at].sibling !== index) at = this.entries[at].sibling;
    this.entries[at].sibling = sibling;
  }
}

function segmentsOf(op: DmaOperation): Float64Array {
  const segments = new Float64Array(op.segmentCount * 2);
  for (let i = 0; i < op.segmentCount; i++) {
    segments[2 * i] = firstPage(op, i);
    segments[2 * i + 1] = endPage(op, i) - firstPage(op, i);
  }
  return segments;
}

/** Whether the operation's buffer lies in exactly these pages. */
function covers(segments: Float64Array, op: DmaOperation): boolean {
  if (segments.length !== op.segmentCount * 2) return false;
  for (let i = 0; i < op.segmentCount; i++) {
    const page = firstPage(op, i);
    if (segments[2 * i] !== page || segments[2 * i + 1] !== endPage(op, i) - page) return false;
  }
  return true;
}

function firstPage(op: DmaOperation, i: number): number {
  return Math.floor(op.segmentPhys(i) / PAGE_BYTES);
}

function endPage(op: DmaOperation, i: number): number {
  return Math.ceil((op.segmentPhys(i) + op.segmentSize(i)) / PAGE_BYTES);
}

function keyOf(op: DmaOperation): number {
  return firstPage(op, 0) * 4 + accessOf(op);
}
