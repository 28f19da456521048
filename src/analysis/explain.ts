/** What a line means: the event decoded, the operation it belongs to, the other end, the cost under each run. */
import { Direction, EventFlag, EventKind, FAILED_ADDRESS, Invalidation, type EventTable } from '../trace/events';
import { OpFlag, OpKind, type Trace } from '../trace/operations';
import { callSite } from './call-site';
import { firstLine, linesOf, rowOnLine } from './lines';
import { formatAddress, formatBytes, formatNs } from './units';
import { directionWords, EVENT_WORDS, operationTitle } from './words';

export interface FieldText {
  name: string;
  value: string;
}

export interface LineExplanation {
  line: number;
  event: string;
  fields: FieldText[];
  operation?: {
    id: number;
    title: string;
    fields: FieldText[];
    /** 1-based lines of the operation's events. */
    lines: number[];
    partnerLine?: number;
    lifetimeNs?: number;
    costs: { runId: string; name: string; ns: number }[];
  };
}

/** A finished replay of the trace, by its per-operation costs. */
export interface CostColumn {
  runId: string;
  name: string;
  operationNs: Float32Array;
}

/** Explains the event on a line (1-based); undefined where no event of a known family is. */
export function explainLine(trace: Trace, line: number, runs: readonly CostColumn[]): LineExplanation | undefined {
  const row = rowOnLine(trace.events, line);
  if (row < 0) return undefined;
  const operation = trace.operations.eventOperation[row];
  return {
    line,
    event: EVENT_WORDS[trace.events.kind[row] as EventKind],
    fields: eventFields(trace.events, row),
    ...(operation < 0 ? {} : { operation: explainOperation(trace, operation, runs) }),
  };
}

function eventFields(events: EventTable, row: number): FieldText[] {
  const fields: FieldText[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') fields.push({ name, value });
  };
  add('time', `${formatNs(events.time[row])} after the first event`);
  if (events.cpu[row] >= 0) add('CPU', String(events.cpu[row]));
  add('command', events.strings[events.comm[row]]);
  add('device', events.strings[events.device[row]]);
  if (events.direction[row] !== Direction.Unknown) add('direction', directionWords(events.direction[row]));
  add('address', addressText(events, row));
  if (events.phys[row] > 0) add('physical', formatAddress(events.phys[row]));
  add('size', sizeText(events, row));
  if (events.domainId[row] >= 0) add('domain id', String(events.domainId[row]));
  if (events.nents[row] > 0) add('entries', String(events.nents[row]));
  if (events.kind[row] === EventKind.QiSubmit) add('invalidation', invalidationWords(events.detail[row]));
  add('flags', flagWords(events.flags[row]));
  return fields;
}

/** Only iommu events have an IOVA of 0; elsewhere it means that the event prints none. */
function addressText(events: EventTable, row: number): string {
  const address = events.address[row];
  const isIommu = events.kind[row] === EventKind.IommuMap || events.kind[row] === EventKind.IommuUnmap;
  if (address === 0 && !isIommu) return '';
  return address >= FAILED_ADDRESS ? 'none: the mapping failed' : formatAddress(address);
}

function sizeText(events: EventTable, row: number): string {
  const size = events.size[row];
  if (size === Infinity) return 'the whole domain';
  return size > 0 ? formatBytes(size) : '';
}

function invalidationWords(kind: number): string {
  switch (kind as Invalidation) {
    case Invalidation.Page:
      return 'page-selective';
    case Invalidation.Domain:
      return 'domain-selective';
    case Invalidation.Global:
      return 'global';
    case Invalidation.Device:
      return 'device TLB';
    case Invalidation.Other:
      return 'context or interrupt entry cache';
    case Invalidation.None:
      return '';
  }
}

function flagWords(flags: number): string {
  const words: string[] = [];
  if (flags & EventFlag.SkipCpuSync) words.push('no CPU sync');
  if (flags & EventFlag.Mmio) words.push('MMIO');
  if (flags & EventFlag.Truncated) words.push('list truncated by the kernel');
  if (flags & EventFlag.Failed) words.push('failed');
  return words.join(', ');
}

function explainOperation(
  trace: Trace,
  operation: number,
  runs: readonly CostColumn[],
): NonNullable<LineExplanation['operation']> {
  const operations = trace.operations;
  const partner = operations.partner[operation];
  const lifetime = lifetimeNs(trace, operation);
  return {
    id: operation,
    title: operationTitle(trace, operation),
    fields: operationFields(trace, operation),
    lines: linesOf(trace, operation),
    ...(partner < 0 ? {} : { partnerLine: firstLine(trace, partner) }),
    ...(lifetime === undefined ? {} : { lifetimeNs: lifetime }),
    costs: runs.map(run => ({ runId: run.runId, name: run.name, ns: run.operationNs[operation] })),
  };
}

/** ns between a map and its unmap (allocation and free), asked at either end; undefined where one is not in the trace. */
export function lifetimeNs(trace: Trace, operation: number): number | undefined {
  const { partner, time, kind } = trace.operations;
  const other = partner[operation];
  const isSync = kind[operation] === OpKind.SyncForCpu || kind[operation] === OpKind.SyncForDevice;
  if (other < 0 || isSync) return undefined;
  return Math.abs(time[other] - time[operation]);
}

function operationFields(trace: Trace, operation: number): FieldText[] {
  const operations = trace.operations;
  const fields: FieldText[] = [
    { name: 'pages', value: String(operations.pages[operation]) },
    { name: 'segments', value: String(operations.segmentCount[operation]) },
    { name: 'domain', value: operations.domains[operations.domain[operation]]?.name ?? 'unknown' },
    { name: 'recorded', value: `${formatNs(operations.recordedNs[operation])} between its first and last event` },
  ];
  const site = callSite(trace, operation);
  if (site !== undefined) fields.push({ name: 'call site', value: site });
  const notes = operationNotes(operations.flags[operation]);
  if (notes.length > 0) fields.push({ name: 'notes', value: notes.join('; ') });
  return fields;
}

const NOTES: readonly [number, string][] = [
  [OpFlag.DeviceAssumed, 'device assumed: the trace does not name it'],
  [OpFlag.DirectionAssumed, 'direction assumed: the trace does not tell it'],
  [OpFlag.SkipCpuSync, 'no CPU sync'],
  [OpFlag.Mmio, 'MMIO'],
  [OpFlag.Failed, 'failed when recorded: nothing was mapped'],
  [OpFlag.MappedBefore, 'mapped before the recording began'],
  [OpFlag.StillMapped, 'still mapped at the end of the recording'],
  [OpFlag.Lost, 'its other end lies among lost events'],
  [OpFlag.Bounced, 'bounced when recorded'],
  [OpFlag.Partial, 'ends part of a mapping, or several at once'],
  [OpFlag.EndNotRecorded, 'no event of this kernel shows where the mapping ends'],
];

/** Flags of an operation in words. */
export function operationNotes(flags: number): string[] {
  return NOTES.filter(([flag]) => (flags & flag) !== 0).map(([, words]) => words);
}
