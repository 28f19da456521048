/** What a replay yields. Counted and modelled numbers are kept apart: `counters`, `exposure.*Pages`, `memory` are counted; everything in ns is modelled. */
import type { MachineCounters } from '../iommu/counters';
import type { Component } from '../iommu/work';
import type { Scenario } from './scenario';

/** See `MachineCounters` for what each counts. `failedMaps`: swiotlb full, locked-memory limit, entry limit. */
export type Counters = MachineCounters;

export interface TimeResult {
  /** Sum over CPUs of modelled time spent in DMA calls, ns. */
  cpuNs: number;
  /** Closed-loop makespan: think time kept, recorded cost replaced, ns. */
  makespanNs: number;
  /** Of the makespan, over the policy the trace was recorded under. */
  speedup: number;
  components: Record<Component, number>;
  /** cpuNs at the low and at the high end of the platform's numbers. */
  band: [number, number];
  byCpu: number[];
  /** One-time work before the first operation (identity tables, pre-mapped pools), ns; not part of `cpuNs`. */
  setupNs: number;
}

export interface ExposureResult {
  readablePagesPeak: number;
  writablePagesPeak: number;
  staleWindows: number;
  stalePageNs: number;
  staleMaxNs: number;
  /** Bytes of other data in pages that the device can reach, at the worst moment. */
  subPageBytesPeak: number;
  rogue?: { injected: number; blocked: number; faulted: number; staleHit: number; hit: number };
}

export interface MemoryResult {
  poolBytesPeak: number;
  iovaBytesPeak: number;
  pageTableBytesPeak: number;
  lockedBytesPeak: number;
  queuedPagesPeak: number;
}

export interface DirtyResult {
  truthPages: number;
  reportedPages: number;
  missedPages: number;
  overReportedPages: number;
  extraInvalidations: number;
  walkedEntries: number;
}

export interface DeviceResult {
  iotlbMissesPer4k: number;
  memoryReadsPer4k: number;
  /** Misses of the paging-structure caches, by the reach of their entries: 2^39, 2^30 and 2^21 bytes. */
  upperMissesPer4k: [number, number, number];
  /** Bound by translation, bytes per second; Infinity when the platform has no device model. */
  throughputBound: number;
}

/** One quantity over trace time: bucket i covers [i, i + 1) · bucketNs and holds the bucket's maximum (levels) or sum (rates). */
export interface Series {
  id: string;
  title: string;
  unit: string;
  modelled: boolean;
  bucketNs: number;
  values: Float64Array;
}

/** Something a replay has to tell in words: why a number is a bound, what was assumed, which limit was hit. */
export interface Finding {
  severity: 'info' | 'warning' | 'error';
  text: string;
  /** Operation it concerns first; -1: the replay as a whole. */
  operation: number;
}

export interface ReplayResult {
  scenario: Scenario;
  /** Of the trace, in all its copies. */
  operations: number;
  counters: Counters;
  time: TimeResult;
  exposure: ExposureResult;
  memory: MemoryResult;
  dirty: DirtyResult;
  device: DeviceResult;
  series: Series[];
  findings: Finding[];
  /** Modelled ns of each operation, lock waits included; a drain is charged to the operation (or timer) that ran it. */
  operationNs: Float32Array;
  /** Work by kind, counted, indexed by `Work`. */
  work: Float64Array;
  /** Work that occurred, set-up included, and that the platform has no price for: units by kind. It costs nothing in any time above. */
  unpriced: Record<string, number>;
  /** Work of the set-up, counted, indexed by `Work`; not part of `work`. */
  setupWork: Float64Array;
}
