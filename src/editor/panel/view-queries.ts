/**
 * What the panel's views ask for beyond the state: tables by page, charts by range, studies of one run. Every view has
 * one query; `PanelState.answers` lists those that the host can answer, and the page offers no other view.
 *
 * As in `messages.ts`, a number that may be missing or unbounded is `number | null`.
 */
import type { Facet, RunSummary } from '../../service/api';

export type { Facet, FacetField, FacetValue } from '../../service/api';

/** Half-open, ns since the first event of the trace. */
export interface TimeRange {
  fromNs: number;
  toNs: number;
}

/** Which operations: those that match the filter (empty: all) and begin in the range (absent: the whole trace). */
export interface Selection {
  filter: string;
  range?: TimeRange;
}

export type OperationColumn = 'line' | 'time' | 'kind' | 'device' | 'direction' | 'size' | 'cpu' | 'cost';

export interface OperationRow {
  operation: number;
  /** 1-based trace line of its first event. */
  line: number;
  /** ns since the first event. */
  timeNs: number;
  kind: string;
  device: string;
  direction: string;
  /** Bytes. */
  size: number;
  cpu: number;
  /** Modelled ns, one per run asked for. */
  costs: (number | null)[];
}

export interface OperationPage {
  /** Operations that match; `rows` are a page of them. */
  matched: number;
  /** Operations of the trace. */
  total: number;
  rows: OperationRow[];
}

/** Where a filter cannot be understood: characters from..to of its text. */
export interface FilterProblem {
  message: string;
  from: number;
  to: number;
}

export interface FilterCompletion {
  /** Takes the place of characters from..to of the filter's text. */
  text: string;
  detail: string;
  from: number;
  to: number;
}

export interface FilterHelp {
  problem?: FilterProblem;
  completions: FilterCompletion[];
}

/** How often a quantity takes which values. `counts[i]` lies in `edges[i]` .. `edges[i + 1]`. */
export interface Distribution {
  id: string;
  title: string;
  unit: string;
  modelled: boolean;
  edges: number[];
  /** One per run; a single one with `runId: null` where the quantity is the trace's own. */
  sets: DistributionSet[];
}

export interface DistributionSet {
  runId: string | null;
  counts: number[];
  count: number;
  mean: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** A run as a trade-off: all three are better when smaller. */
export interface ParetoPoint {
  runId: string;
  /** Modelled CPU time, ns. */
  costNs: number;
  exposure: number;
  /** Counted bytes: bounce pools, page tables and locked memory at their peaks. */
  memoryBytes: number;
  /** Run ids that are no worse in all three and better in one; empty: on the front. */
  dominatedBy: string[];
}

export interface ParetoReply {
  /** What `exposure` measures, e.g. "stale pages × time". */
  exposure: { title: string; unit: string; modelled: boolean };
  points: ParetoPoint[];
}

/** A parameter of a run's policy or platform that can be swept. */
export interface SweepParameter {
  name: string;
  description: string;
  unit: string;
  from: number;
  to: number;
  current: number;
}

export interface SweepPoint {
  value: number;
  cpuNs: number;
  band: [number, number];
  stalePageNs: number;
  memoryBytes: number;
  iotlbMissesPer4k: number;
}

export interface SweepReply {
  parameter: SweepParameter;
  points: SweepPoint[];
  /** Index into `points` beyond which a further step gains little, of what, and why there; absent: no knee. */
  knee?: { index: number; of: 'cost' | 'misses'; reason: string };
}

/** One price of the platform, at its low and high end, all others at their stated value. */
export interface SensitivityBar {
  work: string;
  component: keyof RunSummary['time']['components'];
  /** The price, ns per unit of work. */
  ns: number;
  low: number;
  high: number;
  /** The run's CPU time with the price at its low and at its high end. */
  cpuNsLow: number;
  cpuNsHigh: number;
  source: string;
}

export interface SensitivityReply {
  cpuNs: number;
  band: [number, number];
  /** Widest first. */
  bars: SensitivityBar[];
}

export interface DivergentLine {
  /** 1-based. */
  line: number;
  operation: number;
  label: string;
  ns: number;
  baselineNs: number;
}

/** Where a run and the baseline part: over time, and line by line. */
export interface DivergenceReply {
  /** ns since the first event. */
  times: Float64Array;
  /** Cost of the run minus that of the baseline since the trace began, ns. */
  cumulativeNs: Float64Array;
  /** Operations that cost the same in both, and those that do not. */
  agreeing: number;
  differing: number;
  /** Widest difference first. */
  lines: DivergentLine[];
}

export interface WorkloadFact {
  title: string;
  value: number;
  unit: string;
  note?: string;
}

/** The trace itself, whatever the policy. */
export interface WorkloadReply {
  facts: WorkloadFact[];
  distributions: Distribution[];
}

export interface ViewQueries {
  operations(
    request: Selection & {
      runIds: string[];
      sort?: { column: OperationColumn; runId?: string; descending: boolean };
      offset: number;
      count: number;
    },
  ): OperationPage;
  filterHelp(request: { text: string; caret: number }): FilterHelp;
  distributions(request: Selection & { runIds: string[] }): Distribution[];
  pareto(request: { runIds: string[] }): ParetoReply;
  sweepParameters(request: { runId: string }): SweepParameter[];
  /** Replays the run's scenario once for each value: takes as long as so many replays, and reports progress. */
  sweep(request: { runId: string; parameter: string; from: number; to: number }): SweepReply;
  sensitivity(request: { runId: string }): SensitivityReply;
  divergence(request: {
    runId: string;
    baseline: string;
    range?: TimeRange;
    points: number;
    top: number;
  }): DivergenceReply;
  /** `cost` in the filter asks about the first run. */
  workload(request: Selection & { runIds: string[] }): WorkloadReply;
  /** At most `limit` values of each facet; `cost` in the filter asks about the first run. */
  facets(request: Selection & { runIds: string[]; limit: number }): Facet[];
}
