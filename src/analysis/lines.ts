/** From lines to event rows and operations. Rows are in file order, so lines ascend. */
import type { EventTable } from '../trace/events';
import type { Trace } from '../trace/operations';

/** First event row whose line is at least `line` (1-based); `events.count` when there is none. */
export function firstRowFrom(events: EventTable, line: number): number {
  let low = 0;
  let high = events.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events.line[middle] < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Event row on exactly this line, -1 if none. */
export function rowOnLine(events: EventTable, line: number): number {
  const row = firstRowFrom(events, line);
  return row < events.count && events.line[row] === line ? row : -1;
}

/** 1-based line of the operation's first event. */
export function firstLine(trace: Trace, operation: number): number {
  const { eventStart, eventList } = trace.operations;
  return trace.events.line[eventList[eventStart[operation]]];
}

/** 1-based lines of all of the operation's events, ascending. */
export function linesOf(trace: Trace, operation: number): number[] {
  const { eventStart, eventCount, eventList } = trace.operations;
  const start = eventStart[operation];
  return Array.from(eventList.subarray(start, start + eventCount[operation]), row => trace.events.line[row]);
}

/** First event row with a time of at least `timeNs`, within the order of the file; -1 if none. */
export function rowAtTime(events: EventTable, timeNs: number): number {
  for (let row = 0; row < events.count; row++) if (events.time[row] >= timeNs) return row;
  return -1;
}
