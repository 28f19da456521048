/**
 * The words that the panel's page and its host exchange. Types only, so that the page imports nothing but types.
 *
 * Between host and page every message passes through JSON (typed arrays excepted): Infinity, NaN and `undefined` in an
 * array would arrive as null. So numbers that may be missing or unbounded are `number | null` here.
 *
 * Life of a page: it posts `ready` and waits; the host answers with `strings` and `state`, and sends a whole new `state`
 * after each change. The page keeps `state.restore` and its own view (scroll, sort, tab) with `setState`; nothing else
 * of the data. What is too large for the state is asked for by range with `query`.
 */
import type {
  FormatInfo,
  Hotspot,
  HotspotGrouping,
  Refusal,
  RunSummary,
  ScenarioRequest,
  TraceSummary,
} from '../../service/api';
import type { TimeRange, ViewQueries } from './view-queries';

/** Raised when a message changes its meaning. A page of another version is told to reload. */
export type ProtocolVersion = 1;

/** How a policy looks everywhere (charts, tables, trees, decorations): colour is never the only sign. */
export interface PolicyStyle {
  /** Index into the twelve-colour palette of the page; the page derives colour, dash and fill pattern per theme. */
  palette: number;
  /** One character shown beside the name, the same in native views: distinct for each policy. */
  symbol: string;
}

/** A series without its values; these are asked for by range with the query `series`. */
export interface SeriesInfo {
  id: string;
  title: string;
  unit: string;
  modelled: boolean;
}

export type PanelRun = Omit<RunSummary, 'series' | 'device'> & {
  style: PolicyStyle;
  series: SeriesInfo[];
  /** `throughputBound` in bytes per second; null where the platform has no device model. */
  device: Omit<RunSummary['device'], 'throughputBound'> & { throughputBound: number | null };
};

export interface PanelTrace {
  traceId: string;
  /** File name for people. */
  name: string;
  fingerprint: string;
  format: FormatInfo['id'];
  /** Decompressed. */
  bytes: number;
  lines: number;
  spanNs: number;
  operations: TraceSummary['report']['operations'];
  recordedPolicy: TraceSummary['report']['recordedPolicy'];
  lostEvents: number;
  /** Gaps, also those of which nobody knows how many events they swallowed. */
  gaps: number;
  skippedLines: number;
  assumptions: string[];
}

export interface PanelComparisonRow {
  /** Stable name of the figure (`time.cpuNs`): its first part says which group of the table it stands in. */
  id?: string;
  metric: string;
  unit: string;
  modelled: boolean;
  smallerIsBetter?: boolean;
  /** One per run of `PanelComparison.runs`; null where the run has no such number (`absent` says why). */
  values: (number | null)[];
  /** Value minus the baseline's; null where either is missing. */
  deltas: (number | null)[];
  /** `deltas` over the baseline's value, 0.1 = 10 %; null where the baseline is 0 or missing. */
  ratios: (number | null)[];
  absent?: string;
}

export interface PanelComparison {
  runs: { runId: string; name: string }[];
  baseline: string;
  rows: PanelComparisonRow[];
  /** Why the runs should not be compared; empty: fine. */
  warnings: string[];
}

export interface PanelHotspots {
  runId: string;
  /** Named so that the list always says whose numbers it shows. */
  runName: string;
  by: HotspotGrouping;
  items: Hotspot[];
}

/** Enough to build the panel again after a reload: the page hands it back unchanged inside its `setState`. */
export interface PanelRestore {
  version: ProtocolVersion;
  /** URI of the trace document. */
  uri: string;
  scenarios: ScenarioRequest[];
  /** Index into `scenarios`. */
  baseline: number;
}

/** What a page stores with `setState`: the host reads `restore` in the serializer, the rest belongs to the page. */
export interface PanelMemory {
  restore: PanelRestore;
  view?: unknown;
}

export interface Notice {
  /** One line that says what is wrong, in the words of the command line. */
  message: string;
  /** One line that says what to do; may be empty. */
  advice: string;
}

export interface PanelState {
  version: ProtocolVersion;
  trace: PanelTrace;
  runs: PanelRun[];
  /** Run id; absent while there is no run. */
  baseline?: string;
  /** Absent while there are no runs. */
  comparison?: PanelComparison;
  hotspots?: PanelHotspots;
  /** Policies of the last replay that could not run on this trace, and why. */
  refused: Refusal[];
  /** 1-based line at the caret of the trace's editor. */
  line?: number;
  /** Questions that the host can answer for this trace; the page offers only the views that they fill. */
  answers: QueryName[];
  restore: PanelRestore;
}

// ---------------------------------------------------------------------------------------------------------------------
// Host to page

export type HostToPanel =
  | { type: 'state'; state: PanelState }
  /** The caret moved in the trace. `operationLines`: lines of the operation there, for highlighting; may be empty. */
  | { type: 'selection'; line: number; operationLines: number[] }
  /** Work on this trace. `fraction` 0..1; `undefined` when the work has ended. */
  | { type: 'progress'; what: string; fraction?: number }
  /** Translations by English text, as for `vscode.l10n`; a text without an entry is shown in English. */
  | { type: 'strings'; language: string; bundle: Record<string, string> }
  /** Something failed; shown inside the page until the next `state`. */
  | { type: 'notice'; notice: Notice }
  | PanelReply;

// ---------------------------------------------------------------------------------------------------------------------
// Page to host

export type PanelToHost =
  | { type: 'ready'; version: ProtocolVersion }
  | { type: 'setBaseline'; runId: string }
  | { type: 'setHotspots'; runId: string; by: HotspotGrouping }
  /** Show this 1-based line in the trace's editor. `preserveFocus`: keep the keyboard in the page. */
  | { type: 'reveal'; line: number; preserveFocus: boolean }
  /** The same for the first operation at or after a moment of the trace, ns since the first event. */
  | { type: 'revealTime'; timeNs: number; preserveFocus: boolean }
  /** Show the lines that match the filter and begin in the range as a document of their own. */
  | { type: 'openFiltered'; filter: string; range?: TimeRange }
  | { type: 'removeRun'; runId: string }
  | { type: 'renameRun'; runId: string }
  /** Opens the quick pick of policies. */
  | { type: 'replay' }
  | { type: 'cancel' }
  | { type: 'copy'; text: string }
  | { type: 'export' }
  /** A time range was selected in a chart, ns since the first event; absent ends: cleared. */
  | { type: 'selectRange'; range?: TimeRange }
  /** An error of the page's own code, for the log. */
  | { type: 'pageError'; message: string; stack: string }
  | PanelQuery
  | { type: 'abort'; id: number };

/** Questions of the page, answered from the engine: name, parameters and result are written once, here. */
export interface PanelQueries extends ViewQueries {
  series(request: {
    seriesId: string;
    runIds: string[];
    fromNs: number;
    toNs: number;
    /** At most so many points a run: four a pixel are enough. */
    points: number;
  }): SeriesReply[];
}

/** Points of one run, decimated by keeping each bucket's extremes. */
export interface SeriesReply {
  runId: string;
  /** ns since the first event. */
  times: Float64Array;
  values: Float64Array;
}

export type QueryName = keyof PanelQueries;

export type PanelQuery = {
  [Name in QueryName]: { type: 'query'; id: number; name: Name; request: Parameters<PanelQueries[Name]>[0] };
}[QueryName];

export type PanelReply =
  | {
      [Name in QueryName]: { type: 'reply'; id: number; name: Name; ok: true; value: ReturnType<PanelQueries[Name]> };
    }[QueryName]
  | { type: 'reply'; id: number; name: QueryName; ok: false; notice: Notice };
