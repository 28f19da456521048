import type { EventTable } from '../events';

/** Calls that interrupts leave open on one CPU at a time; more than the kernel nests. */
const OPEN_CALLS = 8;
const OPEN_BOUNCES = 512;

/**
 * What one thread of the recorded kernel has begun and not yet ended: an interrupt may open and close calls of its
 * own inside another's, with the same pid, so each kind of open call is a short stack of event rows, newest last.
 */
export class CallContext {
  /** First rows of map runs: iommu:map events with ascending, adjacent ranges, waiting for their dma:dma_map_*. */
  readonly runs: number[] = [];
  /** iommu:unmap rows that a dma:dma_unmap_* or an invalidation may still follow. */
  readonly unmaps: number[] = [];
  /** dma:dma_unmap_sg and dma:dma_free rows: these come before their iommu:unmap. */
  readonly announced: number[] = [];
  /** swiotlb:swiotlb_bounced rows that no mapping took yet. */
  readonly bounces: number[] = [];
  /** The row before this one in the same context. */
  lastRow = -1;
  /** The operation row that the newest invalidation belongs to; -1: a drain. */
  lastFlushed = -1;
  /** QEMU: the guest's request that a VFIO notification of the same thread follows. */
  request = -1;

  openRun(row: number): void {
    pushBounded(this.runs, row, OPEN_CALLS);
  }

  openUnmap(row: number): void {
    pushBounded(this.unmaps, row, OPEN_CALLS);
  }

  announceUnmap(row: number): void {
    pushBounded(this.announced, row, OPEN_CALLS);
  }

  openBounce(row: number): void {
    this.bounces.push(row);
    if (this.bounces.length > OPEN_BOUNCES) this.bounces.splice(0, OPEN_BOUNCES / 2);
  }
}

/** Drops the oldest beyond `limit`: a call that was never closed, as in recordings without dma:* events. */
function pushBounded(stack: number[], row: number, limit: number): void {
  stack.push(row);
  if (stack.length > limit) stack.shift();
}

/** Removes one element by its place, newest usually. */
export function removeAt(stack: number[], place: number): void {
  if (place === stack.length - 1) stack.pop();
  else stack.splice(place, 1);
}

/**
 * Finds the context of an event. A task keeps its context when it moves to another CPU in the middle of a call; the idle
 * task (pid 0) exists once per CPU, and where no pid is known the CPU alone decides.
 */
export class CallContexts {
  private readonly byKey = new Map<number, CallContext>();
  private lastKey = NaN;
  private last = new CallContext();

  of(events: EventTable, row: number): CallContext {
    const pid = events.pid[row];
    const key = pid > 0 ? pid : -2 - events.cpu[row];
    if (key === this.lastKey) return this.last;
    let context = this.byKey.get(key);
    if (!context) {
      context = new CallContext();
      this.byKey.set(key, context);
    }
    this.lastKey = key;
    this.last = context;
    return context;
  }
}
