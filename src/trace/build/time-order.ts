import type { EventTable } from '../events';

/** Events in the order of their times, and the row that each one has in the table it came from. */
export interface OrderedEvents {
  events: EventTable;
  /** Row in the original table; undefined when the order did not change. */
  originalRow: Uint32Array | undefined;
}

/**
 * Puts events in order of time, then of line. Tools sort their output, but concatenated per-CPU files and perf's
 * rounds can leave a few events behind; what belongs to one call is only recognizable in order.
 *
 * @param events columns in file order; returned as they are when already ordered
 */
export function inTimeOrder(events: EventTable): OrderedEvents {
  const { count, time } = events;
  let ordered = true;
  for (let row = 1; row < count && ordered; row++) ordered = time[row] >= time[row - 1];
  if (ordered) return { events, originalRow: undefined };
  const originalRow = Uint32Array.from({ length: count }, (_, row) => row);
  originalRow.sort((a, b) => time[a] - time[b] || a - b);
  return { events: gather(events, originalRow), originalRow };
}

function gather(events: EventTable, rows: Uint32Array): EventTable {
  const pick = <T extends Record<number, number>>(from: T, to: T): T => {
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]]!;
    return to;
  };
  const { length } = rows;
  return {
    count: length,
    kind: pick(events.kind, new Uint8Array(length)),
    line: pick(events.line, new Uint32Array(length)),
    offset: pick(events.offset, new Float64Array(length)),
    time: pick(events.time, new Float64Array(length)),
    cpu: pick(events.cpu, new Int16Array(length)),
    pid: pick(events.pid, new Int32Array(length)),
    comm: pick(events.comm, new Int32Array(length)),
    device: pick(events.device, new Int32Array(length)),
    direction: pick(events.direction, new Uint8Array(length)),
    address: pick(events.address, new Float64Array(length)),
    phys: pick(events.phys, new Float64Array(length)),
    size: pick(events.size, new Float64Array(length)),
    flags: pick(events.flags, new Uint8Array(length)),
    detail: pick(events.detail, new Int32Array(length)),
    domainId: pick(events.domainId, new Int32Array(length)),
    nents: pick(events.nents, new Uint16Array(length)),
    listStart: pick(events.listStart, new Uint32Array(length)),
    listCount: pick(events.listCount, new Uint16Array(length)),
    lists: events.lists,
    callChain: pick(events.callChain, new Int32Array(length)),
    strings: events.strings,
  };
}
