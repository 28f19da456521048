import type { Cost, PlatformProfile } from '../profile';
import type { FunctionCost, RecordingGroup } from './groups';
import { costOf } from './groups';
import type { TracerOverhead } from './samples';

/** Outermost functions of a map and an unmap, most inclusive first (kernel/dma/mapping.c, drivers/iommu/dma-iommu.c). */
const MAP = [
  'dma_map_phys',
  'dma_map_page_attrs',
  'iommu_dma_map_phys',
  'iommu_dma_map_page',
  '__dma_map_sg_attrs',
  'dma_map_sg_attrs',
  'iommu_dma_map_sg',
];
const UNMAP = [
  'dma_unmap_phys',
  'dma_unmap_page_attrs',
  'iommu_dma_unmap_phys',
  'iommu_dma_unmap_page',
  'dma_unmap_sg_attrs',
  'iommu_dma_unmap_sg',
];
const FLUSH_RANGE = [
  'intel_iommu_tlb_sync',
  'cache_tag_flush_range',
  'amd_iommu_iotlb_sync',
  'arm_smmu_iotlb_sync',
  'qi_submit_sync',
];
const FLUSH_ALL = [
  'fq_flush_iotlb',
  'intel_flush_iotlb_all',
  'cache_tag_flush_all',
  'amd_iommu_flush_iotlb_all',
  'arm_smmu_flush_iotlb_all',
];

/** A price and the words that say where it was measured. */
export interface FittedPrice {
  work: string;
  cost: Cost;
}

/** Cost as a line over pages: fixed + perPage · pages. */
interface Line {
  fixed: number;
  perPage: number;
  calls: number;
  /** Two sizes were recorded: perPage is measured, not the base's. */
  grown: boolean;
}

/**
 * Prices of the simulation's work from measured functions. The totals of map and unmap are met exactly at the sizes
 * recorded; what no inner function explains is put into the fixed part of the call. Needs strict or lazy for the page
 * table, strict for the invalidation, lazy for the queue, swiotlb for copies, passthrough for the base.
 */
