/** Tables for docs/validation.md. */

export type Cell = string | number | undefined;

/** A Markdown table; numbers right-aligned, missing ones as a dash. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_, column) => rows.every(row => typeof row[column] !== 'string') && rows.length > 0);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(numeric.map(right => (right ? '---:' : '---'))),
    ...rows.map(row => line(head.map((_, column) => text(row[column])))),
  ].join('\n');
}

function text(cell: Cell): string {
  if (cell === undefined) return '–';
  return typeof cell === 'number' ? formatNumber(cell) : cell;
}

/** Three significant digits below a thousand, whole numbers with separators above. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}

/** `recorded` where the prediction equals it, else `recorded → predicted (error)`. */
export function pair(recorded: number | undefined, predicted: number): string {
  if (recorded === undefined) return `(${formatNumber(predicted)})`;
  if (recorded === predicted) return formatNumber(recorded);
  return `${formatNumber(recorded)} → ${formatNumber(predicted)} (${percent(predicted / recorded - 1)})`;
}

/** A signed share in percent. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return 'from 0';
  const value = share * 100;
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(Math.abs(value) < 10 ? 1 : 0)} %`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
