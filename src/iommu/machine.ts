/**
 * The simulated machine: one `DomainMachine` per IOMMU domain, and the hardware that the domains share.
 * It counts work in the words of `Work` and knows no cost.
 *
 * Units: IOVA and physical pages are 4 KiB page numbers held in doubles; times are ns of the log's clock.
 */
import type { MachineCounters } from './counters';
import type { Gauges } from './gauges';
import type { LockRegistry } from './locks';
import type { MachineTraits } from './traits';
import type { WorkLog } from './work';

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
  /** Top of physical memory, 4 KiB pages: what a device reaches when nothing restrains it. */
  ramPages: number;
  /** Size of the static bounce pool, bytes; the kernel's default is 64 MiB. */
  swiotlbBytes?: number;
  /** Remember the last stale window of each IOVA, so that `probe` can look back. Costs time; needed for rogue writes. */
  trackRogueWrites?: boolean;
}

/** A kind of map that could not be served: how often, and what it means for the user. */
export interface Failure {
  reason: string;
  advice: string;
  count: number;
  /** Mapping number of the first. */
  firstMapping: number;
}

/** From unmap to completed invalidation. */
export interface StaleSummary {
  windows: number;
  /** Sum over windows of pages × ns. */
  pageNs: number;
  maxNs: number;
}

export interface DeviceSideSummary {
  touchedPages: number;
  iotlbMisses: number;
  /** Page-table entries that the hardware had to read. */
  memoryReads: number;
}

/** What became of a device access. */
export enum AccessOutcome {
  /** Reached memory through a live mapping (or there is nothing to stop it). */
  Hit,
  /** Reached memory through a translation that was already unmapped. */
  StaleHit,
  /** A translation exists but forbids it, or it ended in a bounce page: the buffer is untouched. */
  Blocked,
  /** No translation: a fault, reported and dropped. */
  Faulted,
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

/** One domain, as replay sees it; policies see its parts as well. */
export interface DomainMachine {
  readonly index: number;
  readonly name: string;
  readonly log: WorkLog;
  /** Earliest moment, ns, at which a timer of this domain (flush queue, depot, pool eviction) wants to run; Infinity: none. */
  nextTimer(): number;
  /** CPU on which that timer was armed. */
  timerCpu(): number;
  /** Runs every timer that is due at `log.now()`, on the CPU at work. */
  runTimers(): void;
  /**
   * What happens to a device write (or read) to the address that `mapping` was given, at time `at`, ns (not after now, and
   * not before the unmap): used for accesses that come after the unmap.
   */
  probe(mapping: number, at: number, write: boolean): AccessOutcome;
}
