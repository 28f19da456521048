/** Runs as a file for others, in the format asked for. */
import { replayHtml } from './html';
import { perfettoJson, type Timeline } from './perfetto';
import { comparisonCsvTable, replayJsonOverTime } from './replay-report';
import { replayText, type ReplayText } from './replay-text';
import { toCsv, toMarkdown } from './table';

export type ExportFormat = 'json' | 'csv' | 'markdown' | 'html' | 'perfetto';

/** The file's text. All formats hold every figure and say what is counted and what is modelled; `perfetto` the operations. */
export function exportRuns(format: ExportFormat, content: ReplayText & Timeline): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(replayJsonOverTime(content.trace, content.runs), undefined, 2)}\n`;
    case 'csv':
      return toCsv(comparisonCsvTable(content.comparison));
    case 'markdown':
      return replayText(content, { render: toMarkdown, bullet: '- ', allFigures: true });
    case 'html':
      return replayHtml(content);
    case 'perfetto':
      return perfettoJson(content);
  }
}
