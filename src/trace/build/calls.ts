import { EventKind, Invalidation, type EventTable } from '../events';
import { CallContexts, removeAt, type CallContext } from './call-context';
import { hasFailed, invalidationOf, kindOf } from './rows';
import { SgLists } from './sg-lists';

/** Flushes of this size and above mean a whole domain (flush queue drains ask for 0 to ULONG_MAX). */
const WHOLE_DOMAIN = 2 ** 52;

/** Events that belong to one call, as a forest over event rows: `parent` is an earlier row of the same call. */
export interface Calls {
  /** The row itself for the first event of a call; -1 for events of no call. */
  parent: Int32Array;
  /** Index into `strings`: device that the call named; -1 unknown. Valid for every iommu:* row of a call. */
  device: Int32Array;
  /** VT-d domain id from the call's invalidations, at the iommu:map or iommu:unmap row they follow; -1 unknown. */
  did: Int32Array;
  /** For rows that map: the first and the next row of the run of adjacent ranges that they are part of; -1 none. */
  run: Int32Array;
  nextInRun: Int32Array;
  /** 1 for iommu:map rows that a dma:* event accounts for. */
  claimed: Uint8Array;
  /** For dma:dma_unmap_sg rows: the dma:dma_map_sg row that they end; -1 unknown. */
  sgMap: Int32Array;
  /** 1 for iommu:unmap rows that a page-selective invalidation follows. */
  flushed: Uint8Array;
  /**
   * Domain-selective and global invalidations: as submitted to the queue, how many of these came right after an
   * iommu:unmap, and as cache_tag_flush_* events.
   */
  drains: { submitted: number; rightAfterUnmap: number; tagged: number };
}

/** Root of a row's call. */
export function callOf(parent: Int32Array, row: number): number {
  let at = row;
  while (parent[at] !== at) at = parent[at]!;
  return at;
}

/** Makes two rows one call; its root is the earliest row of both. */
export function join(parent: Int32Array, a: number, b: number): void {
  const rootA = callOf(parent, a);
  const rootB = callOf(parent, b);
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}

/**
 * Puts the events of one call of the kernel's DMA API together.
 *
 * Order inside a call (kernel/dma/mapping.c, drivers/iommu/dma-iommu.c): swiotlb_bounced, iommu:map once per physically
 * contiguous run, invalidations under caching mode, dma:dma_map_*. dma:dma_unmap_page comes after iommu:unmap and its
 * invalidations; dma:dma_unmap_sg and dma:dma_free come before theirs.
 *
 * @param events in order of time
 */
export function groupCalls(events: EventTable): Calls {
  const grouper = new CallGrouper(events);
  for (let row = 0; row < events.count; row++) grouper.add(row);
  return grouper.calls;
}

class CallGrouper {
  readonly calls: Calls;
  private readonly contexts = new CallContexts();
  private readonly sgLists: SgLists;
  /** Last row of a run, at its first row. */
  private readonly runTail: Int32Array;

  constructor(private readonly events: EventTable) {
    const { count } = events;
    const rows = (): Int32Array => new Int32Array(count).fill(-1);
    this.sgLists = new SgLists(events);
    this.calls = {
      parent: rows(),
      device: rows(),
      did: rows(),
      run: rows(),
      nextInRun: rows(),
      claimed: new Uint8Array(count),
      sgMap: this.sgLists.mapOf,
      flushed: new Uint8Array(count),
      drains: { submitted: 0, rightAfterUnmap: 0, tagged: 0 },
    };
    this.runTail = rows();
  }

  add(row: number): void {
    const { events, calls } = this;
    const context = this.contexts.of(events, row);
    const kind = kindOf(events, row);
    switch (kind) {
      case EventKind.IommuMap:
      case EventKind.VendorMap:
        this.mapChunk(row, context);
        break;
      case EventKind.IommuUnmap:
      case EventKind.VendorUnmap:
        this.unmapRange(row, context);
        break;
      case EventKind.SwiotlbBounced:
        this.own(row);
        context.openBounce(row);
        break;
      case EventKind.DmaMap:
      case EventKind.DmaAlloc:
      case EventKind.DmaMapSg:
        this.endMap(row, context);
        break;
      case EventKind.DmaUnmap:
        this.endUnmap(row, context);
        break;
      case EventKind.DmaUnmapSg:
      case EventKind.DmaFree:
        this.announceUnmap(row, context);
        break;
      case EventKind.DmaSyncForCpu:
      case EventKind.DmaSyncForDevice:
        this.own(row);
        break;
      case EventKind.QiSubmit:
      case EventKind.CacheTagFlush:
        this.flush(row, context);
        return;
      case EventKind.QemuViommuMap:
        this.mapChunk(row, context);
        context.request = row;
        break;
      case EventKind.QemuViommuUnmap:
        calls.parent[row] = row;
        context.request = row;
        break;
      case EventKind.QemuVfioMap:
        this.notify(row, context, EventKind.QemuViommuMap);
        break;
      case EventKind.QemuVfioUnmap:
        this.notify(row, context, EventKind.QemuViommuUnmap);
        break;
      default:
        return;
    }
    context.lastRow = row;
  }

