/** What the page shows, made from a session: numbers that survive JSON, differences worked out once. */
import type { Comparison, Hotspot, RunSummary, TraceSummary } from '../../service/api';
import { shortName } from '../session/run-label';
import type { Run } from '../session/run-set';
import type { TraceSession } from '../session/trace-session';
import type { PanelComparison, PanelRestore, PanelRun, PanelState, PanelTrace, SeriesInfo } from './messages';
import { ANSWERED } from './queries';
import { policyStyle } from './policy-style';

const HOTSPOTS_SHOWN = 100;

/**
 * Asks the engine for everything that the page shows of a session.
 *
 * @param line 1-based line at the caret of the trace's editor
 */
export async function readPanelState(session: TraceSession, line: number | undefined): Promise<PanelState> {
  const summary = await session.open();
  const { all, baseline, shown } = session.runs;
  const [comparison, hotspots] = await Promise.all([session.compare(), session.hotspots(HOTSPOTS_SHOWN)]);
  return {
    version: 1,
    trace: panelTrace(summary),
    runs: all.map(run => panelRun(run, all)),
    ...(baseline && { baseline: baseline.summary.runId }),
    ...(comparison && { comparison: panelComparison(comparison, all) }),
    ...(shown && { hotspots: panelHotspots(shown, session, hotspots) }),
    refused: session.refused,
    ...(line !== undefined && { line }),
    answers: [...ANSWERED],
    restore: panelRestore(session),
  };
}

/** What a page keeps so that the same runs can be made again after a reload. */
export function panelRestore(session: TraceSession): PanelRestore {
  const { all, baseline } = session.runs;
  return {
    version: 1,
    uri: session.uri,
    scenarios: all.map(run => run.request),
    baseline: Math.max(0, baseline === undefined ? 0 : all.indexOf(baseline)),
  };
}

export function panelTrace({ traceId, name, fingerprint, report }: TraceSummary): PanelTrace {
  return {
    traceId,
    name,
    fingerprint,
    format: report.format,
    bytes: report.bytes,
    lines: report.lines,
    spanNs: report.spanNs,
    operations: report.operations,
    recordedPolicy: report.recordedPolicy,
    lostEvents: report.lostEvents,
    gaps: report.lost.length,
    skippedLines: report.skipped.reduce((sum, { count }) => sum + count, 0),
    assumptions: report.assumptions,
  };
}

/** @param all the runs beside which this one is shown */
export function panelRun(run: Run, all: readonly Run[]): PanelRun {
  const { summary } = run;
  const { series, device, ...rest } = summary;
  return {
    ...rest,
    name: shortName(run, all),
    style: policyStyle(summary.policy),
    series: series.map(seriesInfo),
    device: { ...device, throughputBound: finite(device.throughputBound) },
  };
}

function seriesInfo({ id, title, unit, modelled }: RunSummary['series'][number]): SeriesInfo {
  return { id, title, unit, modelled };
}

/** The engine's comparison under the names that the user gave, with null for what JSON cannot carry. */
export function panelComparison(comparison: Comparison, runs: readonly Run[]): PanelComparison {
  const names = new Map(runs.map(run => [run.summary.runId, shortName(run, runs)]));
  return {
    ...comparison,
    runs: comparison.runs.map(({ runId, name }) => ({ runId, name: names.get(runId) ?? name })),
    rows: comparison.rows.map(row => ({
      ...row,
      values: row.values.map(finite),
      deltas: row.deltas.map(finite),
      ratios: row.ratios.map(finite),
    })),
  };
}

function panelHotspots(shown: Run, session: TraceSession, items: Hotspot[]): NonNullable<PanelState['hotspots']> {
  return { runId: shown.summary.runId, runName: shown.name, by: session.grouping, items };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
