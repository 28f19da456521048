/**
 * The engine's one interface: the editor and the command line are its only clients. Everything here survives a
 * structured clone, so the same calls run in-process, over a worker port, and (relayed) in the panel.
 */
import type { Component } from '../iommu/work';
import type { ParameterSchema, Parameters } from '../policies/policy';
import type { DirtyTracking, Loop, MachineChanges, ViewChange } from '../replay/scenario';
import type { ExportFormat } from '../report/export';
import type { AddressSpaceReport, LockLimits } from '../analysis/address-spaces';
import type { LineAnnotation } from '../analysis/annotations';
import type { Comparison } from '../analysis/compare';
import type { Points } from '../analysis/decimate';
import type { DiagnosticsReport } from '../analysis/diagnostics';
import type { Distribution } from '../analysis/distributions';
import type { Divergence } from '../analysis/divergence';
import type { LineExplanation } from '../analysis/explain';
import type { Facet } from '../analysis/facets';
import type { FilterHelp } from '../analysis/filter/help';
import type { Hotspot, HotspotGrouping } from '../analysis/hotspots';
import type { Pareto } from '../analysis/pareto';
import type { LineFacts } from '../analysis/line-facts';
import type { RelatedLines, RelatedScope } from '../analysis/navigation';
import type { OutlineNode } from '../analysis/outline';
import type { OperationColumn, OperationPage } from '../analysis/operation-page';
import type { RunSummary, TraceSummary } from '../analysis/run';
import type { FilteredLines, Selection, TimeRange } from '../analysis/select';
import type { Sensitivity } from '../analysis/sensitivity';
import type { Sweep, SweepParameter } from '../analysis/sweep';
import type { Workload } from '../analysis/workload';
import type { Direction, TextLines } from './text/text-lines';

export type { ExportFormat } from '../report/export';
export { DIRTY_TRACKING, type MachineChanges, type ViewChange } from '../replay/scenario';
export type { AddressSpaceReport, LockLimits, ViewSwitch } from '../analysis/address-spaces';
export type { LineAnnotation } from '../analysis/annotations';
export type { Comparison, ComparisonRow } from '../analysis/compare';
export type { Points } from '../analysis/decimate';
export type { DiagnosticKind, DiagnosticsReport, TraceDiagnostic } from '../analysis/diagnostics';
export type { Distribution, DistributionSet } from '../analysis/distributions';
export type { Divergence, DivergentLine } from '../analysis/divergence';
export type { FieldText, LineExplanation } from '../analysis/explain';
export type { Facet, FacetField, FacetValue } from '../analysis/facets';
export type { FilterError } from '../analysis/filter/query';
export type { FilterCompletion, FilterHelp } from '../analysis/filter/help';
export type { Hotspot, HotspotGrouping } from '../analysis/hotspots';
export type { Pareto, ParetoPoint } from '../analysis/pareto';
export type { LineFacts } from '../analysis/line-facts';
export type { RelatedLines, RelatedScope } from '../analysis/navigation';
export type { OutlineNode } from '../analysis/outline';
export type { OperationColumn, OperationPage, OperationRow } from '../analysis/operation-page';
export type { DeviceSummary, RunSummary, TraceSummary } from '../analysis/run';
export type { FilteredLines, Selection, TimeRange } from '../analysis/select';
export type { Sensitivity, SensitivityBar } from '../analysis/sensitivity';
export type { Sweep, SweepParameter, SweepPoint } from '../analysis/sweep';
export type { Workload, WorkloadFact } from '../analysis/workload';
export type { Direction, TextExtent, TextLines } from './text/text-lines';

/** A file on the machine where the engine runs, or its bytes (untitled documents, virtual file systems). */
export type TraceSource = { path: string } | { bytes: Uint8Array; name: string };

/** The most common machine; every output names the platform that its prices are from. */
export const DEFAULT_PLATFORM = 'vtd-bare-metal';

/** 0..1 and a few words; called at most ten times a second. */
export type Progress = (fraction: number, what: string) => void;

export interface CallOptions {
  progress?: Progress;
  signal?: AbortSignal;
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
  /** Moments at which the guest changes what its devices see. */
  switches?: readonly ViewChange[];
  /** Facts of the platform's machine that differ, by name (see the platform's file). */
  machine?: MachineChanges;
}

