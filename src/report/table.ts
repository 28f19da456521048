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

/** Characters of a line that most terminals and mails show. */
const LINE = 120;
/** Cells that may be broken into several lines have more characters than this. */
const LONG_CELL = 40;
const GAP = 2;

/**
 * Columns without rules, two spaces apart: for terminals and for grep. A table wider than `line` characters has its
 * headings, then its long texts, broken into several lines.
 */
export function toText(table: Table, line = LINE): string {
  const rows = fitted(table, line);
  const widths = table.columns.map((_, i) => Math.max(...rows.map(row => widest(row[i]))));
  return rows
    .flatMap((row, at) => unfolded(row, at === 0))
    .map(row => row.map((cell, i) => pad(cell, widths[i], table.columns[i].align)).join(' '.repeat(GAP)))
    .map(text => `${text.trimEnd()}\n`)
    .join('');
}

/** Head and rows, each cell as its lines. Headings are broken only where broken texts alone do not make it fit. */
function fitted({ columns, rows }: Table, line: number): string[][][] {
  const body = columns.map((_, i) => Math.max(0, ...rows.map(row => width(row[i]))));
  const whole = columns.map(({ title }) => [title]);
  const heads = [whole, columns.map(({ title }, i) => broken(title, body[i]))];
  const layouts = heads.map(head => ({ head, ...roomFor(columns, head, body, line) }));
  const { head, long, share } = layouts.find(({ fits }) => fits) ?? layouts[layouts.length - 1];
  return [head, ...rows.map(row => row.map((cell, i) => (long[i] ? broken(cell, share) : [cell])))];
}

/** Which columns have texts to be broken, and how many characters each of them may have so that the rows fit. */
function roomFor(columns: readonly Column[], head: readonly string[][], body: readonly number[], line: number) {
  const natural = columns.map((_, i) => Math.max(body[i], widest(head[i])));
  const total = (widths: readonly number[]): number => widths.reduce((sum, w) => sum + w + GAP, -GAP);
  if (total(natural) <= line) return { long: columns.map(() => false), share: line, fits: true };
  const long = columns.map(({ align }, i) => align === 'left' && natural[i] > LONG_CELL);
  const room = line - total(natural.map((w, i) => (long[i] ? 0 : w)));
  const share = Math.floor(room / long.filter(Boolean).length);
  return { long, share: Math.max(LONG_CELL, share), fits: Number.isFinite(share) && share >= LONG_CELL };
}

/** Text in lines of at most `to` characters, or of its longest word. A sign stays with the word after it. */
function broken(text: string, to: number): string[] {
  const words = text.match(/(?:[=≈…] )?\S+/g) ?? [''];
  const limit = Math.max(to, ...words.map(width));
  const lines = [words[0]];
  for (const word of words.slice(1)) {
    const longer = `${lines[lines.length - 1]} ${word}`;
    if (width(longer) <= limit) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A row of cells of several lines as rows of cells of one; headings stand at the bottom. */
function unfolded(row: readonly string[][], head: boolean): string[][] {
  const height = Math.max(...row.map(cell => cell.length));
  return Array.from({ length: height }, (_, at) => row.map(cell => cell[head ? at - height + cell.length : at] ?? ''));
}

function widest(lines: readonly string[]): number {
  return Math.max(...lines.map(width));
}

function pad(text: string, to: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return align === 'right' ? space + text : text + space;
}

/** Characters, not UTF-16 units. All text printed here is of single-width characters. */
function width(text: string): number {
  return Array.from(text).length;
}
