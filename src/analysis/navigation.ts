/** From one line to those that belong with it: where its mapping began, and what shares its pages, domain or device. */
import { EventKind, FAILED_ADDRESS } from '../trace/events';
import { OpKind, type Trace } from '../trace/operations';
import { firstLine, rowOnLine } from './lines';

const PAGE = 4096;

/** What lines may have in common with a line: the IOVA pages of its event, its domain, its device. */
export type RelatedScope = 'page' | 'domain' | 'device';

export interface RelatedLines {
  /** 1-based, ascending; the first `limit` of them. */
  lines: number[];
  total: number;
}

/**
 * Where the thing on a line began (1-based): unmap, sync and free lead to their map or allocation, faults and
 * invalidations to the last map of that page before them. undefined: it begins here, or its beginning was not recorded.
 */
export function definitionLine(trace: Trace, line: number): number | undefined {
  const row = rowOnLine(trace.events, line);
  if (row < 0) return undefined;
  const operation = trace.operations.eventOperation[row];
  if (operation < 0) return lastMapOfPage(trace, row);
  if (begins(trace.operations.kind[operation])) return undefined;
  const partner = trace.operations.partner[operation];
  return partner < 0 ? undefined : firstLine(trace, partner);
}

function begins(kind: number): boolean {
  return kind === OpKind.Map || kind === OpKind.Alloc;
}

function lastMapOfPage({ events }: Trace, row: number): number | undefined {
  const address = events.address[row];
  if (address <= 0 || address >= FAILED_ADDRESS) return undefined;
  for (let before = row - 1; before >= 0; before--) {
    if (MAPS.has(events.kind[before]) && covers(events, before, address)) return events.line[before];
  }
  return undefined;
}

const MAPS: ReadonlySet<number> = new Set([
  EventKind.IommuMap,
  EventKind.DmaMap,
  EventKind.DmaMapSg,
  EventKind.DmaAlloc,
  EventKind.VendorMap,
  EventKind.QemuVfioMap,
  EventKind.QemuViommuMap,
]);

function covers(events: Trace['events'], row: number, address: number): boolean {
  const start = Math.floor(events.address[row] / PAGE) * PAGE;
  return address >= start && address < events.address[row] + Math.max(1, events.size[row]);
}

/** Event lines that have something in common with the event on a line; none where the line has no event. */
export function relatedLines(trace: Trace, line: number, scope: RelatedScope, limit: number): RelatedLines {
  const row = rowOnLine(trace.events, line);
  const shares = row < 0 ? undefined : sharedWith(trace, row, scope);
  const related: RelatedLines = { lines: [], total: 0 };
  if (shares === undefined) return related;
  for (let other = 0; other < trace.events.count; other++) {
    if (!shares(other)) continue;
    related.total++;
    if (related.lines.length < limit) related.lines.push(trace.events.line[other]);
  }
  return related;
}

function sharedWith(trace: Trace, row: number, scope: RelatedScope): ((other: number) => boolean) | undefined {
  const { events, operations } = trace;
  if (scope === 'page') return sharesPages(trace, row);
  const column = scope === 'domain' ? operations.domain : operations.device;
  const of = (event: number): number => {
    const operation = operations.eventOperation[event];
    return operation < 0 ? -1 : column[operation];
  };
  const wanted = of(row);
  if (wanted >= 0) return other => of(other) === wanted;
  const named = events.device[row];
  return named < 0 ? undefined : other => events.device[other] === named;
}

/** The same pages in the same domain; an address of another domain is another page. */
function sharesPages({ events, operations }: Trace, row: number): ((other: number) => boolean) | undefined {
  const from = Math.floor(events.address[row] / PAGE) * PAGE;
  const to = events.address[row] + Math.max(1, events.size[row]);
  if (from <= 0 || from >= FAILED_ADDRESS) return undefined;
  const domainOf = (event: number): number => {
    const operation = operations.eventOperation[event];
    return operation < 0 ? -1 : operations.domain[operation];
  };
  const domain = domainOf(row);
  return other => {
    const sameDomain = domain < 0 || domainOf(other) < 0 || domainOf(other) === domain;
    return sameDomain && events.address[other] < to && events.address[other] + Math.max(1, events.size[other]) > from;
  };
}

/** Next event after a line (1-based; 0: from the start) whose IOVA range holds an address, wrapping at the end. */
export function lineOfAddress({ events }: Trace, address: number, after: number): number | undefined {
  let wrapped: number | undefined;
  for (let row = 0; row < events.count; row++) {
    const size = events.size[row];
    const start = events.address[row];
    // A range without an end covers the whole domain: it says nothing about one address.
    if (size === Infinity || address < start || address >= start + Math.max(1, size)) continue;
    if (events.line[row] > after) return events.line[row];
    wrapped ??= events.line[row];
  }
  return wrapped;
}
