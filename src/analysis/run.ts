/** What is known of an opened trace and of a finished replay, without their columns: the figures every view starts from. */
import type { ImportReport } from '../trace/operations';
import type {
  Counters,
  DeviceResult,
  DirtyResult,
  ExposureResult,
  Finding,
  MemoryResult,
  Series,
  TimeResult,
} from '../replay/result';
import type { DirtyTracking, Loop, Scenario } from '../replay/scenario';

export interface DeviceSummary {
  name: string;
  assumed: boolean;
  ats: boolean;
  untrusted: boolean;
  domain: string;
  maps: number;
  unmaps: number;
  mappedBytes: number;
  /** Maps by direction name. */
  directions: Record<string, number>;
}

export interface TraceSummary {
  traceId: string;
  name: string;
  /** SHA-256 of the decompressed bytes, first 16 hex digits. */
  fingerprint: string;
  report: ImportReport;
  devices: DeviceSummary[];
  /** What is wrong with an input that could be read in part only: of what is missing nothing here knows. */
  damage?: { message: string; advice: string };
}

/** One finished replay, without its per-operation columns (those stay in the engine and are asked for by range). */
export interface RunSummary {
  runId: string;
  traceId: string;
  fingerprint: string;
  /** For people: policy title with the parameters that differ from the default, and the platform. */
  name: string;
  policy: string;
  policyTitle: string;
  params: Scenario['params'];
  platform: string;
  platformTitle: string;
  dirtyTracking: DirtyTracking;
  loop: Loop;
  /** Of the trace, in all its copies where it was scaled to more CPUs. */
  operations: number;
  counters: Counters;
  time: TimeResult;
  exposure: ExposureResult;
  memory: MemoryResult;
  dirty: DirtyResult;
  device: DeviceResult;
  series: Series[];
  findings: Finding[];
  /** Work that occurred and that the platform has no price for: counted, free of cost in all times. Units by kind. */
  unpriced: Record<string, number>;
}
