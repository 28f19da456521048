/** A table before it is text: the same one becomes aligned columns, CSV or Markdown. */

export interface Column {
  title: string;
  align: 'left' | 'right';
}

export interface Table {
  columns: Column[];
  rows: string[][];
}

/** RFC 4180: CRLF, quotes where needed. Formulas are left alone: values come from numbers and known names. */
export function toCsv(table: Table): string {
  const lines = [table.columns.map(column => column.title), ...table.rows];
  return lines.map(cells => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A GitHub-flavoured table, padded so that it reads as plain text in a mail too. */
export function toMarkdown(table: Table): string {
  const cells = [table.columns.map(column => column.title), ...table.rows].map(row => row.map(markdownCell));
  const widths = table.columns.map((_, i) => Math.max(3, ...cells.map(row => width(row[i]))));
  const line = (row: string[]): string =>
    `| ${row.map((cell, i) => pad(cell, widths[i], table.columns[i].align)).join(' | ')} |\n`;
  const rule = table.columns.map(({ align }, i) =>
    align === 'right' ? `${'-'.repeat(widths[i] - 1)}:` : '-'.repeat(widths[i]),
  );
  const [head, ...body] = cells;
  return line(head) + line(rule) + body.map(line).join('');
}

function markdownCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Columns without rules, two spaces apart: for terminals and for grep. */
export function toText(table: Table): string {
  const cells = [table.columns.map(column => column.title), ...table.rows];
  const widths = table.columns.map((_, i) => Math.max(...cells.map(row => width(row[i]))));
  return cells
    .map(row => row.map((cell, i) => pad(cell, widths[i], table.columns[i].align)).join('  '))
    .map(line => `${line.trimEnd()}\n`)
    .join('');
}

function pad(text: string, to: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return align === 'right' ? space + text : text + space;
}

/** Characters, not UTF-16 units. All text printed here is of single-width characters. */
function width(text: string): number {
  return Array.from(text).length;
}
