/** Reads single lines as the recorders print them, and shows rows as objects. */
import { DIRECTION_NAMES, EventFlag, EventKind, Invalidation, type EventTable } from '../../src/trace/events';
import { readTrace } from '../../src/trace/read';
import type { ReadResult } from '../../src/trace/reader';

/** UTF-8 bytes of a trace; each line ends with a line feed. */
export function bytesOf(...lines: string[]): Uint8Array {
  return new TextEncoder().encode(lines.map(line => `${line}\n`).join(''));
}

export function readLines(...lines: string[]): ReadResult {
  return readTrace(bytesOf(...lines));
}

/** A line of perf script. */
export function perfLine(
  event: string,
  text: string,
  { comm = 'fio', tid = 413, cpu = 1, time = '46.721855' } = {},
): string {
  return `${comm.padStart(16)} ${String(tid).padStart(7)} [${String(cpu).padStart(3, '0')}] ${time.padStart(12)}: ${event.padStart(30)}: ${text}`;
}

/** A line of ftrace. */
export function ftraceLine(
  event: string,
  text: string,
  { comm = 'fio', pid = 413, cpu = 1, time = '47.363424' } = {},
): string {
  return `${comm.padStart(16)}-${String(pid).padEnd(7)} [${String(cpu).padStart(3, '0')}] ..... ${time.padStart(12)}: ${event}: ${text}`;
}

/** The row that perf script's text of one event becomes; null if it becomes none. */
export function perfRow(event: string, text: string): Row | null {
  const { events } = readLines(perfLine(event, text));
  return events.count === 0 ? null : rowOf(events, 0);
}

/** The row that ftrace's text of one event becomes; null if it becomes none. The trace has another event, so that it is one. */
export function ftraceRow(event: string, text: string): Row | null {
  const { events } = readLines(ftraceLine('sched_waking', 'comm=fio pid=1'), ftraceLine(event, text));
  return events.count === 0 ? null : rowOf(events, 0);
}

/** The row that a line of a QEMU log becomes; null if it becomes none. */
export function qemuRow(event: string, text: string): Row | null {
  const { events } = readLines(`249@1795221952.638175:${event} ${text}`);
  return events.count === 0 ? null : rowOf(events, 0);
}

export interface Row {
  kind: string;
  device?: string;
  direction?: string;
  address: number;
  phys: number;
  size: number;
  flags: string[];
  detail: number;
  domainId: number;
  nents: number;
  /** [dma address, physical address, bytes] */
  list: [number, number, number][];
}

/** What the text of an event tells. Device and direction are missing where it does not name them. */
export function rowOf(events: EventTable, row: number): Row {
  const direction = DIRECTION_NAMES[events.direction[row]];
  const start = events.listStart[row];
  return {
    kind: EventKind[events.kind[row]],
    ...(events.device[row] < 0 ? {} : { device: events.strings[events.device[row]] }),
    ...(direction === 'UNKNOWN' ? {} : { direction }),
    address: events.address[row],
    phys: events.phys[row],
    size: events.size[row],
    flags: Object.entries(EventFlag)
      .filter(([, bit]) => (events.flags[row] & bit) !== 0)
      .map(([name]) => name),
    detail: events.detail[row],
    domainId: events.domainId[row],
    nents: events.nents[row],
    list: Array.from({ length: events.listCount[row] }, (_, i) => [
      events.lists.address[start + i],
      events.lists.phys[start + i],
      events.lists.size[start + i],
    ]),
  };
}

/** Where an event was recorded. */
export function originOf(
  events: EventTable,
  row: number,
): { comm?: string; pid: number; cpu: number; time: number; line: number } {
  return {
    ...(events.comm[row] < 0 ? {} : { comm: events.strings[events.comm[row]] }),
    pid: events.pid[row],
    cpu: events.cpu[row],
    time: events.time[row],
    line: events.line[row],
  };
}

/** All rows as objects, lists and call chains included, for comparisons of whole traces. */
export function rowsOf(events: EventTable): unknown[] {
  return Array.from({ length: events.count }, (_, row) => ({
    ...rowOf(events, row),
    ...originOf(events, row),
    offset: events.offset[row],
    chain: events.callChain[row] < 0 ? null : events.strings[events.callChain[row]],
  }));
}

export const invalidationName = (row: Row): string => Invalidation[row.detail];
