/** The import report as a Markdown document: what was read, what was not, and what to do about it. */
import type { TraceSummary } from '../../service/api';
import { importDevices, importEvents, importFacts, importNotes } from '../../report/import-report';
import { toMarkdown, type Table } from '../../report/table';

/**
 * The tables and notes of `iommu-replay import`, with each line number as a link.
 *
 * @param uri the trace's document
 */
export function importReportText(summary: TraceSummary, uri: string): string {
  const notes = importNotes(summary).map(note => `- ${withLineLinks(note, uri)}`);
  const tables = [importFacts(summary), importDevices(summary), importEvents(summary)];
  return [`# ${summary.name}`, ...tables.map(table => toMarkdown(titled(table))), notes.join('\n')].join('\n\n');
}

function withLineLinks(text: string, uri: string): string {
  return text.replace(/\bline ([\d,]+)/g, (words, line: string) => `[${words}](${uri}#L${line.replaceAll(',', '')})`);
}

/** A heading without words would be read out as nothing. */
function titled(table: Table): Table {
  const columns = table.columns.map(column => (column.title === '' ? { ...column, title: 'note' } : column));
  return { ...table, columns };
}
