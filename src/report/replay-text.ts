/** Replays in words and tables: what a terminal shows, and what goes into a mail. */
import type { Comparison } from '../analysis/compare';
import type { RunSummary, TraceSummary } from '../analysis/run';
import { formatCount } from '../analysis/units';
import { absenceNotes, comparisonTable, findingNotes, overviewTable, SIGNS_LEGEND } from './replay-report';
import type { Table } from './table';

export interface ReplayText {
  trace: TraceSummary;
  runs: readonly RunSummary[];
  comparison: Comparison;
}

export interface TextStyle {
  render(table: Table): string;
  /** Stands before each note. */
  bullet: string;
  /** Show every figure of every run, below the overview. */
  allFigures: boolean;
}

/** Where the trace is from and what it was replayed on, the overview, the figures, and everything to be said about them. */
export function replayText({ trace, runs, comparison }: ReplayText, style: TextStyle): string {
  const { recordedPolicy, operations } = trace.report;
  const count = Object.values(operations).reduce((sum, n) => sum + n, 0);
  const baseline = runs.find(run => run.runId === comparison.baseline) ?? runs[0];
  const notes = [
    ...comparison.warnings.map(warning => `warning: ${warning}`),
    ...absenceNotes(comparison),
    ...findingNotes(runs),
  ];
  const platforms = [...new Set(runs.map(run => run.platformTitle))].join('; ');
  const parts = [
    `${trace.name}: ${formatCount(count)} operations, recorded under ${recordedPolicy.id} (${recordedPolicy.evidence})\nPlatform: ${platforms}\n`,
    style.render(overviewTable(runs, baseline)),
    ...(style.allFigures ? [style.render(comparisonTable(comparison))] : []),
    `${SIGNS_LEGEND}\nPrices, with their sources and bands: iommu-replay platforms ${runs[0].platform}\n`,
    ...(notes.length === 0 ? [] : [notes.map(note => `${style.bullet}${note}\n`).join('')]),
  ];
  return parts.join('\n');
}
