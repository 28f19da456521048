/** What the IOVA allocator suffers from. */
import { OpFlag, OpKind, type Trace } from '../../trace/operations';
import { firstLine } from '../lines';
import { formatBytes, formatCount } from '../units';
import { Findings } from './diagnostic';

const PAGE = 4096;
/** Largest cached size: orders 0 .. IOVA_RANGE_CACHE_MAX_SIZE - 1 = 5 (include/linux/iova.h): 32 pages. */
const CACHED_PAGES = 32;

/**
 * Mappings above the IOVA cache limit: each allocates from the tree under its lock. One finding for each device.
 * Source: iova_rcache_range, drivers/iommu/iova.c.
 */
export function oversizedIovas(trace: Trace, cap: number): Findings {
  const found = new Findings('iova-cache-limit', 'info', cap);
  const { count, kind, flags, device, devices, pages, size } = trace.operations;
  const byDevice = devices.map(() => ({ maps: 0, oversized: 0, first: -1, largest: 0 }));
  for (let operation = 0; operation < count; operation++) {
    const of = byDevice[device[operation]];
    if (kind[operation] !== OpKind.Map || flags[operation] & OpFlag.Failed) continue;
    of.maps++;
    if (pages[operation] <= CACHED_PAGES) continue;
    if (of.first < 0) of.first = operation;
    of.oversized++;
    of.largest = Math.max(of.largest, size[operation]);
  }
  byDevice.forEach((of, i) => {
    if (of.first < 0) return;
    found.add(of.first, firstLine(trace, of.first), () => ({
      text: `${devices[i].name}: ${formatCount(of.oversized)} of ${formatCount(of.maps)} maps exceed ${formatBytes(CACHED_PAGES * PAGE)}, the largest IOVA that the per-CPU caches keep (up to ${formatBytes(of.largest)}): each searches the IOVA tree.`,
      advice: `Keep transfers within dma_opt_mapping_size, e.g. max_sectors_kb=${(CACHED_PAGES * PAGE) / 1024} for block devices.`,
    }));
  });
  return found;
}

/** Told from this many mappings alive on: fewer are spread by the allocator's own rounding. */
const ENOUGH_ALIVE = 64;
/** Told when the mappings alive fill less than this part of the IOVA range that they span. */
const SPARSE = 0.25;

/**
 * Recorded IOVA space in which the mappings alive are spread thin: they occupy more page-table pages and
 * paging-structure cache entries than they need. One finding for each domain, at its peak of mapped bytes.
 * Identity and bounce addresses are not the allocator's choice: domains with bounced or passthrough operations are
 * left out.
 */
export function fragmentation(trace: Trace, cap: number): Findings {
  const found = new Findings('iova-fragmentation', 'info', cap);
  const recorded = trace.report.recordedPolicy.id;
  if (recorded === 'passthrough' || recorded === 'swiotlb') return found;
  trace.operations.domains.forEach((domain, i) => {
    const peak = peakOfDomain(trace, i);
    if (peak === undefined) return;
    const { alive, bytes } = aliveAt(trace, i, peak);
    if (alive.length < ENOUGH_ALIVE) return;
    const span = alive[alive.length - 1].end - alive[0].start;
    if (bytes >= SPARSE * span) return;
    found.add(peak, firstLine(trace, peak), () => ({
      text: `Fragmented IOVA space in domain ${domain.name}: at the peak, ${formatCount(alive.length)} mappings of ${formatBytes(bytes)} are spread over ${formatBytes(span)}.`,
      advice: 'Mixed sizes and long-lived mappings do this; page reuse, or fewer sizes, keep the space dense.',
    }));
  });
  return found;
}

/** Operation after which most bytes of the domain are mapped; undefined without maps. */
function peakOfDomain(trace: Trace, domain: number): number | undefined {
  const { count, kind, pages, domain: domains, partner, flags } = trace.operations;
  let live = 0;
  let most = 0;
  let peak: number | undefined;
  for (let operation = 0; operation < count; operation++) {
    if (domains[operation] !== domain || flags[operation] & OpFlag.Failed) continue;
    if (begins(kind[operation])) live += pages[operation];
    else if (ends(kind[operation]) && partner[operation] >= 0) live -= pages[operation];
    if (live > most) {
      most = live;
      peak = operation;
    }
  }
  return peak;
}

function begins(kind: number): boolean {
  return kind === OpKind.Map || kind === OpKind.Alloc;
}

function ends(kind: number): boolean {
  return kind === OpKind.Unmap || kind === OpKind.Free;
}

function aliveAt(
  trace: Trace,
  domain: number,
  operation: number,
): { alive: { start: number; end: number }[]; bytes: number } {
  const { kind, pages, domain: domains, partner, flags, address } = trace.operations;
  const alive: { start: number; end: number }[] = [];
  let bytes = 0;
  for (let i = 0; i <= operation; i++) {
    if (domains[i] !== domain || !begins(kind[i]) || flags[i] & OpFlag.Failed) continue;
    const end = partner[i];
    if (end >= 0 && end <= operation) continue;
    const start = Math.floor(address[i] / PAGE) * PAGE;
    alive.push({ start, end: start + pages[i] * PAGE });
    bytes += pages[i] * PAGE;
  }
  alive.sort((a, b) => a.start - b.start);
  return { alive, bytes };
}
