/** What replays yielded: as JSON of a stable shape, and as one table with a column for each run. */
import type { Comparison, ComparisonRow } from '../analysis/compare';
import type { RunSummary, TraceSummary } from '../analysis/run';
import { formatBytes, formatCount, formatNs, formatPercent } from '../analysis/units';
import type { Table } from './table';
import { formatValue } from './value';

/** The `replay --json` of the command line: names are stable, fields are only ever added. */
export function replayJson(trace: TraceSummary, runs: readonly RunSummary[], refused: readonly object[] = []) {
  return {
    trace: {
      fingerprint: trace.fingerprint,
      operations: Object.values(trace.report.operations).reduce((sum, count) => sum + count, 0),
      name: trace.name,
      recordedPolicy: trace.report.recordedPolicy,
    },
    scenarios: runs.map(scenarioJson),
    refused,
  };
}

function scenarioJson(run: RunSummary) {
  return {
    policy: run.policy,
    params: run.params,
    platform: run.platform,
    dirtyTracking: run.dirtyTracking,
    counters: run.counters,
    time: run.time,
    exposure: run.exposure,
    memory: run.memory,
    dirty: run.dirty,
    name: run.name,
    loop: run.loop,
    device: {
      ...run.device,
      // JSON has no infinity: null says that the platform has no device model.
      throughputBound: Number.isFinite(run.device.throughputBound) ? run.device.throughputBound : null,
    },
    findings: run.findings,
    unpriced: run.unpriced,
  };
}

/** As `replayJson`, with every series of each run: bucket i covers [i, i + 1) · bucketNs. */
export function replayJsonOverTime(trace: TraceSummary, runs: readonly RunSummary[]) {
  const { scenarios, ...rest } = replayJson(trace, runs);
  return {
    ...rest,
    scenarios: scenarios.map((scenario, i) => ({
      ...scenario,
      series: runs[i].series.map(series => ({ ...series, values: Array.from(series.values) })),
    })),
  };
}

/** The parts of the runs' names that tell them apart. */
export function shortNames(runs: readonly { name: string }[]): string[] {
  const parts = runs.map(run => run.name.split(' · '));
  if (parts.length < 2) return parts.map(([policy]) => policy);
  const common = parts[0].filter(part => parts.every(other => other.includes(part)));
  return parts.map(own => own.filter(part => !common.includes(part)).join(' · ') || own[0]);
}

/** How a figure came to be: the sign that stands before it in every table. */
export const COUNTED_SIGN = '=';
export const MODELLED_SIGN = '≈';
export const SIGNS_LEGEND = `${COUNTED_SIGN} counted from the trace and the rules of the kernel   ${MODELLED_SIGN} modelled with the platform's prices`;

/** One row for each run, with the figures that people choose by: what it costs, then what it exposes and holds. */
export function overviewTables(runs: readonly RunSummary[], baseline: RunSummary): [Table, Table] {
  const names = shortNames(runs);
  const costs = ['≈ CPU time', '≈ band', '≈ Δ', '≈ per operation', '= invalidations', '= copied', '= exits'];
  const exposure = ['= readable pages', '= writable pages', '≈ stale at most', '= memory'];
  return [
    {
      columns: [{ title: 'costs', align: 'left' }, ...costs.map(rightAligned)],
      rows: runs.map((run, i) => [names[i], ...costCells(run, baseline)]),
    },
    {
      columns: [{ title: 'exposes and holds', align: 'left' }, ...exposure.map(rightAligned)],
      rows: runs.map((run, i) => [names[i], ...exposureCells(run)]),
    },
  ];
}

function rightAligned(title: string): Table['columns'][number] {
  return { title, align: 'right' };
}

