/**
 * Rubin et al., "Fast & Safe IO Memory Protection", SOSP 2024: five flows into a 100 Gb/s NIC under strict on Linux 6.0, with
 * the counters of the IOMMU read. The set-up is generated from what the paper says of it; nothing is fitted to these figures
 * but the two times of the throughput law, which are the paper's own.
 */
import type { PlatformProfile } from '../../src/platforms/profile';
import { throughputOf } from '../../src/replay/device-model';
import { replay } from '../../src/replay/replay';
import type { ReplayResult } from '../../src/replay/result';
import { buildScenario } from '../../src/replay/scenario-build';
import type { OperationTable } from '../../src/trace/operations';
import { shipped } from './measure';
import { PAGE, receiveRings } from './workloads';

const SETUP = { flows: 5, ringPackets: 256, descriptorPages: 64, descriptors: 200, bitsPerSecond: 80e9 };

export interface ReceiveFigures {
  /** Per 4 KiB received. */
  iotlbMisses: number;
  /** Of the paging-structure caches, by reach: 2^39, 2^30 and 2^21 bytes. */
  upperMisses: [number, number, number];
  memoryReads: number;
  /** Bound by translation. */
  deviceGbps: number;
}

export const PUBLISHED_RECEIVE: ReceiveFigures = {
  iotlbMisses: 1.3,
  upperMisses: [0.05, 0.05, 0.36],
  memoryReads: 1.76,
  deviceGbps: 80,
};

/** Gb/s that the paper's law gives with its own number of memory reads. */
export function gbpsByPublishedReads(): number {
  return (throughputOf(PUBLISHED_RECEIVE.memoryReads, shipped('vtd-bare-metal').device!) * 8) / 1e9;
}

export interface ReceiveRow extends ReceiveFigures {
  /** What the CPUs can unmap and map again, Gb/s. */
  cpuGbps: number;
}

/** The set-up under a policy, pages arriving at the published rate. */
export function receiveRow(policy: string, platform: PlatformProfile): ReceiveRow {
  const operations = receiveRings(SETUP);
  const result = replay(operations, buildScenario({ policy, platform }));
  const { device } = result;
  return {
    iotlbMisses: device.iotlbMissesPer4k,
    upperMisses: device.upperMissesPer4k,
    memoryReads: device.memoryReadsPer4k,
    deviceGbps: (device.throughputBound * 8) / 1e9,
    cpuGbps: cpuGbps(operations, result),
  };
}

/**
 * Before 6.10 a domain had no lock that is held until an invalidation is done (cache_lock in drivers/iommu/intel/cache.c):
 * waits of several CPUs overlap.
 */
export function linux60(): PlatformProfile {
  const source = 'Linux before 6.10: no per-domain cache lock';
  return { ...shipped('vtd-bare-metal'), contention: [{ lock: 'vtd-domain-cache', s0: 0, s1: 0, source }] };
}

function cpuGbps(operations: OperationTable, { time }: ReplayResult): number {
  const bytes = operations.mappings * PAGE;
  const busiest = time.byCpu.reduce((most, ns) => Math.max(most, ns), 0);
  return (bytes * 8) / busiest;
}