export function fitPrices(
  groups: readonly RecordingGroup[],
  overhead: TracerOverhead,
  base: PlatformProfile,
): FittedPrice[] {
  const fitted: FittedPrice[] = [];
  const known: Partial<Record<string, Cost>> = base.costs;
  const price = (work: string): number => (fitted.find(f => f.work === work)?.cost ?? known[work])?.ns ?? 0;
  const set = (work: string, ns: number, spread: FunctionCost | undefined, what: string): void => {
    const value = Math.max(0, ns);
    const share = spread && spread.ns > 0 ? [spread.low / spread.ns, spread.high / spread.ns] : [1, 1];
    const calls = spread ? `, ${spread.meanOnly ? 'mean' : `${spread.calls} calls`} of ${spread.function}` : '';
    const tracer = overhead.leafNs > 0 ? "; the tracer's own cost taken out" : '';
    const band = spread?.meanOnly ? 'one deviation either way' : '10th to 90th percentile';
    const cost: Cost = {
      ns: value,
      low: value * share[0],
      high: value * share[1],
      source: `measured: ${what}${calls}${tracer}; band: ${band}`,
      provenance: 'calibrated',
    };
    fitted.push({ work, cost });
  };
  const of = (policy: RecordingGroup['policy']): RecordingGroup[] =>
    groups.filter(g => g.policy === policy).sort((a, b) => a.pages - b.pages);

  /** An unmap sends a command for each of its pages: what it grows by is theirs before it is the page table's. */
  const commandPerPage = base.machine.kind === 'smmuv3' && base.machine.rangeInvalidation !== true;

  fitBase(of('passthrough'));
  fitTranslation(of('strict'), of('lazy'));
  fitQueue(of('lazy'));
  fitCopies(of('swiotlb'));
  return fitted;

  function fitBase(passthrough: RecordingGroup[]): void {
    const map = costOf(passthrough.at(0), overhead, MAP);
    const unmap = costOf(passthrough.at(0), overhead, UNMAP);
    if (map && unmap) set('OperationBase', (map.ns + unmap.ns) / 2, map, 'mean of map and unmap under passthrough');
  }

  function fitTranslation(strict: RecordingGroup[], lazy: RecordingGroup[]): void {
    const any = strict.length > 0 ? strict : lazy;
    const map = line(any, MAP);
    if (!map) {
      fitFlush(strict.at(0), 0);
      return;
    }
    const first = any[0];
    const alloc = costOf(first, overhead, ['alloc_iova_fast', 'iommu_dma_alloc_iova']);
    const free = costOf(first, overhead, ['free_iova_fast']);
    if (free) set('IovaCacheFree', free.ns, free, 'IOVA release');
    const mapSpread = costOf(first, overhead, MAP);
    if (map.grown) set('PteWrite', map.perPage, mapSpread, 'growth of map with pages');
    const outer = map.fixed - price('OperationBase');
    const inner = costOf(first, overhead, ['iommu_map', '__iommu_map']);
    if (alloc && inner) {
      // Lists make one iommu_map call for each run of pages: what surrounds it is paid once, like the IOVA.
      const call = inner.ns - price('PteWrite') * first.pages;
      set('MapCall', call, inner, 'iommu_map without its pages');
      set('IovaCacheHit', outer - call, alloc, 'IOVA allocation and the rest of map around iommu_map, once per map');
    } else {
      if (alloc) set('IovaCacheHit', alloc.ns, alloc, 'IOVA allocation');
      set('MapCall', outer - price('IovaCacheHit'), mapSpread, 'map without base, IOVA and pages');
    }

    const walk = costOf(first, overhead, ['iommu_iova_to_phys', 'intel_iommu_iova_to_phys', 'amd_iommu_iova_to_phys']);
    if (walk) set('TableWalk', walk.ns, walk, 'iova_to_phys of the unmap');
    const unmap = line(strict, UNMAP);
    if (!unmap) return;
    const spread = costOf(first, overhead, UNMAP);
    const perCommand = commandPerPage ? Math.max(0, unmap.perPage - price('PteClear')) : 0;
    fitFlush(first, perCommand);
    if (commandPerPage && unmap.grown) {
      set('PageInvalidation', perCommand, spread, 'growth of unmap with pages, beyond that of the page table');
      set('InvalidationCommand', perCommand, spread, 'growth of unmap with pages, beyond that of the page table');
    }
    if (unmap.grown) set('PteClear', unmap.perPage - perCommand, spread, 'growth of unmap with pages');
    const explained = ['OperationBase', 'TableWalk', 'InvalidationWait', 'IovaCacheFree'];
    if (!commandPerPage) explained.push('PageInvalidation');
    set('UnmapCall', unmap.fixed - sum(explained), spread, 'unmap without base, walk, invalidation, IOVA and pages');
  }

  /** @param perCommand price of the invalidation command for each page, where the hardware needs one for each */
  function fitFlush(group: RecordingGroup | undefined, perCommand: number): void {
    const flush = costOf(group, overhead, FLUSH_RANGE, 'mean');
    if (!group || !flush) return;
    const wait = flush.ns - perCommand * group.pages;
    set('InvalidationWait', wait, flush, 'one invalidation submitted and waited for');
    if (!commandPerPage) set('PageInvalidation', 0, undefined, 'included in InvalidationWait');
  }

  function fitQueue(lazy: RecordingGroup[]): void {
    const group = lazy.at(0);
    const unmap = costOf(group, overhead, UNMAP);
    if (!group || !unmap) return;
    const explained = ['OperationBase', 'TableWalk', 'UnmapCall'];
    const push = unmap.ns - sum(explained) - price('PteClear') * group.pages;
    set('FlushQueuePush', push, unmap, 'lazy unmap without base, walk and page table');
    const flush = costOf(group, overhead, FLUSH_ALL, 'mean');
    if (flush) {
      const wait = price('InvalidationWait');
      set('DomainInvalidation', flush.ns - wait, flush, 'one domain invalidation beyond its wait');
    }
    const release = releasePerEntry(group);
    if (release)
      set(
        'FlushQueueRelease',
        release.ns - price('IovaCacheFree'),
        release,
        'queue entries freed in drains, per entry, without the IOVA release',
      );
  }

  /** Freeing calls do nothing most of the time and free the whole queue after a drain: only their sum over unmaps tells. */
  function releasePerEntry(group: RecordingGroup): FunctionCost | undefined {
    const every = costOf(group, overhead, ['fq_ring_free_locked', 'fq_ring_free'], 'mean');
    const idle = costOf(group, overhead, ['fq_ring_free_locked', 'fq_ring_free'], 'median');
    if (!every || !idle || every.ns <= idle.ns) return undefined;
    return { ...every, ns: every.ns - idle.ns, low: every.ns - idle.ns, high: every.ns - idle.ns };
  }

  function fitCopies(swiotlb: RecordingGroup[]): void {
    const copy = line(swiotlb, ['swiotlb_bounce']);
    if (!copy || swiotlb.length === 0) return;
    const first = swiotlb[0];
    const spread = costOf(first, overhead, ['swiotlb_bounce']);
    if (copy.grown) set('CopyByte', copy.perPage / 4096, spread, 'growth of a copy with bytes');
    set('CopyCall', copy.fixed, spread, 'fixed part of a copy');
    const copied = price('CopyCall') + price('CopyByte') * 4096 * first.pages;
    const map = costOf(first, overhead, MAP);
    const unmap = costOf(first, overhead, UNMAP);
    if (map) set('SlotSearch', map.ns - price('OperationBase') - copied, map, 'swiotlb map without base and copy');
    if (unmap)
      set('SlotFree', unmap.ns - price('OperationBase') - copied, unmap, 'swiotlb unmap without base and copy');
  }

  /** Through the smallest and the largest size recorded; with one size all of it is the fixed part but the base's per-page price. */
  function line(series: RecordingGroup[], names: readonly string[]): Line | undefined {
    const small = costOf(series.at(0), overhead, names);
    const large = costOf(series.at(-1), overhead, names);
    if (!small || !large) return undefined;
    const pages = [series[0].pages, series[series.length - 1].pages];
    const unmapPage = price('PteClear') + (commandPerPage ? price('InvalidationCommand') : 0);
    const basePerPage = names === MAP ? price('PteWrite') : names === UNMAP ? unmapPage : price('CopyByte') * 4096;
    const grown = pages[1] > pages[0];
    const perPage = grown ? Math.max(0, (large.ns - small.ns) / (pages[1] - pages[0])) : basePerPage;
    return { perPage, fixed: small.ns - perPage * pages[0], calls: small.calls + large.calls, grown };
  }

  function sum(works: readonly string[]): number {
    return works.reduce((total, work) => total + price(work), 0);
  }
}
