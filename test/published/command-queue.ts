/** One SMMUv3 command queue: many CPUs on it (Kunpeng 920), and the price of a page's TLBI (Morello, Snapdragon X). */
import type { PlatformProfile } from '../../src/platforms/profile';
import { OpKind } from '../../src/trace/operations';
import { closedLoop, errorOf, shipped, steadyNs } from './measure';
import { mapBenchmark } from './workloads';

/**
 * J. Garry, "arm-smmu-v3: Improve cmdq lock efficiency", 2020-08-21: map-unmap pairs per CPU and second, thousands
 * (lore.kernel.org/r/1598018062-175608-1-git-send-email-john.garry@huawei.com).
 */
const KUNPENG: readonly [cpus: number, mainline: number, withoutCmpxchg: number][] = [
  [8, 282, 302],
  [16, 115, 193],
  [32, 36, 80],
  [64, 11, 30],
];

/** What a turn of the author's loop takes outside the DMA API, ns: fitted, one number for both kernels. */
const LOOP_NS = 2500;

/** The queue with the cmpxchg loop replaced, as the patch does: its law is a fit to the second row of the same table. */
function withoutCmpxchg(): PlatformProfile {
  const platform = shipped('smmuv3');
  const contention = [
    { lock: 'smmu-cmdq', s0: 275, s1: 4.5, source: 'J. Garry, 2020-08-21, row of the patched kernel, 8 to 64 CPUs' },
  ];
  return { ...platform, id: 'smmuv3-patched', title: 'Arm SMMUv3, patched command queue', contention };
}

export interface QueueRow {
  cpus: number;
  mainline: number;
  publishedMainline: number;
  patched: number;
  publishedPatched: number;
}

/** Map-unmap pairs per CPU and second, thousands: predicted and published. */
export function queueRows(): QueueRow[] {
  return KUNPENG.map(([cpus, publishedMainline, publishedPatched]) => ({
    cpus,
    mainline: pairRate(shipped('smmuv3'), cpus),
    publishedMainline,
    patched: pairRate(withoutCmpxchg(), cpus),
    publishedPatched,
  }));
}

/** Thousands of one-page pairs per CPU and second. */
export function pairRate(platform: PlatformProfile, cpus: number): number {
  const turns = 200;
  return (turns / closedLoop(mapBenchmark(cpus, 1, turns, LOOP_NS), 'strict', platform).time.makespanNs) * 1e6;
}

/** Largest share by which the predicted rates are off. */
export function worstQueueError(rows: readonly QueueRow[]): number {
  return Math.max(
    ...rows.flatMap(row => [
      Math.abs(errorOf(row.mainline, row.publishedMainline)),
      Math.abs(errorOf(row.patched, row.publishedPatched)),
    ]),
  );
}

/** M. Saleh, dma_map_benchmark with one thread, 2025-12-11 (Morello) and its v7 (Snapdragon X); us, printed to 0.1. */
const SALEH: readonly [machine: string, tlbiNs: number, pages: number, map: number, unmap: number][] = [
  ['Morello', 81, 1, 0.1, 0.6],
  ['Morello', 81, 256, 0.8, 21.2],
  ['Snapdragon X', 206, 1, 0, 1.8],
  ['Snapdragon X', 206, 256, 0.5, 54.3],
];

export interface TlbiRow {
  machine: string;
  pages: number;
  map: number;
  publishedMap: number;
  unmap: number;
  publishedUnmap: number;
}

/** Map and unmap of one buffer, us. */
export function tlbiRows(): TlbiRow[] {
  return SALEH.map(([machine, tlbiNs, pages, publishedMap, publishedUnmap]) => {
    const operations = mapBenchmark(1, pages, 400);
    const result = closedLoop(operations, 'strict', withTlbi(tlbiNs));
    return {
      machine,
      pages,
      map: steadyNs(operations, result, OpKind.Map) / 1000,
      publishedMap,
      unmap: steadyNs(operations, result, OpKind.Unmap) / 1000,
      publishedUnmap,
    };
  });
}

function withTlbi(ns: number): PlatformProfile {
  const platform = shipped('smmuv3');
  const { costs } = platform;
  return {
    ...platform,
    contention: [],
    costs: {
      ...costs,
      PageInvalidation: { ...costs.PageInvalidation, ns },
      InvalidationCommand: { ...costs.InvalidationCommand, ns },
    },
  };
}
