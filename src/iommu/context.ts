import type { MachineCounters } from './counters';
import type { DeviceSide } from './device-side';
import type { DirtyTracking } from './dirty/dirty-tracking';
import type { Failures } from './failures';
import type { GatedLog } from './gated-log';
import type { Gauges } from './gauges';
import type { LockRegistry } from './locks';
import type { MappingTable } from './mapping-table';
import type { Swiotlb } from './swiotlb';
import type { MachineTraits } from './traits';

/** From unmap to completed invalidation. */
export interface StaleSummary {
  windows: number;
  /** Sum over windows of pages × ns. */
  pageNs: number;
  maxNs: number;
}

/** What the domains of one machine share. */
export interface MachineContext {
  readonly log: GatedLog;
  readonly locks: LockRegistry;
  readonly counters: MachineCounters;
  readonly gauges: Gauges;
  readonly stale: StaleSummary;
  readonly failures: Failures;
  readonly traits: MachineTraits;
  readonly cpus: number;
  /** Number of domains. */
  readonly domains: number;
  /** All of memory, 4 KiB pages. */
  readonly ramPages: number;
  readonly mappings: MappingTable;
  readonly deviceSide: DeviceSide;
  readonly swiotlb: Swiotlb;
  readonly trackRogueWrites: boolean;
  /** Present when a hypervisor tracks which pages devices write. */
  readonly dirty: DirtyTracking | undefined;
  /** Between two reads of all dirty bits, ns. */
  readonly dirtyIntervalNs: number;
}
