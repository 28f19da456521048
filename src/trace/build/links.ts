import { Direction, type EventTable } from '../events';
import { OpFlag, OpKind, type OperationTable } from '../operations';
import type { Pairing } from './pairing';
import { PAGE_BYTES } from './rows';
import type { SegmentWriter } from './segments';

/** Whether an operation begins a mapping. */
export function begins(table: OperationTable, op: number): boolean {
  return table.kind[op] === OpKind.Map || table.kind[op] === OpKind.Alloc;
}

/**
 * Fills what operations know of each other: partners, mapping numbers, and what an unmap takes from its map (size,
 * direction, segments, device) or gives to it.
 */
export function linkOperations(
  events: EventTable,
  pairing: Pairing,
  table: OperationTable,
  segments: SegmentWriter,
): void {
  setPartners(pairing, table);
  numberMappings(pairing, table);
  for (let op = 0; op < table.count; op++) {
    if (begins(table, op)) continue;
    const map = table.partner[op];
    if (map >= 0) takeFromMap(table, op, map);
    else takeFromList(events, table, op, segments);
  }
  table.segments = segments.columns();
}

function setPartners(pairing: Pairing, table: OperationTable): void {
  const { eventOperation, partner } = table;
  for (let row = 0; row < eventOperation.length; row++) {
    const op = eventOperation[row];
    if (op < 0) continue;
    const target = pairing.target[row];
    if (target >= 0 && partner[op] < 0 && begins(table, eventOperation[target])) partner[op] = eventOperation[target];
    if (pairing.endedBy[row] >= 0) partner[op] = eventOperation[pairing.endedBy[row]];
    if (pairing.partial[row] === 1) table.flags[op] |= OpFlag.Partial;
  }
}

function numberMappings(pairing: Pairing, table: OperationTable): void {
  const { mapping, partner, eventOperation } = table;
  const shared = new Map<number, number>();
  for (let row = 0; row < eventOperation.length; row++) {
    const target = pairing.target[row];
    if (target >= 0 && !begins(table, eventOperation[target])) shared.set(eventOperation[row], eventOperation[target]);
  }
  for (let op = 0; op < table.count; op++) {
    const from = begins(table, op) ? -1 : partner[op] >= 0 ? partner[op] : (shared.get(op) ?? -1);
    if (from < 0) mapping[op] = table.mappings++;
    else {
      if (mapping[from] < 0) mapping[from] = table.mappings++;
      mapping[op] = mapping[from];
    }
  }
}

function takeFromMap(table: OperationTable, op: number, map: number): void {
  table.segmentStart[op] = table.segmentStart[map];
  table.segmentCount[op] = table.segmentCount[map];
  if (table.direction[op] === Direction.Unknown) table.direction[op] = table.direction[map];
  else if (table.direction[map] === Direction.Unknown) table.direction[map] = table.direction[op];
  if (table.flags[op] & OpFlag.DeviceAssumed) {
    table.device[op] = table.device[map];
    table.domain[op] = table.domain[map];
  }
  if (table.kind[op] !== OpKind.Unmap && table.kind[op] !== OpKind.Free) return;
  table.nents[op] = table.nents[map];
  table.flags[op] |= table.flags[map] & (OpFlag.Bounced | OpFlag.ScatterGather | OpFlag.Mmio);
  if (table.flags[op] & OpFlag.Partial) return;
  if (table.size[op] === 0 || table.flags[op] & OpFlag.ScatterGather) table.size[op] = table.size[map];
  table.address[op] = table.address[map];
  table.pages[op] = table.pages[map];
}

/** The end of a list mapped before the recording shows the physical addresses of its segments. */
function takeFromList(events: EventTable, table: OperationTable, op: number, segments: SegmentWriter): void {
  const end = table.eventStart[op] + table.eventCount[op];
  for (let i = table.eventStart[op]; i < end; i++) {
    const row = table.eventList[i];
    if (table.kind[op] !== OpKind.Unmap || events.listCount[row] === 0) continue;
    if (table.size[op] === 0) table.size[op] = events.listCount[row] * PAGE_BYTES;
    if (table.pages[op] === 0) table.pages[op] = Math.ceil(table.size[op] / PAGE_BYTES);
    table.segmentStart[op] = segments.begin();
    segments.addList(events, row, table.size[op]);
    table.segmentCount[op] = segments.count - table.segmentStart[op];
    return;
  }
}