  /** A row that is its own call until others join it, of the device that it prints. */
  private own(row: number): void {
    this.calls.parent[row] = row;
    this.calls.device[row] = this.events.device[row]!;
  }

  private mapChunk(row: number, context: CallContext): void {
    const { events, calls } = this;
    this.own(row);
    const bounce = context.bounces.at(-1);
    if (bounce !== undefined && bounce === context.lastRow && events.size[bounce] <= events.size[row]) {
      calls.parent[row] = bounce;
      calls.device[row] = calls.device[bounce]!;
      context.bounces.pop();
    }
    for (let place = context.runs.length - 1; place >= 0; place--) {
      const first = context.runs[place];
      const tail = this.runTail[first];
      if (events.address[tail] + events.size[tail] !== events.address[row]) continue;
      if (events.domainId[tail] !== events.domainId[row]) continue;
      calls.run[row] = first;
      calls.nextInRun[tail] = row;
      this.runTail[first] = row;
      return;
    }
    calls.run[row] = row;
    this.runTail[row] = row;
    context.openRun(row);
  }

  private endMap(row: number, context: CallContext): void {
    const { events } = this;
    this.own(row);
    this.takeBounces(row, context);
    if (hasFailed(events, row)) return;
    if (kindOf(events, row) !== EventKind.DmaMapSg) {
      this.takeRun(row, events.address[row], context);
      return;
    }
    const start = events.listStart[row];
    const end = start + events.listCount[row];
    let mappedFrom = -1;
    let mappedTo = -1;
    for (let entry = start; entry < end; entry++) {
      const address = events.lists.address[entry];
      if (events.lists.size[entry] === 0 || (address >= mappedFrom && address < mappedTo)) continue;
      const taken = this.takeRun(row, address, context);
      if (taken < 0) break;
      mappedFrom = address;
      mappedTo = taken;
    }
    this.sgLists.add(row);
  }

  /**
   * Joins the map events of the open run that holds `address`, from that address to the run's end.
   *
   * @returns end of the mapped range, -1 when no open run holds the address
   */
  private takeRun(row: number, address: number, context: CallContext): number {
    const { events, calls } = this;
    for (let place = context.runs.length - 1; place >= 0; place--) {
      const first = context.runs[place];
      const tail = this.runTail[first];
      const end = events.address[tail] + events.size[tail];
      if (address < events.address[first] || address >= end) continue;
      let before = -1;
      let at = first;
      while (events.address[at] + events.size[at] <= address) {
        before = at;
        at = calls.nextInRun[at]!;
      }
      if (before < 0) removeAt(context.runs, place);
      else {
        this.runTail[first] = before;
        calls.nextInRun[before] = -1;
      }
      for (; at >= 0; at = calls.nextInRun[at]!) {
        calls.claimed[at] = 1;
        calls.device[at] = events.device[row]!;
        this.sgLists.translate(row, events.size[at]);
        join(calls.parent, at, row);
      }
      return end;
    }
    return -1;
  }

  /** Joins the bounces whose original buffer this call mapped. */
  private takeBounces(row: number, context: CallContext): void {
    const { events, calls } = this;
    const { bounces } = context;
    const isList = kindOf(events, row) === EventKind.DmaMapSg;
    let entry = events.listStart[row] + events.listCount[row] - 1;
    for (let place = bounces.length - 1; place >= 0; place--) {
      const bounce = bounces[place];
      if (events.device[bounce] !== events.device[row]) continue;
      if (isList) {
        while (entry >= events.listStart[row] && events.lists.phys[entry] !== events.address[bounce]) entry--;
        if (entry < events.listStart[row]) return;
        entry--;
      } else if (events.phys[row] !== events.address[bounce] || events.size[row] !== events.size[bounce]) continue;
      removeAt(bounces, place);
      join(calls.parent, bounce, row);
      if (!isList) return;
    }
  }

