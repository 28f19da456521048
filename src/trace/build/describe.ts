import { Direction, EventFlag, EventKind, Invalidation, type EventTable } from '../events';
import { OpFlag, OpKind, type OperationTable } from '../operations';
import type { Calls } from './calls';
import type { OwnerIndex } from './owners';
import { hasFailed, invalidationOf, kindOf, mapsPiece, PAGE_BYTES, pagesTouched } from './rows';
import type { SegmentWriter } from './segments';

/** What the events of one call say together. */
interface CallFacts {
  /** The row that says most: the dma:* line where there is one. */
  main: number;
  /** Ranges of iommu:map and its like: how many, their bytes, the first and the last row. */
  chunks: number;
  mappedBytes: number;
  firstChunk: number;
  lastChunk: number;
  /** Whether the ranges follow each other without a gap. */
  adjacent: boolean;
  unmappedBytes: number;
  bounces: number;
  bouncedBytes: number;
  device: number;
  did: number;
  deviceFlush: boolean;
}

/** Fills the columns of each operation that its own events tell; links between operations come later. */
export function describeOperations(
  events: EventTable,
  calls: Calls,
  table: OperationTable,
  owners: OwnerIndex,
  segments: SegmentWriter,
): void {
  for (let op = 0; op < table.count; op++) {
    const facts = collect(events, calls, table, op);
    describe(events, table, op, facts);
    placeInDomain(table, op, facts, owners);
    if (table.kind[op] === OpKind.Map || table.kind[op] === OpKind.Alloc) {
      table.segmentStart[op] = segments.begin();
      addSegments(events, table, op, facts, segments);
      table.segmentCount[op] = segments.count - table.segmentStart[op];
    }
  }
  table.devices = owners.devices;
  table.domains = owners.domains;
  reviewBounces(events, table);
}

/**
 * Where swiotlb events were not recorded, a bounced mapping shows by the IOMMU's target not being the buffer. A device that
 * the kernel distrusts shows it in most of its maps; a few alone are calls whose events were torn apart by a gap.
 */
function reviewBounces(events: EventTable, table: OperationTable): void {
  const maps = new Float64Array(table.devices.length);
  const bounced = new Float64Array(table.devices.length);
  for (let op = 0; op < table.count; op++) {
    if (table.kind[op] !== OpKind.Map) continue;
    maps[table.device[op]]++;
    if (table.flags[op] & OpFlag.Bounced) bounced[table.device[op]]++;
  }
  for (let op = 0; op < table.count; op++) {
    const device = table.device[op];
    if (!(table.flags[op] & OpFlag.Bounced) || bounced[device] * 2 >= maps[device]) continue;
    if (!hasEvent(events, table, op, EventKind.SwiotlbBounced)) table.flags[op] &= ~OpFlag.Bounced;
  }
  for (let op = 0; op < table.count; op++) {
    const isTranslated = table.kind[op] === OpKind.Map && hasEvent(events, table, op, EventKind.IommuMap);
    if (isTranslated && table.flags[op] & OpFlag.Bounced) table.devices[table.device[op]].untrusted = true;
  }
}

function hasEvent(events: EventTable, table: OperationTable, op: number, kind: EventKind): boolean {
  const end = table.eventStart[op] + table.eventCount[op];
  for (let i = table.eventStart[op]; i < end; i++) if (kindOf(events, table.eventList[i]) === kind) return true;
  return false;
}

/** dma:* lines say most, then vendor and QEMU lines, then iommu:*, then swiotlb_bounced. */
function weight(kind: EventKind): number {
  if (kind >= EventKind.DmaMap && kind <= EventKind.DmaSyncForDevice) return 4;
  if (kind === EventKind.IommuMap || kind === EventKind.IommuUnmap) return 2;
  if (kind === EventKind.SwiotlbBounced) return 1;
  return kind === EventKind.QiSubmit || kind === EventKind.CacheTagFlush ? 0 : 3;
}

