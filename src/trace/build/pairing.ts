import { EventKind, type EventTable } from '../events';
import { callOf, join, type Calls } from './calls';
import { LiveExtents } from './live-extents';
import { hasFailed, kindOf, mapsPiece, PAGE_BYTES } from './rows';

/** Which mapping each unmap, free and sync is about, by event rows. */
export interface Pairing {
  /** At the row that ends or syncs a mapping: a row of the map's call; the row of an earlier sync or -1: map not seen. */
  target: Int32Array;
  /** At rows that map: the row that ended them; -1 never. */
  endedBy: Int32Array;
  /** 1 for rows that end only part of a mapping, or several mappings at once. */
  partial: Uint8Array;
  /** Rows that ended a mapping of which the trace shows no beginning. */
  unmatched: number[];
  /** Rows that map and were never ended. */
  live: number[];
  /** QEMU notifications that cleared a range with nothing in it. */
  emptyRanges: number;
}

/**
 * Matches the ends of mappings to their beginnings, over time. Ranges are matched, not just addresses: QEMU ends several
 * mappings at once, VFIO one in pieces. A mapped address may be mapped again (other domain, the same buffer twice,
 * an unmap logged late): the oldest fitting mapping ends first.
 *
 * Where no dma:* event tells how many iommu:map events one call made, the unmap does: its range is that call's.
 *
 * @param calls from `groupCalls`; map events that one unmap ends are joined to one call here
 */
export function pairMappings(events: EventTable, calls: Calls): Pairing {
  const matcher = new Matcher(events, calls);
  for (let row = 0; row < events.count; row++) matcher.add(row);
  return matcher.finish();
}

class Matcher {
  private readonly live: LiveExtents;
  private readonly pairing: Pairing;
  /** Map events that were ended one by one, and together with others, where no dma:* event tells the call. */
  private endedAlone = 0;
  private endedTogether = 0;
  /** 1 for calls (at their root) of which iommu:* events show the ranges. */
  private readonly translated: Uint8Array;

  constructor(
    private readonly events: EventTable,
    private readonly calls: Calls,
  ) {
    const { count } = events;
    this.live = new LiveExtents(count);
    this.pairing = {
      target: new Int32Array(count).fill(-1),
      endedBy: new Int32Array(count).fill(-1),
      partial: new Uint8Array(count),
      unmatched: [],
      live: [],
      emptyRanges: 0,
    };
    this.translated = new Uint8Array(count);
    for (let row = 0; row < count; row++) {
      const kind = kindOf(events, row);
      if (kind === EventKind.IommuMap || kind === EventKind.IommuUnmap) this.translated[callOf(calls.parent, row)] = 1;
    }
  }

  add(row: number): void {
    const { events } = this;
    const kind = kindOf(events, row);
    switch (kind) {
      case EventKind.IommuMap:
      case EventKind.VendorMap:
      case EventKind.QemuViommuMap:
        this.live.insert(row, events.address[row], events.size[row]);
        break;
      case EventKind.QemuVfioMap:
        if (this.calls.parent[row] === row) this.live.insert(row, events.address[row], events.size[row]);
        break;
      case EventKind.DmaMap:
      case EventKind.DmaAlloc:
        if (!this.isTranslated(row) && !hasFailed(events, row))
          this.live.insert(row, events.address[row], events.size[row]);
        break;
      case EventKind.DmaMapSg:
        if (!this.isTranslated(row) && !hasFailed(events, row)) this.insertList(row);
        break;
      case EventKind.IommuUnmap:
      case EventKind.VendorUnmap:
      case EventKind.QemuViommuUnmap:
        this.endRange(row);
        break;
      case EventKind.QemuVfioUnmap:
        if (this.calls.parent[row] === row) this.endRange(row);
        break;
      case EventKind.DmaUnmap:
      case EventKind.DmaFree:
        if (!this.isTranslated(row)) this.endBuffer(row);
        break;
      case EventKind.DmaUnmapSg:
        if (!this.isTranslated(row)) this.endList(row);
        break;
      case EventKind.DmaSyncForCpu:
      case EventKind.DmaSyncForDevice:
        this.sync(row);
        break;
      default:
    }
  }

  finish(): Pairing {
    const { events, live, pairing } = this;
    for (let row = 0; row < events.count; row++) if (live.has(row) && !isSync(events, row)) pairing.live.push(row);
    this.joinLeftovers();
    this.propagateOwners();
    return pairing;
  }