  private unmapRange(row: number, context: CallContext): void {
    const { events, calls } = this;
    this.own(row);
    for (let place = context.announced.length - 1; place >= 0; place--) {
      const announcement = context.announced[place];
      if (!this.announces(announcement, row)) continue;
      calls.parent[row] = announcement;
      calls.device[row] = calls.device[announcement]!;
      if (this.sgLists.release(announcement, events.size[row])) removeAt(context.announced, place);
      break;
    }
    context.openUnmap(row);
  }

  /** Whether a dma_unmap_sg or dma_free that came before is about this iommu:unmap. */
  private announces(announcement: number, unmap: number): boolean {
    const { events } = this;
    const from = events.address[unmap];
    const to = from + events.size[unmap];
    if (kindOf(events, announcement) === EventKind.DmaFree) {
      return events.address[announcement] >= from && events.address[announcement] < to;
    }
    return this.sgLists.announces(announcement, from, to);
  }

  private endUnmap(row: number, context: CallContext): void {
    const { events, calls } = this;
    this.own(row);
    const address = events.address[row];
    for (let place = context.unmaps.length - 1; place >= 0; place--) {
      const unmap = context.unmaps[place];
      if (address < events.address[unmap] || address >= events.address[unmap] + events.size[unmap]) continue;
      const announcement = calls.parent[unmap];
      if (announcement !== unmap) {
        // An interrupt's unmap had been taken for that of the list whose unmapping it interrupted.
        calls.parent[unmap] = unmap;
        context.announceUnmap(announcement);
      }
      calls.device[unmap] = events.device[row]!;
      calls.parent[row] = unmap;
      removeAt(context.unmaps, place);
      return;
    }
  }

  private announceUnmap(row: number, context: CallContext): void {
    this.own(row);
    if (!this.sgLists.endUntranslated(row)) context.announceUnmap(row);
  }

  /** Gives an invalidation to the unmap or map of the same thread whose range it covers; none: a drain. */
  private flush(row: number, context: CallContext): void {
    const { events, calls } = this;
    const kind = invalidationOf(events, row);
    const size = events.size[row];
    const paged = kind === Invalidation.Page || kind === Invalidation.Device;
    if (!paged || !(size < WHOLE_DOMAIN)) {
      context.lastFlushed = -1;
      if (kind === Invalidation.Domain || kind === Invalidation.Global) this.drain(row, context);
      return;
    }
    const target = this.flushTarget(context, events.address[row], size);
    if (kind === Invalidation.Device && target !== context.lastFlushed) return;
    context.lastFlushed = target;
    if (target < 0) return;
    calls.parent[row] = target;
    const isTag = kindOf(events, row) === EventKind.CacheTagFlush;
    if (kind === Invalidation.Page) {
      if (events.domainId[row] >= 0) calls.did[target] = events.domainId[row];
      if (kindOf(events, target) === EventKind.IommuUnmap) calls.flushed[target] = 1;
    } else if (isTag && calls.device[target] < 0) {
      // Of a device-TLB the cache tag names the device; of an IOTLB the IOMMU.
      calls.device[target] = events.device[row];
    }
  }

  private drain(row: number, context: CallContext): void {
    const { drains } = this.calls;
    if (kindOf(this.events, row) === EventKind.CacheTagFlush) drains.tagged++;
    else {
      drains.submitted++;
      if (kindOf(this.events, context.lastRow) === EventKind.IommuUnmap) drains.rightAfterUnmap++;
    }
  }

  /** The newest open unmap or run of maps that overlaps the flushed range; -1 none. */
  private flushTarget(context: CallContext, address: number, size: number): number {
    const { events } = this;
    let target = -1;
    for (const row of context.unmaps) {
      if (events.address[row] < address + size && events.address[row] + events.size[row] > address) target = row;
    }
    for (const first of context.runs) {
      const tail = this.runTail[first];
      const end = events.address[tail] + events.size[tail];
      if (tail > target && events.address[first] < address + size && end > address) target = tail;
    }
    return target;
  }

  /** QEMU: a VFIO notification is the host's half of the guest's request when it lies inside that request's range. */
  private notify(row: number, context: CallContext, requestKind: EventKind): void {
    const { events, calls } = this;
    const { request } = context;
    calls.parent[row] = row;
    if (request < 0 || kindOf(events, request) !== requestKind) return;
    const from = events.address[request];
    const inside = events.address[row] >= from && events.address[row] < from + events.size[request];
    if (inside) calls.parent[row] = request;
  }
}
