import { EventKind, Invalidation, type EventTable } from '../events';
import { OpFlag, OpKind, type OperationTable, type RecordedPolicyId } from '../operations';
import type { Calls } from './calls';
import { invalidationOf, kindOf, PAGE_BYTES } from './rows';

export interface RecordedPolicy {
  id: RecordedPolicyId;
  /** What in the trace says so, in words with counts. */
  evidence: string;
}

/** Share of maps or unmaps that makes a property that of the whole trace. */
const MOST = 0.9;
/** Strict frees an IOVA at once, so the next map of that size on the CPU gets it (last in, first out per-CPU cache). */
const STRICT_REUSE = 0.5;
/** Lazy frees IOVAs a queue at a time, after 10 ms or 256 entries: few maps find a drain between the unmap and themselves. */
const LAZY_REUSE = 0.1;
/** Only maps this soon after an unmap tell: well below the flush queue's 10 ms, so that its timer rarely lies between. */
const SOON_NS = 1e6;
const ENOUGH = 32;
/** A flush queue drains after 10 ms; emulated machines and coarse timers make it a few times that. */
const DRAINED_WITHIN_NS = 1e9;

interface Tally {
  maps: number;
  unmaps: number;
  translatedMaps: number;
  translatedUnmaps: number;
  flushedUnmaps: number;
  bouncedMaps: number;
  identityMaps: number;
  bufferMaps: number;
}

/**
 * Tells the protection policy under which a trace was recorded, from what the kernel did in it.
 *
 * VT-d shows invalidations: page-selective after each unmap is strict, domain-selective drains alone are lazy. Other
 * IOMMUs show none; there the reuse of IOVAs tells: strict frees an IOVA in the unmap, lazy after the drain
 * (drivers/iommu/dma-iommu.c: __iommu_dma_unmap, queue_iova; drivers/iommu/iova.c: per-CPU magazines).
 */
export function detectPolicy(events: EventTable, calls: Calls, table: OperationTable): RecordedPolicy {
  const tally = count(events, calls, table);
  const { maps, unmaps } = tally;
  if (maps + unmaps === 0) return { id: 'unknown', evidence: 'The trace has no map or unmap operations.' };
  const translated = tally.translatedMaps + tally.translatedUnmaps;
  if (translated === 0 && tally.bouncedMaps > 0 && tally.bouncedMaps >= maps / 2) {
    return {
      id: 'swiotlb',
      evidence: `${tally.bouncedMaps} of ${maps} maps were bounced (swiotlb_bounced) and no iommu:* event was recorded.`,
    };
  }
  if (translated === 0 && tally.bufferMaps > 0 && tally.identityMaps >= tally.bufferMaps * MOST) {
    return {
      id: 'passthrough',
      evidence: `In ${tally.identityMaps} of ${tally.bufferMaps} maps the DMA address is the physical address, and no iommu:* event was recorded.`,
    };
  }
  const invalidation = byInvalidations(events, calls, tally) ?? byReuse(table);
  if (translated > 0 && maps > 0 && tally.bouncedMaps >= maps / 2) {
    return {
      id: 'untrusted',
      evidence: `${tally.bouncedMaps} of ${maps} maps were bounced and then mapped by the IOMMU, as for devices behind external ports. ${invalidation.evidence}`,
    };
  }
  return invalidation;
}

function byInvalidations(events: EventTable, calls: Calls, tally: Tally): RecordedPolicy | undefined {
  const { translatedUnmaps, flushedUnmaps } = tally;
  const { submitted, tagged, rightAfterUnmap } = calls.drains;
  const drains = submitted > 0 ? submitted : tagged;
  if (translatedUnmaps === 0 || flushedUnmaps + drains === 0) return undefined;
  const follows = `A page-selective invalidation follows ${flushedUnmaps} of ${translatedUnmaps} unmaps`;
  if (flushedUnmaps >= translatedUnmaps * MOST) return { id: 'strict', evidence: `${follows}.` };
  if (rightAfterUnmap >= translatedUnmaps * MOST) {
    return {
      id: 'strict',
      evidence: `A domain-selective invalidation follows ${rightAfterUnmap} of ${translatedUnmaps} unmaps at once.`,
    };
  }
  const drained = countDrained(events, calls);
  const rest = translatedUnmaps - flushedUnmaps;
  if (flushedUnmaps === 0 && drained === rest) {
    const evidence = `A whole-domain invalidation follows all ${rest} unmaps within a second (flush queue drains, ${drains} in all), a page-selective one none.`;
    return { id: 'lazy', evidence };
  }
  const words = `${follows}; after ${drained} of the other ${rest} a whole-domain one comes within a second (flush queue drains, ${drains} in all)`;
  if (flushedUnmaps * 2 > translatedUnmaps) return { id: 'strict', evidence: `${words}.` };
  if (drained * 2 >= rest) return { id: 'lazy', evidence: `${words}.` };
  return { id: 'unknown', evidence: `${words}: neither strict nor lazy explains most unmaps.` };
}

