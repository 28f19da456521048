import { EventKind, type EventTable } from '../events';
import { OpFlag, OpKind, type LostInterval, type OperationTable, type UnpairedCounts } from '../operations';
import type { Pairing } from './pairing';
import { kindOf, PAGE_BYTES } from './rows';
import { findSilentLosses, isOneAddressSpace, type SilentLosses } from './silent-losses';

type Reason = keyof UnpairedCounts['reasons'];

/**
 * Explains every map without unmap and every unmap without map, and flags the operations.
 *
 * An unmap without map: mapped before the recording, or, after events were lost, inside the gap; unexplained when the
 * same range of the same device had been mapped and unmapped before, with nothing lost since.
 * A map without unmap: still mapped at the end, or ended inside a later gap; unexplained when the same range is mapped
 * again by the same device although nothing was lost.
 *
 * @param told gaps of the recording that the recorder told of, in any order
 */
export function explainUnpaired(
  events: EventTable,
  pairing: Pairing,
  table: OperationTable,
  told: readonly LostInterval[],
): { unpaired: UnpairedCounts; silent: SilentLosses } {
  const counts: UnpairedCounts = {
    unmapWithoutMap: 0,
    mapWithoutUnmap: 0,
    reasons: { mappedBeforeRecording: 0, stillMappedAtEnd: 0, insideLostInterval: 0, unexplained: 0 },
    endsNotRecorded: 0,
  };
  const unmaps = [...new Set(pairing.unmatched.map(row => table.eventOperation[row]))];
  const maps = [...new Set(pairing.live.map(row => table.eventOperation[row]))].filter(op => table.partner[op] < 0);
  const silent = findSilentLosses(events, table, [...unmaps, ...maps], told);
  const lost = [...told, ...silent.gaps];
  const firstLoss = Math.min(Infinity, ...lost.map(gap => gap.fromNs));
  const lastLoss = Math.max(-Infinity, ...lost.map(gap => gap.toNs));
  const history = new RangeHistory(events, table, [...unmaps, ...maps]);
  for (const op of unmaps) {
    const lostBefore = table.time[op] >= firstLoss;
    const reason: Reason = lostBefore
      ? 'insideLostInterval'
      : history.endedBefore(op)
        ? 'unexplained'
        : 'mappedBeforeRecording';
    table.flags[op] |= reason === 'insideLostInterval' ? OpFlag.Lost | OpFlag.MappedBefore : OpFlag.MappedBefore;
    if (table.kind[op] !== OpKind.Unmap) continue;
    counts.unmapWithoutMap++;
    counts.reasons[reason]++;
  }
  for (const op of maps) {
    const lostAfter = table.time[op] <= lastLoss;
    const reason: Reason = lostAfter
      ? 'insideLostInterval'
      : history.mappedAgain(op)
        ? 'unexplained'
        : 'stillMappedAtEnd';
    table.flags[op] |= reason === 'insideLostInterval' ? OpFlag.Lost : OpFlag.StillMapped;
    if (table.kind[op] !== OpKind.Map) continue;
    counts.mapWithoutUnmap++;
    counts.reasons[reason]++;
  }
  counts.endsNotRecorded = flagUnseenEnds(events, table);
  flagUnmatchedSyncs(table);
  return { unpaired: counts, silent };
}

/** When a range of a device was last ended, and last mapped; kept for the ranges that are asked for only. */
class RangeHistory {
  private readonly firstEnd = new Map<number, Map<number, number>>();
  private readonly lastMap = new Map<number, Map<number, number>>();

  constructor(
    private readonly events: EventTable,
    private readonly table: OperationTable,
    asked: readonly number[],
  ) {
    if (asked.length === 0) return;
    for (const op of asked) {
      at(this.firstEnd, table.device[op]).set(this.page(op), Infinity);
      at(this.lastMap, table.device[op]).set(this.page(op), -1);
    }
    for (let op = 0; op < table.count; op++) {
      const page = this.page(op);
      if (table.kind[op] === OpKind.Map) {
        const last = this.lastMap.get(table.device[op]);
        if (last?.has(page)) last.set(page, op);
      } else if (table.kind[op] === OpKind.Unmap && table.partner[op] >= 0) {
        const first = this.firstEnd.get(table.device[op]);
        if (first?.get(page) === Infinity) first.set(page, op);
      }
    }
  }

  endedBefore(op: number): boolean {
    return (
      isOneAddressSpace(this.events, this.table, op) &&
      (this.firstEnd.get(this.table.device[op])?.get(this.page(op)) ?? Infinity) < op
    );
  }

  mappedAgain(op: number): boolean {
    return (
      isOneAddressSpace(this.events, this.table, op) &&
      (this.lastMap.get(this.table.device[op])?.get(this.page(op)) ?? -1) > op
    );
  }

  private page(op: number): number {
    return Math.floor(this.table.address[op] / PAGE_BYTES);
  }
}

function at(map: Map<number, Map<number, number>>, device: number): Map<number, number> {
  const found = map.get(device) ?? new Map<number, number>();
  map.set(device, found);
  return found;
}

/** Mappings known from swiotlb_bounced alone: no kernel prints anything when such a mapping ends. */
function flagUnseenEnds(events: EventTable, table: OperationTable): number {
  let count = 0;
  for (let op = 0; op < table.count; op++) {
    if (
      table.eventCount[op] !== 1 ||
      kindOf(events, table.eventList[table.eventStart[op]]) !== EventKind.SwiotlbBounced
    ) {
      continue;
    }
    table.flags[op] |= OpFlag.EndNotRecorded;
    count++;
  }
  return count;
}

function flagUnmatchedSyncs(table: OperationTable): void {
  for (let op = 0; op < table.count; op++) {
    const isSync = table.kind[op] === OpKind.SyncForCpu || table.kind[op] === OpKind.SyncForDevice;
    if (isSync && table.partner[op] < 0) table.flags[op] |= OpFlag.MappedBefore;
  }
}