  private isTranslated(row: number): boolean {
    return this.translated[callOf(this.calls.parent, row)] === 1;
  }

  private insertList(row: number): void {
    const { lists, listStart, address, size } = this.events;
    const entry = listStart[row];
    this.live.insert(row, this.events.listCount[row] > 0 ? lists.address[entry] : address[row], size[row]);
  }

  /** How well a mapping fits the row that ends it; 0 not at all. */
  private fit(map: number, end: number): number {
    const { calls } = this;
    const mapDevice = calls.device[map];
    const endDevice = calls.device[end];
    if (mapDevice >= 0 && endDevice >= 0) return mapDevice === endDevice ? 8 : 0;
    const mapDid = this.didOf(map);
    const endDid = this.didOf(end);
    if (mapDid >= 0 && endDid >= 0) return mapDid === endDid ? 8 : 0;
    return mapDevice < 0 && endDevice < 0 ? 4 : 1;
  }

  private didOf(row: number): number {
    const did = this.calls.did[row];
    return did >= 0 ? did : this.events.domainId[row];
  }

  /** An unmap that prints its range: iommu:unmap and its like. */
  private endRange(row: number): void {
    const { events, live } = this;
    const from = events.address[row];
    const to = from + events.size[row];
    const ended: number[] = [];
    let at = from;
    while (at < to) {
      const wanted = to - at;
      const map = live.bestAt(at, candidate => {
        const fit = this.fit(candidate, row);
        return fit > 0 && live.endOf(candidate) - at === wanted ? fit + 2 : fit;
      });
      if (map < 0) break;
      ended.push(map);
      at = live.endOf(map);
    }
    if (at < to) {
      const rest = live.overlapping(at, to).filter(map => !isSync(events, map) && this.fit(map, row) > 0);
      ended.push(...rest.sort((a, b) => a - b));
    }
    if (ended.length === 0) this.endUnseen(row);
    else this.endAll(row, ended, from, to);
  }

  private endAll(row: number, ended: number[], from: number, to: number): void {
    const { calls, live, pairing } = this;
    const oneCall = this.isOneCall(ended, from, to);
    pairing.target[row] = ended[0];
    if (!oneCall) pairing.partial[row] = 1;
    else if (calls.claimed[ended[0]] === 0) {
      if (ended.length > 1) this.endedTogether++;
      else this.endedAlone++;
    }
    for (const map of ended) {
      if (oneCall && map !== ended[0] && calls.claimed[map] === 0) join(calls.parent, ended[0], map);
      const bytes = Math.min(to, live.endOf(map)) - Math.max(from, live.startOf(map));
      live.release(map, bytes);
      pairing.endedBy[map] = row;
    }
  }

  /** Whether the ended ranges are one call's, whole: known from its dma:* event, else one run of map events. */
  private isOneCall(ended: number[], from: number, to: number): boolean {
    const { calls, live, events } = this;
    const first = ended[0];
    const last = ended[ended.length - 1];
    if (live.startOf(first) !== from || live.endOf(last) !== to) return false;
    if (calls.claimed[first] === 1) {
      const call = callOf(calls.parent, first);
      return ended.every(map => callOf(calls.parent, map) === call) && this.wholeRun(ended);
    }
    if (ended.length === 1) return true;
    if (!mapsPiece(kindOf(events, first))) return false;
    return ended.every(map => calls.run[map] === calls.run[first] && calls.claimed[map] === 0);
  }

  private wholeRun(ended: number[]): boolean {
    return this.calls.nextInRun[ended[ended.length - 1]] === -1;
  }

  private endUnseen(row: number): void {
    const { events, live, pairing } = this;
    const from = events.address[row];
    const to = from + Math.max(events.size[row], 1);
    const synced = live.overlapping(from, to).filter(sync => isSync(events, sync) && this.fit(sync, row) > 0);
    for (const sync of synced) live.remove(sync);
    if (synced.length > 0) pairing.target[row] = Math.min(...synced);
    const kind = kindOf(events, row);
    if (kind === EventKind.QemuVfioUnmap || kind === EventKind.QemuViommuUnmap) pairing.emptyRanges++;
    else pairing.unmatched.push(row);
  }

