/** What a table shows of a row, column by column. */
import type { SortMemory } from '../../memory';

export type SortOrder = SortMemory;

export interface Column<Row> {
  id: string;
  title: string;
  /** Longer words for the heading, as its tooltip and description. */
  description?: string;
  /** Neighbours with the same band share a heading above their own. */
  band?: { id: string; title: string; render?: () => HTMLElement };
  /** A line stands before the column. */
  divided?: boolean;
  /** Numbers stand at the end of their cell. */
  numeric?: boolean;
  /** In characters. The first column takes what is left over. */
  width: number;
  /** Shown unless the person at the page hides it; false: hidden until asked for; undefined: always shown. */
  shown?: boolean;
  /** What the column is sorted by; undefined: absent, sorted last. Without it the column cannot be sorted. */
  value?: (row: Row) => number | string | undefined;
  /** What is shown, copied and read aloud. */
  text: (row: Row) => string;
  /** Fills the cell where text alone is not enough; its text must say the same. */
  render?: (row: Row, cell: HTMLElement) => void;
  /** Why the cell has no value, for its tooltip and for screen readers. */
  why?: (row: Row) => string | undefined;
}

export type DisplayRow<Row> =
  | { kind: 'row'; row: Row; grouped: boolean }
  | { kind: 'group'; key: string; title: string; count: number; expanded: boolean }
  /** On its way from the host. */
  | { kind: 'pending' };

/** Where a table takes its rows from: an array in the page, or pages from the host. */
export interface RowSource<Row> {
  /** Display rows, group headings included. */
  readonly count: number;
  readonly sort: SortOrder | undefined;
  at(index: number): DisplayRow<Row>;
  /** `columns` are those of the table, to sort by. */
  setSort(sort: SortOrder | undefined, columns: readonly Column<Row>[]): void;
  /** Up to `limit` rows in the order shown, for copying; those of closed groups too. */
  rows(limit: number): Promise<readonly Row[]>;
  /** Opens or closes the group with this key. */
  toggle(key: string): void;
  /** Called whenever `count` or a row has changed. */
  onChange: () => void;
}
