/** The import report as a Markdown document: what was read, what was not, and what to do about it. */
import type { TraceSummary } from '../../service/api';
import { importDevices, importEvents, importFacts, importNotes } from '../../report/import-report';
import { toMarkdown } from '../../report/table';

/**
 * The tables and notes of `iommu-replay import`, with each line number as a link.
 *
 * @param uri the trace's document
 */
export function importReportText(summary: TraceSummary, uri: string): string {
  const notes = importNotes(summary).map(note => `- ${withLineLinks(note, uri)}`);
  const tables = [importFacts(summary), importDevices(summary), importEvents(summary)];
  return [`# ${summary.name}`, ...tables.map(toMarkdown), notes.join('\n')].join('\n\n');
}

function withLineLinks(text: string, uri: string): string {
  return text.replace(/\bline ([\d,]+)/g, (words, line: string) => `[${words}](${uri}#L${line.replaceAll(',', '')})`);
}
