/**
 * The engine's one interface: the editor and the command line are its only clients. Everything here survives a
 * structured clone, so the same calls run in-process, over a worker port, and (relayed) in the panel.
 */
import type { ImportReport, OpKind } from '../trace/operations';
import type { Component } from '../iommu/work';
import type { ParameterSchema, Parameters } from '../policies/policy';
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
import type { DirtyTracking, Loop } from '../replay/scenario';

/** A file on the machine where the engine runs, or its bytes (untitled documents, virtual file systems). */
export type TraceSource = { path: string } | { bytes: Uint8Array; name: string };

/** 0..1 and a few words; called at most ten times a second. */
export type Progress = (fraction: number, what: string) => void;

export interface CallOptions {
  progress?: Progress;
  signal?: AbortSignal;
}

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
}

export interface ScenarioRequest {
  /** Policy id. */
  policy: string;
  /** Only what differs from the policy's defaults. */
  params?: Parameters;
  /** Platform id, or the JSON text of a user's platform. */
  platform: string;
  dirtyTracking?: DirtyTracking;
  loop?: Loop;
  scaleCpus?: number;
  rogueWriteAfterNs?: number;
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
  params: Parameters;
  platform: string;
  platformTitle: string;
  dirtyTracking: DirtyTracking;
  loop: Loop;
  operations: number;
  counters: Counters;
  time: TimeResult;
  exposure: ExposureResult;
  memory: MemoryResult;
  dirty: DirtyResult;
  device: DeviceResult;
  series: Series[];
  findings: Finding[];
}

/** A policy that could not be replayed on this trace or platform, and why. */
export interface Refusal {
  policy: string;
  platform: string;
  reason: string;
}

export type HotspotGrouping = 'operation' | 'device' | 'call-site' | 'size' | 'line';

export interface Hotspot {
  /** What is hot: a device name, a call site, a size class, or an operation in words. */
  label: string;
  operations: number;
  totalNs: number;
  share: number;
  meanNs: number;
  maxNs: number;
  /** Total under the baseline run, when one was given. */
  baselineNs?: number;
  /** 1-based trace line of the costliest operation of the group. */
  line: number;
  /** Lines of the costliest operations, at most 16. */
  lines: number[];
}

/** Modelled cost of the operation that begins or ends on a line. */
export interface LineAnnotation {
  /** 1-based. */
  line: number;
  operation: number;
  kind: OpKind;
  ns: number;
  baselineNs?: number;
  /** Rank among all operations of the run, 1 = costliest. */
  rank: number;
}

export interface FieldText {
  name: string;
  value: string;
}

/** What a hover shows: the event decoded, its operation, its partner, its cost per run. */
export interface LineExplanation {
  line: number;
  event: string;
  fields: FieldText[];
  operation?: {
    id: number;
    title: string;
    fields: FieldText[];
    /** 1-based lines of the operation's events. */
    lines: number[];
    partnerLine?: number;
    lifetimeNs?: number;
    costs: { runId: string; name: string; ns: number }[];
  };
}

export interface ComparisonRow {
  metric: string;
  unit: string;
  modelled: boolean;
  /** Smaller is better (true), larger is better (false), neither (undefined). */
  smallerIsBetter?: boolean;
  /** One per run, in the order asked for; undefined where the run has no such number, with the reason. */
  values: (number | undefined)[];
  absent?: string;
}

export interface Comparison {
  runs: { runId: string; name: string }[];
  baseline: string;
  rows: ComparisonRow[];
  /** Why the runs should not be compared (other trace, other platform numbers); empty: fine. */
  warnings: string[];
}

export interface PolicyInfo {
  id: string;
  title: string;
  description: string;
  exposes: string;
  source: string;
  bound: boolean;
  parameters: Record<string, ParameterSchema>;
}

export interface CostInfo {
  work: string;
  component: Component;
  ns: number;
  low: number;
  high: number;
  source: string;
  provenance: string;
}

export interface PlatformInfo {
  id: string;
  title: string;
  description: string;
  kind: string;
  costs: CostInfo[];
}

export interface FormatInfo {
  id: string;
  title: string;
  description: string;
  /** A command that records it. */
  record: string;
}

/** The engine. A call that fails rejects with an `EngineError`; a cancelled one with an AbortError. */
export interface Engine {
  /**
   * The decompressed bytes of a source, whether or not it is a trace. Rejects with an `EngineError` that names both
   * sizes when there are more than `maxBytes`.
   */
  text(source: TraceSource, maxBytes: number, options?: CallOptions): Promise<Uint8Array>;
  open(source: TraceSource, options?: CallOptions): Promise<TraceSummary>;
  close(traceId: string): Promise<void>;
  /** Replays each scenario; those that cannot run on the trace are refused with a reason, the others still run. */
  replay(
    traceId: string,
    scenarios: ScenarioRequest[],
    options?: CallOptions,
  ): Promise<{ runs: RunSummary[]; refused: Refusal[] }>;
  forget(runId: string): Promise<void>;
  hotspots(runId: string, by: HotspotGrouping, top: number, baseline?: string): Promise<Hotspot[]>;
  /** Annotations of lines from..to (1-based, inclusive) whose rank is at most `top`. */
  annotations(runId: string, from: number, to: number, top: number, baseline?: string): Promise<LineAnnotation[]>;
  explain(traceId: string, line: number): Promise<LineExplanation | undefined>;
  compare(runs: string[], baseline: string): Promise<Comparison>;
  policies(): Promise<PolicyInfo[]>;
  platforms(): Promise<PlatformInfo[]>;
  formats(): Promise<FormatInfo[]>;
}

/** A failure in the user's terms: one line that says what is wrong, and one that says what to do. */
export class EngineError extends Error {
  constructor(
    message: string,
    readonly advice: string,
  ) {
    super(message);
    this.name = 'EngineError';
  }
}
