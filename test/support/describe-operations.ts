import { buildOperations, type BuiltOperations } from '../../src/trace/build/operations';
import { OpFlag, OpKind, type LostInterval, type OperationTable } from '../../src/trace/operations';
import { makeEvents, type MadeEvent } from './make-events';

/** Operations of a made-up trace. */
export function build(made: readonly (MadeEvent | MadeEvent[])[], lost: LostInterval[] = []): BuiltOperations {
  return buildOperations(makeEvents(made.flat()), lost);
}

/** One line for each operation: kind, event rows, partner. */
export function outline(table: OperationTable): string[] {
  return Array.from({ length: table.count }, (_, op) => {
    const partner = table.partner[op] < 0 ? 'alone' : `with ${table.partner[op]}`;
    return `${OpKind[table.kind[op]]} ${eventsOf(table, op).join(' ')} ${partner}`;
  });
}

export function eventsOf(table: OperationTable, op: number): number[] {
  return [...table.eventList.subarray(table.eventStart[op], table.eventStart[op] + table.eventCount[op])];
}

/** [physical address, bytes] of each segment. */
export function segmentsOf(table: OperationTable, op: number): [number, number][] {
  const start = table.segmentStart[op];
  return Array.from({ length: table.segmentCount[op] }, (_, i) => [
    table.segments.phys[start + i],
    table.segments.size[start + i],
  ]);
}

/** Names of the flags of an operation. */
export function flagsOf(table: OperationTable, op: number): string[] {
  return Object.entries(OpFlag)
    .filter(([, bit]) => table.flags[op] & bit)
    .map(([name]) => name);
}
