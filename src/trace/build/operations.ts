import type { EventTable } from '../events';
import type { LostInterval, OperationTable, UnpairedCounts } from '../operations';
import { OpFlag, OpKind } from '../operations';
import { groupCalls } from './calls';
import { assumeDirections, describeOperations } from './describe';
import { begins, linkOperations } from './links';
import { OwnerIndex } from './owners';
import { pairMappings } from './pairing';
import { detectPolicy, type RecordedPolicy } from './recorded-policy';
import { SegmentWriter } from './segments';
import { numberOperations } from './table';
import { inTimeOrder } from './time-order';
import { explainUnpaired } from './unpaired';

/** Operations of a trace and what was found while they were put together. */
export interface BuiltOperations {
  operations: OperationTable;
  unpaired: UnpairedCounts;
  /** Gaps that the recorder told of, and those that the operations betray. */
  lost: LostInterval[];
  recordedPolicy: RecordedPolicy;
  /** Physically contiguous segments over all maps and allocations: the iommu:map events, where these were recorded. */
  mapSegments: number;
  assumptions: string[];
}

/**
 * Puts events together to the operations that drivers asked for.
 *
 * @param events as read, in file order
 * @param told gaps that the recorder told of: an operation without partner beside one is no anomaly
 */
export function buildOperations(events: EventTable, told: readonly LostInterval[]): BuiltOperations {
  const ordered = inTimeOrder(events);
  const rows = ordered.events;
  const calls = groupCalls(rows);
  const pairing = pairMappings(rows, calls);
  const operations = numberOperations(rows, calls);
  const owners = new OwnerIndex(rows, calls);
  const segments = new SegmentWriter();
  describeOperations(rows, calls, operations, owners, segments);
  linkOperations(rows, pairing, operations, segments);
  const { unpaired, silent } = explainUnpaired(rows, pairing, operations, told);
  const directionsAssumed = assumeDirections(operations);
  const recordedPolicy = detectPolicy(rows, calls, operations);
  const assumptions = [...owners.assumptions];
  if (directionsAssumed > 0) {
    assumptions.push(
      `No event tells the direction of ${directionsAssumed} operations; they are taken to be BIDIRECTIONAL.`,
    );
  }
  if (segments.estimatedLists > 0) {
    assumptions.push(
      `${segments.estimatedLists} scatter-gather lists show the sizes of merged entries only; the sizes of their segments are estimated.`,
    );
  }
  if (unpaired.endsNotRecorded > 0) {
    assumptions.push(
      `${unpaired.endsNotRecorded} mappings are known from swiotlb_bounced alone; the kernel prints no event where they end.`,
    );
  }
  if (silent.gaps.length > 0) {
    assumptions.push(
      `Events are missing although the recorder does not say so: ${silent.contradictions} times a range is mapped or unmapped twice in a row, and ${silent.tornCalls} calls lack one of their events. perf script --show-lost-events tells where; record with larger buffers (perf record -m 64M).`,
    );
  }
  if (pairing.emptyRanges > 0) {
    assumptions.push(`${pairing.emptyRanges} QEMU notifications cleared ranges in which nothing was mapped.`);
  }
  if (ordered.originalRow) restoreRows(operations, ordered.originalRow);
  const lost = [...told, ...silent.gaps];
  return { operations, unpaired, lost, recordedPolicy, mapSegments: countMapSegments(operations), assumptions };
}

function countMapSegments(table: OperationTable): number {
  let segments = 0;
  for (let op = 0; op < table.count; op++) {
    if (begins(table, op) && !(table.flags[op] & OpFlag.Failed)) segments += table.segmentCount[op];
  }
  return segments;
}

/** Operations name events by their rows in the table as it was read. */
function restoreRows(table: OperationTable, originalRow: Uint32Array): void {
  const eventOperation = new Int32Array(originalRow.length);
  for (let row = 0; row < originalRow.length; row++) eventOperation[originalRow[row]] = table.eventOperation[row];
  table.eventOperation = eventOperation;
  for (let i = 0; i < table.eventList.length; i++) table.eventList[i] = originalRow[table.eventList[i]];
  for (let op = 0; op < table.count; op++) {
    table.eventList.subarray(table.eventStart[op], table.eventStart[op] + table.eventCount[op]).sort();
  }
}

/** Number of operations by what they are, as the import report gives it. */
export function countByKind(table: OperationTable): {
  map: number;
  unmap: number;
  sync: number;
  alloc: number;
  free: number;
} {
  const counts = { map: 0, unmap: 0, sync: 0, alloc: 0, free: 0 };
  const names: Record<number, keyof typeof counts> = {
    [OpKind.Map]: 'map',
    [OpKind.Unmap]: 'unmap',
    [OpKind.SyncForCpu]: 'sync',
    [OpKind.SyncForDevice]: 'sync',
    [OpKind.Alloc]: 'alloc',
    [OpKind.Free]: 'free',
  };
  for (let op = 0; op < table.count; op++) counts[names[table.kind[op]]]++;
  return counts;
}
