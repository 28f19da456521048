import type { EventTable } from '../events';
import type { OperationTable } from '../operations';
import type { Calls } from './calls';

/**
 * Numbers the calls in order of their first event and lists the events of each; the other columns stay empty.
 *
 * @param calls `parent` is flattened here: afterwards it names each row's first row directly
 */
export function numberOperations(events: EventTable, calls: Calls): OperationTable {
  const { parent } = calls;
  const eventOperation = new Int32Array(events.count).fill(-1);
  let count = 0;
  let listed = 0;
  for (let row = 0; row < events.count; row++) {
    if (parent[row] < 0) continue;
    const root = parent[parent[row]];
    parent[row] = root;
    eventOperation[row] = root === row ? count++ : eventOperation[root];
    listed++;
  }
  const table = emptyTable(count, listed, eventOperation);
  for (let row = 0; row < events.count; row++) if (eventOperation[row] >= 0) table.eventCount[eventOperation[row]]++;
  for (let op = 1; op < count; op++) table.eventStart[op] = table.eventStart[op - 1] + table.eventCount[op - 1];
  const filled = table.eventStart.slice();
  for (let row = 0; row < events.count; row++) {
    const op = eventOperation[row];
    if (op >= 0) table.eventList[filled[op]++] = row;
  }
  return table;
}

function emptyTable(count: number, listed: number, eventOperation: Int32Array): OperationTable {
  return {
    count,
    kind: new Uint8Array(count),
    time: new Float64Array(count),
    recordedNs: new Float64Array(count),
    cpu: new Int16Array(count),
    device: new Int32Array(count),
    domain: new Int32Array(count),
    direction: new Uint8Array(count),
    flags: new Uint16Array(count),
    address: new Float64Array(count),
    size: new Float64Array(count),
    pages: new Uint32Array(count),
    partner: new Int32Array(count).fill(-1),
    mapping: new Int32Array(count).fill(-1),
    nents: new Uint16Array(count).fill(1),
    segmentStart: new Uint32Array(count),
    segmentCount: new Uint32Array(count),
    segments: { count: 0, phys: new Float64Array(0), size: new Float64Array(0) },
    eventStart: new Uint32Array(count),
    eventCount: new Uint32Array(count),
    eventList: new Uint32Array(listed),
    eventOperation,
    mappings: 0,
    devices: [],
    domains: [],
  };
}
