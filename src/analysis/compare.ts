/** Runs side by side: every figure with its difference from the baseline, and what stands against comparing them. */
import { METRICS, type Metric } from './metrics';
import type { RunSummary } from './run';

export interface ComparisonRow {
  /** Stable name of the figure (`time.cpuNs`), for filters and links. */
  id: string;
  metric: string;
  unit: string;
  modelled: boolean;
  /** Smaller is better (true), larger is better (false), neither (undefined). */
  smallerIsBetter?: boolean;
  /** One per run, in the order asked for; undefined where the run has no such number, with the reason. */
  values: (number | undefined)[];
  /** Value minus the baseline's; undefined where either is missing. */
  deltas: (number | undefined)[];
  /** Deltas over the baseline's value, 0.1 = 10 %; undefined also where the baseline is 0. */
  ratios: (number | undefined)[];
  absent?: string;
}

export interface Comparison {
  runs: { runId: string; name: string }[];
  baseline: string;
  rows: ComparisonRow[];
  /** Why the runs should not be compared (other trace, other platform numbers); empty: fine. */
  warnings: string[];
}

/**
 * Compares runs with one of them, `baseline` (a run id; the first run when it is not among them). Figures that are zero
 * or missing in every run are left out: they say nothing about the choice.
 */
export function compareRuns(runs: readonly RunSummary[], baseline: string): Comparison {
  const base = runs.find(run => run.runId === baseline) ?? runs.at(0);
  const rows = METRICS.map(metric => compareMetric(metric, runs, base)).filter(row => row.values.some(isTelling));
  return {
    runs: runs.map(run => ({ runId: run.runId, name: run.name })),
    baseline: base?.runId ?? baseline,
    rows,
    warnings: comparabilityWarnings(runs),
  };
}

function isTelling(value: number | undefined): boolean {
  return value !== undefined && value !== 0;
}

function compareMetric(metric: Metric, runs: readonly RunSummary[], base: RunSummary | undefined): ComparisonRow {
  const values = runs.map(run => finite(metric.value(run)));
  const reference = base === undefined ? undefined : finite(metric.value(base));
  const deltas = values.map(value => (value === undefined || reference === undefined ? undefined : value - reference));
  const ratios = deltas.map(delta =>
    delta === undefined || reference === undefined || reference === 0 ? undefined : delta / reference,
  );
  const missing = runs.filter((_, i) => values[i] === undefined);
  return {
    id: metric.id,
    metric: metric.title,
    unit: metric.unit,
    modelled: metric.modelled,
    ...(metric.smallerIsBetter === undefined ? {} : { smallerIsBetter: metric.smallerIsBetter }),
    values,
    deltas,
    ratios,
    ...(missing.length > 0 ? { absent: absentText(metric, missing, runs.length) } : {}),
  };
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function absentText(metric: Metric, missing: readonly RunSummary[], runs: number): string {
  const why = metric.absent ?? 'the replay yields no such number';
  return missing.length === runs ? why : `${missing.map(run => run.name).join(', ')}: ${why}`;
}

/** What stands against comparing the runs, in words. */
export function comparabilityWarnings(runs: readonly RunSummary[]): string[] {
  const warnings: string[] = [];
  const first = runs.at(0);
  if (first === undefined) return warnings;
  const others = (differs: (run: RunSummary) => boolean): string =>
    runs
      .filter(differs)
      .map(run => run.name)
      .join(', ');
  const trace = others(run => run.fingerprint !== first.fingerprint);
  if (trace !== '') warnings.push(`Different traces: ${trace} did not replay the trace of ${first.name}.`);
  const platform = others(run => run.platform !== first.platform);
  if (platform !== '')
    warnings.push(`Different platforms: the prices behind ${platform} are not those of ${first.name}.`);
  const loop = others(run => run.loop !== first.loop);
  if (loop !== '') warnings.push(`Different loops: the clocks of ${loop} are driven otherwise than in ${first.name}.`);
  const dirty = others(run => run.dirtyTracking !== first.dirtyTracking);
  if (dirty !== '') warnings.push(`Different dirty tracking: part of the cost of ${dirty} is tracking's.`);
  const failed = others(run => run.counters.failedMaps > 0);
  if (failed !== '')
    warnings.push(`Failed maps: ${failed} did less work because the policy could not serve every map.`);
  return warnings;
}