/** Unmaps that no invalidation of their own follows, but one of a whole domain soon after, on any CPU. */
function countDrained(events: EventTable, calls: Calls): number {
  let drained = 0;
  let nextDrain = Infinity;
  for (let row = events.count - 1; row >= 0; row--) {
    const kind = kindOf(events, row);
    if (kind === EventKind.QiSubmit || kind === EventKind.CacheTagFlush) {
      const invalidation = invalidationOf(events, row);
      if (invalidation === Invalidation.Domain || invalidation === Invalidation.Global) nextDrain = events.time[row];
    } else if (kind === EventKind.IommuUnmap && calls.flushed[row] === 0) {
      if (nextDrain - events.time[row] <= DRAINED_WITHIN_NS) drained++;
    }
  }
  return drained;
}

/** From how often a map gets the IOVA that was freed last on its CPU. */
function byReuse(table: OperationTable): RecordedPolicy {
  const { chances, reused } = countReuse(table);
  const share = chances > 0 ? reused / chances : 0;
  const words = `Of ${chances} maps within 1 ms after an unmap of the same size on their CPU, ${reused} got the IOVA just unmapped`;
  if (chances < ENOUGH) {
    return {
      id: 'unknown',
      evidence: `No invalidation events, and too few maps after unmaps to judge by reuse of IOVAs (${chances}).`,
    };
  }
  if (share >= STRICT_REUSE) {
    return { id: 'strict', evidence: `No invalidation events. ${words}: IOVAs are freed in the unmap itself.` };
  }
  if (share <= LAZY_REUSE) {
    return { id: 'lazy', evidence: `No invalidation events. ${words}: IOVAs are freed later, by a flush queue.` };
  }
  return { id: 'unknown', evidence: `No invalidation events. ${words}: neither typical of strict nor of lazy.` };
}

function countReuse(table: OperationTable): { chances: number; reused: number } {
  const lastUnmap = new Map<number, number>();
  let chances = 0;
  let reused = 0;
  for (let op = 0; op < table.count; op++) {
    const kind = table.kind[op];
    if ((kind !== OpKind.Map && kind !== OpKind.Unmap) || table.flags[op] & OpFlag.Failed) continue;
    const sizeClass = Math.ceil(Math.log2(Math.max(table.pages[op], 1)));
    const cache = (table.domain[op] * 4096 + table.cpu[op] + 1) * 64 + sizeClass;
    if (kind === OpKind.Unmap) {
      lastUnmap.set(cache, op);
      continue;
    }
    const unmap = lastUnmap.get(cache);
    lastUnmap.delete(cache);
    if (unmap === undefined || table.time[op] - table.time[unmap] > SOON_NS) continue;
    chances++;
    if (pageOf(table, unmap) === pageOf(table, op)) reused++;
  }
  return { chances, reused };
}

function pageOf(table: OperationTable, op: number): number {
  return Math.floor(table.address[op] / PAGE_BYTES);
}

function count(events: EventTable, calls: Calls, table: OperationTable): Tally {
  const tally: Tally = {
    maps: 0,
    unmaps: 0,
    translatedMaps: 0,
    translatedUnmaps: 0,
    flushedUnmaps: 0,
    bouncedMaps: 0,
    identityMaps: 0,
    bufferMaps: 0,
  };
  for (let op = 0; op < table.count; op++) {
    if (table.kind[op] === OpKind.Unmap) tally.unmaps++;
    if (table.kind[op] !== OpKind.Map) continue;
    tally.maps++;
    if (table.flags[op] & OpFlag.Bounced) tally.bouncedMaps++;
  }
  for (let row = 0; row < events.count; row++) countRow(events, calls, row, tally);
  return tally;
}

function countRow(events: EventTable, calls: Calls, row: number, tally: Tally): void {
  const kind = kindOf(events, row);
  if (kind === EventKind.IommuMap) tally.translatedMaps++;
  else if (kind === EventKind.IommuUnmap) {
    tally.translatedUnmaps++;
    tally.flushedUnmaps += calls.flushed[row];
  } else if (kind === EventKind.DmaMap || kind === EventKind.DmaMapSg) {
    tally.bufferMaps++;
    const entry = events.listStart[row];
    const isList = kind === EventKind.DmaMapSg && events.listCount[row] > 0;
    const address = isList ? events.lists.address[entry] : events.address[row];
    if (address === (isList ? events.lists.phys[entry] : events.phys[row])) tally.identityMaps++;
  }
}
