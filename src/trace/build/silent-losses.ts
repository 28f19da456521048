/** Gaps that no recorder told of, inferred from what cannot have happened. */
import { EventKind, type EventTable } from '../events';
import { OpFlag, OpKind, type LostInterval, type OperationTable } from '../operations';
import { kindOf, PAGE_BYTES } from './rows';

const DMA_CALLS: ReadonlySet<EventKind> = new Set([
  EventKind.DmaMap,
  EventKind.DmaUnmap,
  EventKind.DmaMapSg,
  EventKind.DmaUnmapSg,
]);

/** Gaps that the operations betray, and what tells that the recorder, not the driver, is the cause. */
export interface SilentLosses {
  /** Merged, in order of time; their line is 0. */
  gaps: LostInterval[];
  /** Maps of a mapped range and unmaps of an unmapped one. */
  contradictions: number;
  /** Calls without one of the two events that the kernel prints in all other calls of the device. */
  tornCalls: number;
}

/**
 * Looks for events that were dropped without a remark (perf script without --show-lost-events, a text that somebody
 * filtered): a range that is mapped again while it is mapped, or unmapped again while it is not, has lost an event in
 * between. A driver's double unmap looks the same, so this holds only in recordings that also show calls with one of
 * their events missing, which no driver can bring about.
 *
 * @param unpaired operations without partner
 * @param told gaps that the recorder told of: they explain what they overlap
 */
export function findSilentLosses(
  events: EventTable,
  table: OperationTable,
  unpaired: readonly number[],
  told: readonly LostInterval[],
): SilentLosses {
  const none = { gaps: [], contradictions: 0, tornCalls: 0 };
  const found = contradictions(events, table, unpaired).filter(
    ({ fromNs, toNs }) => !told.some(gap => gap.fromNs <= toNs && gap.toNs >= fromNs),
  );
  if (found.length === 0) return none;
  const tornCalls = countTornCalls(events, table);
  return tornCalls === 0 ? none : { gaps: merged(found), contradictions: found.length, tornCalls };
}

/**
 * Whether an address means one range only: in a translated address space (without an IOMMU several buffers share a
 * page), and of a device that the trace names (another may stand for several domains).
 */
export function isOneAddressSpace(events: EventTable, table: OperationTable, op: number): boolean {
  return (table.flags[op] & OpFlag.DeviceAssumed) === 0 && eventsOfCall(events, table, op).iommu;
}

/** Time from the operation that contradicts to the one it contradicts, for each of the unpaired ones. */
function contradictions(events: EventTable, table: OperationTable, unpaired: readonly number[]): LostInterval[] {
  if (unpaired.length === 0) return [];
  const alone = new Set(unpaired);
  const lastSeen = new Map<string, number>();
  const place = (op: number): string => `${table.device[op]}:${Math.floor(table.address[op] / PAGE_BYTES)}`;
  for (const op of unpaired) lastSeen.set(place(op), -1);
  const found: LostInterval[] = [];
  for (let op = 0; op < table.count; op++) {
    const kind = table.kind[op];
    if (kind !== OpKind.Map && kind !== OpKind.Unmap) continue;
    const key = place(op);
    const before = lastSeen.get(key);
    if (before === undefined) continue;
    lastSeen.set(key, op);
    if (before < 0 || table.kind[before] !== kind) continue;
    // Of two maps in a row the first has lost its unmap, of two unmaps the second its map.
    const torn = kind === OpKind.Map ? before : op;
    if (!alone.has(torn) || !isOneAddressSpace(events, table, torn)) continue;
    found.push({ cpu: -1, fromNs: table.time[before], toNs: table.time[op], events: 0, line: 0 });
  }
  return found;
}

function merged(gaps: readonly LostInterval[]): LostInterval[] {
  const result: LostInterval[] = [];
  for (const gap of [...gaps].sort((a, b) => a.fromNs - b.fromNs)) {
    const last = result.at(-1);
    if (last !== undefined && gap.fromNs <= last.toNs) last.toNs = Math.max(last.toNs, gap.toNs);
    else result.push({ ...gap });
  }
  return result;
}

/** Maps and unmaps with their iommu:* or their dma:* event alone, of devices most of whose calls show both. */
function countTornCalls(events: EventTable, table: OperationTable): number {
  const whole = new Uint32Array(table.devices.length);
  const torn = new Uint32Array(table.devices.length);
  for (let op = 0; op < table.count; op++) {
    if (table.kind[op] !== OpKind.Map && table.kind[op] !== OpKind.Unmap) continue;
    const { iommu, dma } = eventsOfCall(events, table, op);
    if (iommu && dma) whole[table.device[op]]++;
    else torn[table.device[op]]++;
  }
  return torn.reduce((sum, count, device) => (whole[device] > count ? sum + count : sum), 0);
}

function eventsOfCall(events: EventTable, table: OperationTable, op: number): { iommu: boolean; dma: boolean } {
  let iommu = false;
  let dma = false;
  const end = table.eventStart[op] + table.eventCount[op];
  for (let i = table.eventStart[op]; i < end; i++) {
    const kind = kindOf(events, table.eventList[i]);
    if (kind === EventKind.IommuMap || kind === EventKind.IommuUnmap) iommu = true;
    else if (DMA_CALLS.has(kind)) dma = true;
  }
  return { iommu, dma };
}