function collect(events: EventTable, calls: Calls, table: OperationTable, op: number): CallFacts {
  const start = table.eventStart[op];
  const end = start + table.eventCount[op];
  const facts: CallFacts = {
    main: table.eventList[start],
    chunks: 0,
    mappedBytes: 0,
    firstChunk: -1,
    lastChunk: -1,
    adjacent: true,
    unmappedBytes: 0,
    bounces: 0,
    bouncedBytes: 0,
    device: -1,
    did: -1,
    deviceFlush: false,
  };
  let best = -1;
  for (let i = start; i < end; i++) {
    const row = table.eventList[i];
    const kind = kindOf(events, row);
    const points = weight(kind);
    if (points > best) {
      best = points;
      facts.main = row;
    }
    if (facts.device < 0) facts.device = calls.device[row];
    if (facts.did < 0) facts.did = calls.did[row];
    if (mapsPiece(kind)) addChunk(events, facts, row);
    else if (kind === EventKind.IommuUnmap || kind === EventKind.VendorUnmap) facts.unmappedBytes += events.size[row];
    else if (kind === EventKind.SwiotlbBounced) {
      facts.bounces++;
      facts.bouncedBytes += events.size[row];
    } else if (kind === EventKind.QiSubmit && invalidationOf(events, row) === Invalidation.Device)
      facts.deviceFlush = true;
  }
  return facts;
}

function addChunk(events: EventTable, facts: CallFacts, row: number): void {
  const { lastChunk } = facts;
  if (lastChunk < 0) facts.firstChunk = row;
  else if (events.address[lastChunk] + events.size[lastChunk] !== events.address[row]) facts.adjacent = false;
  facts.lastChunk = row;
  facts.chunks++;
  facts.mappedBytes += events.size[row];
}

const OP_KIND: Partial<Record<EventKind, OpKind>> = {
  [EventKind.DmaSyncForCpu]: OpKind.SyncForCpu,
  [EventKind.DmaSyncForDevice]: OpKind.SyncForDevice,
  [EventKind.DmaAlloc]: OpKind.Alloc,
  [EventKind.DmaFree]: OpKind.Free,
  [EventKind.DmaUnmap]: OpKind.Unmap,
  [EventKind.DmaUnmapSg]: OpKind.Unmap,
  [EventKind.IommuUnmap]: OpKind.Unmap,
  [EventKind.VendorUnmap]: OpKind.Unmap,
  [EventKind.QemuVfioUnmap]: OpKind.Unmap,
  [EventKind.QemuViommuUnmap]: OpKind.Unmap,
};

function describe(events: EventTable, table: OperationTable, op: number, facts: CallFacts): void {
  const { main } = facts;
  const kind = kindOf(events, main);
  const first = table.eventList[table.eventStart[op]];
  const last = table.eventList[table.eventStart[op] + table.eventCount[op] - 1];
  table.kind[op] = OP_KIND[kind] ?? OpKind.Map;
  table.time[op] = events.time[first];
  table.recordedNs[op] = events.time[last] - events.time[first];
  table.cpu[op] = events.cpu[first];
  table.direction[op] = events.direction[main];
  table.flags[op] = flagsOf(events, table, op, facts);
  measure(events, table, op, facts);
}

function flagsOf(events: EventTable, table: OperationTable, op: number, facts: CallFacts): number {
  const { main } = facts;
  const kind = kindOf(events, main);
  let flags = 0;
  if (events.flags[main] & EventFlag.SkipCpuSync) flags |= OpFlag.SkipCpuSync;
  if (events.flags[main] & EventFlag.Mmio) flags |= OpFlag.Mmio;
  if (table.kind[op] !== OpKind.Map && table.kind[op] !== OpKind.Alloc) {
    if (kind === EventKind.DmaUnmapSg) flags |= OpFlag.ScatterGather;
    return flags;
  }
  if (hasFailed(events, main)) flags |= OpFlag.Failed;
  if (kind === EventKind.DmaMapSg || (kind !== EventKind.DmaMap && kind !== EventKind.DmaAlloc && facts.chunks > 1)) {
    flags |= OpFlag.ScatterGather;
  }
  const elsewhere = kind === EventKind.DmaMap && facts.chunks === 1 && !samePage(events, main, facts.firstChunk);
  if (facts.bounces > 0 || elsewhere) flags |= OpFlag.Bounced;
  return flags;
}

/** The driver's buffer and the page that the IOMMU was told to map; they differ when the buffer is bounced. */
function samePage(events: EventTable, dma: number, chunk: number): boolean {
  return Math.floor(events.phys[dma] / PAGE_BYTES) === Math.floor(events.phys[chunk] / PAGE_BYTES);
}