  /** An unmap or free of a buffer of which no iommu:* event shows the range. */
  private endBuffer(row: number): void {
    const { events, live, pairing } = this;
    const address = events.address[row];
    let map = live.bestAt(address, candidate => {
      const fit = isSync(events, candidate) ? 0 : this.fit(candidate, row);
      if (fit === 0) return 0;
      const sameDirection = events.direction[candidate] === events.direction[row] ? 2 : 0;
      return fit + sameDirection + (events.size[candidate] === events.size[row] ? 1 : 0);
    });
    if (map < 0) map = this.oldestOver(address, row);
    if (map < 0) {
      this.endUnseen(row);
      return;
    }
    pairing.target[row] = map;
    this.endWhole(map, row);
  }

  private endList(row: number): void {
    const map = this.calls.sgMap[row];
    if (map >= 0 && this.live.has(map)) {
      this.pairing.target[row] = map;
      this.endWhole(map, row);
    } else this.pairing.unmatched.push(row);
  }

  /** Ends every range of the call that mapped `map`. */
  private endWhole(map: number, row: number): void {
    const { calls, live, pairing } = this;
    live.remove(map);
    pairing.endedBy[map] = row;
    if (calls.claimed[map] === 0) return;
    for (let at = calls.nextInRun[map]; at >= 0 && live.has(at); at = calls.nextInRun[at]) {
      live.remove(at);
      pairing.endedBy[at] = row;
    }
  }

  private oldestOver(address: number, row: number): number {
    let oldest = -1;
    for (const map of this.live.overlapping(address, address + 1)) {
      if (isSync(this.events, map) || this.fit(map, row) === 0) continue;
      if (oldest < 0 || map < oldest) oldest = map;
    }
    return oldest;
  }

  /** Finds the mapping that a sync is about; one mapped before the recording is remembered by its first sync. */
  private sync(row: number): void {
    const { events, live, pairing } = this;
    const entry = events.listStart[row];
    const address = events.listCount[row] > 0 ? events.lists.address[entry] : events.address[row];
    const over = live.overlapping(address, address + 1).filter(map => this.fit(map, row) > 0);
    const mapped = over.filter(map => !isSync(events, map));
    const target = Math.min(...(mapped.length > 0 ? mapped : over));
    if (Number.isFinite(target)) pairing.target[row] = target;
    else live.insert(row, Math.floor(address / PAGE_BYTES) * PAGE_BYTES, PAGE_BYTES);
  }

  /**
   * Groups map events that no unmap ended: adjacent ones of one thread, as long as they can be one call's. Its range has
   * the alignment that the IOVA allocator gives (a power of two not below its size: alloc_iova with size_aligned,
   * drivers/iommu/iova.c), and pieces that are physically adjacent would have been mapped as one (iommu_map_sg).
   */
  private joinLeftovers(): void {
    if (this.endedTogether === 0 && this.endedAlone > 0) return;
    const { calls, live, pairing, events } = this;
    const start = new Map<number, number>();
    for (const row of pairing.live) {
      if (calls.run[row] < 0 || calls.claimed[row] === 1) continue;
      const from = start.get(row) ?? live.startOf(row);
      const next = calls.nextInRun[row];
      if (next < 0 || !live.has(next) || calls.claimed[next] === 1) continue;
      if (events.phys[row] + events.size[row] === events.phys[next]) continue;
      if (from % roundUpToPowerOfTwo(live.endOf(next) - from) !== 0) continue;
      join(calls.parent, row, next);
      start.set(next, from);
    }
  }

  /** What one end of a mapping knows of device and domain holds for the other. */
  private propagateOwners(): void {
    const { events, calls, pairing } = this;
    for (let row = 0; row < events.count; row++) {
      const target = pairing.target[row];
      if (target < 0) continue;
      if (calls.did[target] < 0) calls.did[target] = calls.did[row];
      else if (calls.did[row] < 0) calls.did[row] = calls.did[target];
      if (calls.device[target] < 0) calls.device[target] = calls.device[row];
      else if (calls.device[row] < 0) calls.device[row] = calls.device[target];
    }
  }
}

function roundUpToPowerOfTwo(size: number): number {
  return 2 ** Math.ceil(Math.log2(size));
}

export function isSync(events: EventTable, row: number): boolean {
  const kind = kindOf(events, row);
  return kind === EventKind.DmaSyncForCpu || kind === EventKind.DmaSyncForDevice;
}
