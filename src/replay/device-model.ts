import type { DeviceSideSummary } from '../iommu/machine';
import type { DeviceModel } from '../platforms/profile';
import type { DeviceResult } from './result';

const PAGE = 4096;

/**
 * What the devices get: T = 4 KiB / (l0 + M·lm) with M page-table reads per 4 KiB, up to the platform's ceiling.
 *
 * Source: Rubin et al., Fast & Safe, SOSP 2024 (l0 = 65 ns, lm = 197 ns: M = 1.76 gives 79.6 Gb/s, about 80 published).
 */
export function deviceResult(side: DeviceSideSummary, model: DeviceModel | undefined): DeviceResult {
  const pages = Math.max(1, side.touchedPages);
  const memoryReadsPer4k = side.memoryReads / pages;
  return {
    iotlbMissesPer4k: side.iotlbMisses / pages,
    memoryReadsPer4k,
    upperMissesPer4k: [side.upperMisses[0] / pages, side.upperMisses[1] / pages, side.upperMisses[2] / pages],
    throughputBound: model ? throughputOf(memoryReadsPer4k, model) : Infinity,
  };
}

/** Bytes per second with that many page-table reads per 4 KiB. */
export function throughputOf(memoryReadsPer4k: number, model: DeviceModel): number {
  const bound = (PAGE / (model.l0Ns + memoryReadsPer4k * model.lmNs)) * 1e9;
  return Math.min(bound, model.ceilingBytesPerSecond ?? Infinity);
}

/**
 * The least time that requests take which the device serves `queueDepth` at a time: each is on a CPU, on the wire and under
 * way in the device. 0 where the platform does not say how long that last part is. ns.
 * @param cpuNs CPU time spent on them, think time included
 * @param transferNs time that their bytes take at the throughput bound
 */
export function queueBoundNs(
  requests: number,
  cpuNs: number,
  transferNs: number,
  model: DeviceModel | undefined,
): number {
  if (model?.queueDepth === undefined || model.latencyNs === undefined) return 0;
  return (cpuNs + transferNs + requests * model.latencyNs) / model.queueDepth;
}