function costCells({ time, operations, counters }: RunSummary, baseline: RunSummary): string[] {
  const { page, domain, global, device } = counters.invalidations;
  return [
    formatNs(time.cpuNs),
    `${formatNs(time.band[0])} … ${formatNs(time.band[1])}`,
    baseline.time.cpuNs === 0 ? '' : formatPercent(time.cpuNs / baseline.time.cpuNs - 1),
    formatNs(operations === 0 ? 0 : time.cpuNs / operations),
    formatCount(page + domain + global + device),
    formatBytes(counters.copiedBytes),
    formatCount(counters.exits),
  ];
}

function exposureCells({ exposure, memory }: RunSummary): string[] {
  return [
    formatCount(exposure.readablePagesPeak),
    formatCount(exposure.writablePagesPeak),
    formatNs(exposure.staleMaxNs),
    formatBytes(memory.poolBytesPeak + memory.pageTableBytesPeak + memory.lockedBytesPeak),
  ];
}

/** One row for each figure, one column for each run; the others' difference from the baseline beside their value. */
export function comparisonTable(comparison: Comparison): Table {
  const baseline = comparison.runs.findIndex(run => run.runId === comparison.baseline);
  const names = shortNames(comparison.runs);
  return {
    columns: [
      { title: '', align: 'left' },
      { title: 'figure', align: 'left' },
      ...names.flatMap((name, i): Table['columns'] =>
        i === baseline
          ? [{ title: name, align: 'right' }]
          : [
              { title: name, align: 'right' },
              { title: 'Δ', align: 'right' },
            ],
      ),
    ],
    rows: comparison.rows.map(row => [
      row.modelled ? MODELLED_SIGN : COUNTED_SIGN,
      row.metric,
      ...row.values.flatMap((value, i) => {
        const cell = value === undefined ? '–' : formatValue(value, row.unit);
        return i === baseline ? [cell] : [cell, differenceText(row, i)];
      }),
    ]),
  };
}

function differenceText(row: ComparisonRow, i: number): string {
  const ratio = row.ratios[i];
  if (ratio !== undefined) return formatPercent(ratio);
  const delta = row.deltas[i];
  if (delta === undefined || delta === 0) return '';
  return delta > 0 ? 'new' : 'gone';
}

/** The same with bare numbers, for programs: id, figure, unit, counted or modelled, and a value for each run. */
export function comparisonCsvTable(comparison: Comparison): Table {
  const left = ['id', 'figure', 'unit', 'kind'].map((title): Table['columns'][number] => ({ title, align: 'left' }));
  return {
    columns: [
      ...left,
      ...comparison.runs.map((run): Table['columns'][number] => ({ title: run.name, align: 'right' })),
    ],
    rows: comparison.rows.map(row => [
      row.id,
      row.metric,
      row.unit,
      row.modelled ? 'modelled' : 'counted',
      ...row.values.map(value => (value === undefined ? '' : String(value))),
    ]),
  };
}

/** What the replays have to tell in words, each thing once, with the runs that tell it. */
export function findingNotes(runs: readonly RunSummary[]): string[] {
  const names = shortNames(runs);
  const tellers = new Map<string, { severity: string; text: string; names: string[] }>();
  for (const [i, run] of runs.entries()) {
    for (const { severity, text } of run.findings) {
      const key = `${severity} ${text}`;
      const told = tellers.get(key) ?? { severity, text, names: [] };
      told.names.push(names[i]);
      tellers.set(key, told);
    }
  }
  return [...tellers.values()].map(told => {
    const who = told.names.length === runs.length && runs.length > 1 ? 'all' : told.names.join('; ');
    return `${told.severity}: ${who}: ${told.text}`;
  });
}

/** Why figures are missing, each reason once. */
export function absenceNotes(comparison: Comparison): string[] {
  const reasons = new Map<string, string[]>();
  for (const { absent, metric } of comparison.rows) {
    if (absent === undefined) continue;
    const metrics = reasons.get(absent);
    if (metrics === undefined) reasons.set(absent, [metric]);
    else metrics.push(metric);
  }
  return [...reasons].map(([reason, metrics]) => `– ${metrics.join(', ')}: ${reason}`);
}
