/** Replays in words and tables: what a terminal shows, and what goes into a mail. */
import type { Comparison } from '../analysis/compare';
import type { RunSummary, TraceSummary } from '../analysis/run';
import { formatCount } from '../analysis/units';
import { absenceNotes, comparisonTable, findingNotes, overviewTables, SIGNS_LEGEND } from './replay-report';
import type { Table } from './table';

export interface ReplayText {
  trace: TraceSummary;
  runs: readonly RunSummary[];
  comparison: Comparison;
  /** What to ask `iommu-replay platforms` for: ids, files; those of the runs when absent. */
  platforms?: readonly string[];
}

export interface TextStyle {
  render(table: Table): string;
  /** Stands before each note. */
  bullet: string;
  /** Show every figure of every run, below the overview. */
  allFigures: boolean;
}

/** Where the trace is from and what it was replayed on, the overview, the figures, and everything to be said about them. */
export function replayText({ trace, runs, comparison, ...asked }: ReplayText, style: TextStyle): string {
  const { recordedPolicy, operations } = trace.report;
  const count = Object.values(operations).reduce((sum, n) => sum + n, 0);
  const baseline = runs.find(run => run.runId === comparison.baseline) ?? runs[0];
  const notes = [
    ...comparison.warnings.map(warning => `warning: ${warning}`),
    ...absenceNotes(comparison),
    ...findingNotes(runs),
  ];
  const platforms = [...new Set(runs.map(run => run.platformTitle))].join('; ');
  const priced = asked.platforms ?? [...new Set(runs.map(run => run.platform))];
  const prices = priced.map(name => `iommu-replay platforms ${name}`).join('; ');
  const parts = [
    `${trace.name}: ${formatCount(count)} operations, recorded under ${recordedPolicy.id} (${recordedPolicy.evidence})\nPlatform: ${platforms}\n`,
    ...overviewTables(runs, baseline).map(table => style.render(table)),
    ...(style.allFigures ? [style.render(comparisonTable(comparison))] : []),
    `${SIGNS_LEGEND}\nPrices, with their sources and bands: ${prices}\n`,
    ...(notes.length === 0 ? [] : [notes.map(note => `${style.bullet}${note}\n`).join('')]),
  ];
  return parts.join('\n');
}
