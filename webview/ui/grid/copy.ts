/** A table as text for a spreadsheet or for a mailing list. */
import type { Column } from './columns';

/** Heading and rows as cells of text; a column's band goes in front of its title, so that it can stand alone. */
export function tableCells<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[][] {
  const heading = columns.map(({ band, title }) => (band === undefined ? title : `${band.title}: ${title}`));
  return [heading, ...rows.map(row => columns.map(column => column.text(row)))];
}

export function toTsv(cells: readonly (readonly string[])[]): string {
  return cells.map(row => row.map(cell => cell.replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n') + '\n';
}

/** GitHub's table; numeric columns aligned right. */
export function toMarkdown<Row>(cells: readonly (readonly string[])[], columns: readonly Column<Row>[]): string {
  const lines = cells.map(
    row => `| ${row.map(cell => cell.replace(/[\r\n]+/g, ' ').replace(/\|/g, '\\|')).join(' | ')} |`,
  );
  const rule = `| ${columns.map(({ numeric }) => (numeric === true ? '--:' : '---')).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n') + '\n';
}
