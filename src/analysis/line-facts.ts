/** The event lines of a range as columns, for views that draw every visible line. */
import { Direction } from '../trace/events';
import type { Trace } from '../trace/operations';
import { firstRowFrom } from './lines';

/** Columns of equal length, by line. */
export interface LineFacts {
  /** 1-based. */
  line: Uint32Array;
  /** ns since the first event. */
  timeNs: Float64Array;
  /** Operation that the event belongs to; -1 for none. */
  operation: Int32Array;
  /** Index into the devices of the trace: the event's own, else its operation's; -1 unknown. */
  device: Int32Array;
  /** `Direction`: the event's own, else its operation's. */
  direction: Uint8Array;
}

/** Facts about the event lines from..to (1-based, inclusive). */
export function lineFacts(trace: Trace, from: number, to: number): LineFacts {
  const { events, operations } = trace;
  const start = firstRowFrom(events, from);
  const end = firstRowFrom(events, to + 1);
  const operation = operations.eventOperation.slice(start, end);
  const deviceByName = new Map(operations.devices.map((device, i) => [device.name, i]));
  const ownDevice = (row: number): number | undefined =>
    events.device[row] < 0 ? undefined : deviceByName.get(events.strings[events.device[row]]);
  const ownDirection = (row: number): number | undefined =>
    events.direction[row] === Direction.Unknown ? undefined : events.direction[row];
  return {
    line: events.line.slice(start, end),
    timeNs: events.time.slice(start, end),
    operation,
    device: Int32Array.from(operation, (op, i) => ownDevice(start + i) ?? (op < 0 ? -1 : operations.device[op])),
    direction: Uint8Array.from(
      operation,
      (op, i) => ownDirection(start + i) ?? (op < 0 ? Direction.Unknown : operations.direction[op]),
    ),
  };
}