/** A policy that could not be replayed on this trace or platform, and why. */
export interface Refusal {
  policy: string;
  platform: string;
  reason: string;
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

export interface OperationsRequest extends Selection {
  /** Runs whose costs are shown; `cost` in the filter asks about the first. */
  runIds: string[];
  /** Absent: as recorded. `runId`: the run that `cost` sorts by, the first when absent. */
  sort?: { column: OperationColumn; runId?: string; descending: boolean };
  offset: number;
  count: number;
}

export interface DivergenceRequest {
  range?: TimeRange;
  /** At most so many points of the running difference. */
  points: number;
  /** At most so many lines. */
  top: number;
}

export interface CalibratedPlatform {
  /** The platform's file: JSON text, as scenarios take it. */
  json: string;
  title: string;
  /** Work whose price was measured; every other price is the base's. */
  measured: CostInfo[];
  used: { name: string; policy: string; pages: number; calls: number; interrupted: number; cut: number }[];
  unused: { name: string; reason: string }[];
}

/** The engine. A call that fails rejects with an `EngineError`; a cancelled one with an AbortError. */
export interface Engine {
  /**
   * The decompressed bytes of a source, whether or not it is a trace. Rejects with an `EngineError` of code `too-large`
   * as soon as there are more than `maxBytes`.
   */
  text(source: TraceSource, maxBytes: number, options?: CallOptions): Promise<Uint8Array>;
  /** Opens a source's text to be read by lines, from its first bytes on: its lines are counted meanwhile. */
  openText(source: TraceSource): Promise<string>;
  /** Lines first..first+count-1 (1-based), fewer only at the end; waits for lines that are not counted yet. */
  lines(textId: string, first: number, count: number): Promise<TextLines>;
  /** Some lines (1-based, ascending), once all are counted. */
  pickLines(textId: string, lines: Uint32Array): Promise<string[]>;
  /**
   * The nearest line (1-based) that matches a pattern without the flags g and y, from the neighbour of line `from` on,
   * around the text's end and back to `from` itself; undefined: none.
   */
  findLine(
    textId: string,
    pattern: RegExp,
    from: number,
    direction: Direction,
    options?: CallOptions,
  ): Promise<number | undefined>;
  closeText(textId: string): Promise<void>;
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
  /** A page of the operations selected, with their costs in each run, in the order of a column. */
  operations(traceId: string, request: OperationsRequest): Promise<OperationPage>;
  /** Problems of a filter and completions at the caret; `cost` is a problem without a run. */
  filterHelp(traceId: string, text: string, caret: number, runId?: string): Promise<FilterHelp>;
  /** Lines of the operations selected, at most `limit`; `cost` in the filter asks about the run. */
  filter(traceId: string, selection: Selection, limit: number, runId?: string): Promise<FilteredLines>;
  /** How sizes, lifetimes and concurrency are spread, and the costs of each run. */
  distributions(traceId: string, runIds: string[], selection: Selection): Promise<Distribution[]>;
  /** Counted facts of the operations selected; `cost` in the filter asks about the run. */
  workload(traceId: string, selection: Selection, runId?: string): Promise<Workload>;
  /** Values of the operations selected, at most `limit` of each facet; `cost` in the filter asks about the run. */
  facets(traceId: string, selection: Selection, limit: number, runId?: string): Promise<Facet[]>;
  /** What looks wrong or expensive in the trace itself; at most `cap` findings of each kind. */
  diagnostics(traceId: string, cap: number): Promise<DiagnosticsReport>;
  /** 1-based line of the first event at or after a time, ns since the first event. */
  lineAt(traceId: string, timeNs: number): Promise<number | undefined>;
  /** Facts about the event lines from..to (1-based, inclusive). */
  lineFacts(traceId: string, from: number, to: number): Promise<LineFacts>;
  /** Where the thing on a line began (1-based): unmap and sync -> map, free -> alloc, fault and invalidation -> last map of that page. */
  definition(traceId: string, line: number): Promise<number | undefined>;
  /** Event lines that have something in common with the event on a line. */
  related(traceId: string, line: number, scope: RelatedScope, limit: number): Promise<RelatedLines>;
  /** Phases, devices and bursts; with the costs of a run (and a baseline) where one is given. */
  outline(traceId: string, runId?: string, baseline?: string): Promise<OutlineNode[]>;
  lineOfOperation(traceId: string, operation: number): Promise<number | undefined>;
  /** Next event after a line (1-based; 0: from the start) whose IOVA range holds an address, wrapping at the end. */
  lineOfAddress(traceId: string, address: number, after: number): Promise<number | undefined>;
  /** Runs as a file: every figure, with what is counted and what is modelled; `perfetto` adds the operations over time. */
  export(runs: string[], baseline: string, format: ExportFormat, options?: CallOptions): Promise<Uint8Array>;
  /** The trace's own text of the lines that begin in a time range (ns), with the header lines that it needs to be read again. */
  clip(traceId: string, fromNs: number, toNs: number, options?: CallOptions): Promise<Uint8Array>;
  /** The trace with addresses rebased and names replaced, which still replays to the same counts. */
  sanitize(traceId: string, options?: CallOptions): Promise<Uint8Array>;
  /** A run's series between two times (ns), at most `points` points that draw the same picture. */
  series(runId: string, seriesId: string, fromNs: number, toNs: number, points: number): Promise<Points>;
  /** The trade-off between the runs on cost, exposure and memory. */
  pareto(runs: string[]): Promise<Pareto>;
  /** Where two runs of one trace part. */
  divergence(runId: string, baseline: string, request: DivergenceRequest): Promise<Divergence>;
  sweepParameters(runId: string): Promise<SweepParameter[]>;
  /** Replays the run's scenario once for each value of a parameter: takes as long as so many replays. */
  sweep(runId: string, parameter: string, from: number, to: number, options?: CallOptions): Promise<Sweep>;
  /** How much of the run's cost hangs on each price of the platform. */
  sensitivity(runId: string): Promise<Sensitivity>;
  /**
   * What a QEMU log tells of the device's address space: its views over time, the memory they lock, whether it would
   * have fitted the limits; undefined where the trace has no such events.
   */
  addressSpace(traceId: string, limits: LockLimits): Promise<AddressSpaceReport | undefined>;
  /** A platform from recordings of map and unmap costs, with the machine and the remaining prices of a base (id or JSON). */
  calibrate(recordings: TraceSource[], base: string, id: string, options?: CallOptions): Promise<CalibratedPlatform>;
  policies(): Promise<PolicyInfo[]>;
  /** Those that come with the product; with the JSON text of a user's file, that one. */
  platforms(json?: string): Promise<PlatformInfo[]>;
  formats(): Promise<FormatInfo[]>;
}

/** What a client may want to react to by itself: open the trace again, offer a restart. */
export type EngineErrorCode = 'failed' | 'too-large' | 'trace-not-open' | 'run-not-kept' | 'engine-stopped';

/** A failure in the user's terms: one line that says what is wrong, and one that says what to do. */
export class EngineError extends Error {
  constructor(
    message: string,
    readonly advice: string,
    readonly code: EngineErrorCode = 'failed',
  ) {
    super(message);
    this.name = 'EngineError';
  }
}
