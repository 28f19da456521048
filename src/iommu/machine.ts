/**
 * The simulated machine: one `DomainMachine` per IOMMU domain, and the hardware that the domains share.
 * It counts work in the words of `Work` and knows no cost. `createMachine` (create-machine.ts) makes one.
 *
 * Units: IOVA and physical pages are 4 KiB page numbers held in doubles; times are ns of the log's clock.
 */
import type { StaleSummary } from './context';
import type { MachineCounters } from './counters';
import type { DirtyMode } from './dirty/dirty-mode';
import type { DirtyTracking } from './dirty/dirty-tracking';
import type { DomainMachine } from './domain-machine';
import type { Failure } from './failures';
import type { Gauges } from './gauges';
import type { LockRegistry } from './locks';
import type { MachineTraits } from './traits';
import type { WorkLog } from './work';

export { AccessOutcome } from './access-outcome';
export type { DirtyMode } from './dirty/dirty-mode';
export type { DirtySummary, DirtyTracking } from './dirty/dirty-tracking';
export type { DomainMachine };

export interface DeviceConfig {
  /** Number by which operations name the device. */
  id: number;
  name: string;
  /** The device keeps translations of its own, which must be invalidated as well. */
  ats: boolean;
  untrusted: boolean;
}

export interface DomainConfig {
  name: string;
  devices: readonly DeviceConfig[];
}

export interface MachineOptions {
  /** CPUs are dense: 0 .. cpus - 1. */
  cpus: number;
  traits: MachineTraits;
  domains: readonly DomainConfig[];
  /** Number of distinct mapping numbers that operations will carry. */
  mappings: number;
  /** Top of physical memory, 4 KiB pages: what a device reaches when nothing restrains it. A platform's guest memory may be more. */
  ramPages: number;
  /** Size of the static bounce pool, bytes; the kernel's default is 64 MiB. */
  swiotlbBytes?: number;
  /** Remember the last stale window of each IOVA, so that `probe` can look back. Costs time; needed for rogue writes. */
  trackRogueWrites?: boolean;
  /** Track which pages devices write, as a hypervisor would. */
  dirty?: DirtyMode;
}

export interface DeviceSideSummary {
  touchedPages: number;
  iotlbMisses: number;
  /** Page-table entries that the hardware had to read. */
  memoryReads: number;
  /** Look-ups that the paging-structure caches did not hold, by reach: 2^39, 2^30 and 2^21 bytes. */
  readonly upperMisses: readonly [number, number, number];
}

export interface Machine {
  /** Counts only while counting is on; parts and policies write to this one. */
  readonly log: WorkLog;
  readonly locks: LockRegistry;
  readonly counters: MachineCounters;
  readonly gauges: Gauges;
  readonly stale: StaleSummary;
  readonly deviceSide: DeviceSideSummary;
  readonly failures: readonly Failure[];
  /** Present when dirty tracking was asked for. */
  readonly dirty: DirtyTracking | undefined;
  /** In the order of `MachineOptions.domains`. */
  readonly domains: readonly DomainMachine[];
  /**
   * Off: work, locks and counters are discarded while state still changes (for mappings made before the recording).
   * On: counters start from zero and peaks from the present levels.
   */
  setCounting(on: boolean): void;
  /** Violated invariants, in words; empty when the machine is sound. */
  check(): string[];
}
