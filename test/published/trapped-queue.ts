/**
 * N. Chen, "iommufd: vIOMMU infrastructure, part 4: HW QUEUE" v9, 2025-07: dma_map_benchmark in a guest on NVIDIA Grace, one
 * thread, time of an unmap; the guest's command queue trapped by the VMM, or a queue of the hardware given to it.
 */
import type { Cost, PlatformProfile } from '../../src/platforms/profile';
import { OpKind } from '../../src/trace/operations';
import { closedLoop, shipped, steadyNs } from './measure';
import { mapBenchmark } from './workloads';

const GRACE: readonly [pages: number, trapped: number, hardware: number][] = [
  [1, 35.7, 5.3],
  [4, 41.8, 6.8],
  [16, 68.9, 9.9],
  [32, 109.0, 12.6],
  [64, 187.1, 18.0],
];

/** What one unmap costs, all in: a fixed part and a part per page, ns. Fitted to each column. */
const TRAPPED = { fixed: 32_000, perPage: 2_420 };
const HARDWARE = { fixed: 6_000, perPage: 190 };

export interface TrappedRow {
  pages: number;
  trapped: number;
  publishedTrapped: number;
  hardware: number;
  publishedHardware: number;
}

/** Time of an unmap, us. */
export function trappedRows(): TrappedRow[] {
  return GRACE.map(([pages, publishedTrapped, publishedHardware]) => ({
    pages,
    trapped: unmapUs(guest(TRAPPED), pages),
    publishedTrapped,
    hardware: unmapUs(guest(HARDWARE), pages),
    publishedHardware,
  }));
}

function unmapUs(platform: PlatformProfile, pages: number): number {
  const operations = mapBenchmark(1, pages, 200);
  return steadyNs(operations, closedLoop(operations, 'strict', platform), OpKind.Unmap) / 1000;
}

/**
 * An SMMUv3 guest: one TLBI per page and a CMD_SYNC, at the fitted prices; the fit is of the whole call, so all else that
 * an unmap does is free here.
 */
function guest({ fixed, perPage }: { fixed: number; perPage: number }): PlatformProfile {
  const platform = shipped('smmuv3');
  const cost = (ns: number): Cost => ({
    ns,
    low: ns,
    high: ns,
    source: 'N. Chen, HW QUEUE v9, 2025-07, fit to five sizes, whole call',
    provenance: 'derived',
  });
  const free = ['OperationBase', 'TableWalk', 'UnmapCall', 'PteClear', 'IovaCacheFree', 'IovaTreeFree'];
  const costs: Record<string, Cost> = {
    ...platform.costs,
    InvalidationWait: cost(fixed),
    PageInvalidation: cost(perPage),
    InvalidationCommand: cost(perPage),
  };
  for (const work of free) costs[work] = cost(0);
  return { ...platform, id: 'smmuv3-guest', title: 'SMMUv3 guest', costs, contention: [] };
}