/** Address, size and pages. */
function measure(events: EventTable, table: OperationTable, op: number, facts: CallFacts): void {
  const { main } = facts;
  const { lists } = events;
  const start = events.listStart[main];
  const end = start + events.listCount[main];
  const onlyRanges = facts.chunks > 0 && weight(kindOf(events, main)) < 4;
  let address = onlyRanges ? events.address[facts.firstChunk] : events.address[main];
  let size = onlyRanges ? facts.mappedBytes : events.size[main];
  if (onlyRanges && facts.bounces === facts.chunks) size = facts.bouncedBytes;
  let pages = pagesTouched(events.phys[main] > 0 ? events.phys[main] : address, size);
  if (end > start) {
    address = lists.size[start] > 0 ? lists.address[start] : address;
    size = 0;
    pages = 0;
    for (let entry = start; entry < end; entry++) {
      size += lists.size[entry];
      if (lists.size[entry] > 0) pages += pagesTouched(lists.phys[entry], lists.size[entry]);
    }
    table.nents[op] = Math.min(Math.max(events.nents[main], 1), 65535);
  } else if (onlyRanges) table.nents[op] = Math.min(facts.chunks, 65535);
  table.address[op] = address;
  table.size[op] = size > 0 ? size : facts.unmappedBytes;
  const shown = facts.mappedBytes + facts.unmappedBytes;
  table.pages[op] = shown > 0 ? Math.ceil(shown / PAGE_BYTES) : Math.max(pages, 0);
}

function placeInDomain(table: OperationTable, op: number, facts: CallFacts, owners: OwnerIndex): void {
  const { device, assumed } = owners.of(facts.main, facts.device, facts.did);
  table.device[op] = device;
  table.domain[op] = owners.devices[device].domain;
  if (assumed) table.flags[op] |= OpFlag.DeviceAssumed;
  if (facts.deviceFlush) owners.devices[device].ats = true;
}

function addSegments(
  events: EventTable,
  table: OperationTable,
  op: number,
  facts: CallFacts,
  segments: SegmentWriter,
): void {
  const { main } = facts;
  const kind = kindOf(events, main);
  const hasBuffer = weight(kind) === 4;
  const bounced = (table.flags[op] & OpFlag.Bounced) !== 0;
  const size = table.size[op];
  if (bounced && !hasBuffer) addRows(events, table, op, EventKind.SwiotlbBounced, segments);
  else if (facts.chunks > 0 && !bounced) {
    addRows(events, table, op, EventKind.IommuMap, segments);
    if (hasBuffer && facts.adjacent) {
      const start = table.address[op];
      const end = events.address[facts.lastChunk] + events.size[facts.lastChunk];
      segments.trim(start - events.address[facts.firstChunk], end - bufferEnd(events, main));
    }
  } else if (events.listCount[main] > 0) segments.addList(events, main, size);
  else if (kind === EventKind.DmaAlloc && events.phys[main] === 0) segments.add(table.address[op], size);
  else segments.add(events.phys[main], size);
}

/** Where the mapped buffer, or the last mapped entry of a list, ends in the IOVA space. */
function bufferEnd(events: EventTable, row: number): number {
  const { lists } = events;
  let end = events.address[row] + events.size[row];
  for (let i = 0; i < events.listCount[row]; i++) {
    const entry = events.listStart[row] + i;
    if (lists.size[entry] > 0) end = lists.address[entry] + lists.size[entry];
  }
  return end;
}

/**
 * One segment for each iommu:map event, which the kernel emits once per physically contiguous run; or for each
 * swiotlb_bounced, which prints the original buffer.
 */
function addRows(
  events: EventTable,
  table: OperationTable,
  op: number,
  wanted: EventKind.IommuMap | EventKind.SwiotlbBounced,
  segments: SegmentWriter,
): void {
  const end = table.eventStart[op] + table.eventCount[op];
  for (let i = table.eventStart[op]; i < end; i++) {
    const row = table.eventList[i];
    const kind = mapsPiece(kindOf(events, row)) ? EventKind.IommuMap : kindOf(events, row);
    if (kind !== wanted) continue;
    segments.add(wanted === EventKind.IommuMap ? events.phys[row] : events.address[row], events.size[row]);
  }
}

/** Directions that no event of the call told, after links between operations have been used. */
export function assumeDirections(table: OperationTable): number {
  let assumed = 0;
  for (let op = 0; op < table.count; op++) {
    if (table.direction[op] !== Direction.Unknown) continue;
    table.direction[op] = Direction.Bidirectional;
    if (table.kind[op] === OpKind.Alloc || table.kind[op] === OpKind.Free) continue;
    table.flags[op] |= OpFlag.DirectionAssumed;
    assumed++;
  }
  return assumed;
}
