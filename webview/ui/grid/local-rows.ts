/** Rows that are all in the page: sorted and grouped here. */
import type { Column, DisplayRow, RowSource, SortOrder } from './columns';

export interface Grouping<Row> {
  key: (row: Row) => string;
  title: (key: string) => string;
  /** Whether the group is open until someone closes it. */
  open: (key: string) => boolean;
}

export class LocalRows<Row> implements RowSource<Row> {
  onChange: () => void = () => undefined;
  sort: SortOrder | undefined;
  private given: readonly Row[] = [];
  private sorted: readonly Row[] = [];
  private columns: readonly Column<Row>[] = [];
  private display: DisplayRow<Row>[] = [];
  /** Groups that differ from their default state. */
  private readonly toggled: Map<string, boolean>;

  constructor(
    private readonly grouping?: Grouping<Row>,
    toggled: Readonly<Record<string, boolean>> = {},
  ) {
    this.toggled = new Map(Object.entries(toggled));
  }

  get count(): number {
    return this.display.length;
  }

  at(index: number): DisplayRow<Row> {
    return this.display[index] ?? { kind: 'pending' };
  }

  setRows(rows: readonly Row[]): void {
    this.given = rows;
    this.arrange();
  }

  rows(limit: number): Promise<readonly Row[]> {
    return Promise.resolve(this.sorted.slice(0, limit));
  }

  setSort(sort: SortOrder | undefined, columns: readonly Column<Row>[]): void {
    this.sort = sort;
    this.columns = columns;
    this.arrange();
  }

  toggle(key: string): void {
    this.toggled.set(key, !this.isOpen(key));
    this.arrange();
  }

  /** Groups that were opened or closed by hand, for the memory of the page. */
  get toggledGroups(): Record<string, boolean> {
    return Object.fromEntries(this.toggled);
  }

  private isOpen(key: string): boolean {
    return this.toggled.get(key) ?? this.grouping?.open(key) ?? true;
  }

  private arrange(): void {
    const column = this.columns.find(({ id }) => id === this.sort?.column);
    this.sorted = column && this.sort ? sortRows(this.given, column, this.sort.descending) : this.given;
    this.display =
      this.grouping === undefined
        ? this.sorted.map(row => asRow(row, false))
        : this.inGroups(this.sorted, this.grouping);
    this.onChange();
  }

  private inGroups(rows: readonly Row[], { key, title }: Grouping<Row>): DisplayRow<Row>[] {
    const groups = new Map<string, Row[]>();
    for (const row of rows) {
      const group = groups.get(key(row));
      if (group === undefined) groups.set(key(row), [row]);
      else group.push(row);
    }
    return [...groups].flatMap(([groupKey, members]) => {
      const expanded = this.isOpen(groupKey);
      const head: DisplayRow<Row> = {
        kind: 'group',
        key: groupKey,
        title: title(groupKey),
        count: members.length,
        expanded,
      };
      return expanded ? [head, ...members.map(row => asRow(row, true))] : [head];
    });
  }
}

/** A stable order by one column; absent values stand last either way. */
export function sortRows<Row>(rows: readonly Row[], column: Column<Row>, descending: boolean): Row[] {
  const sign = descending ? -1 : 1;
  return rows
    .map(row => ({ row, value: column.value?.(row) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined)
        return Number(a.value === undefined) - Number(b.value === undefined);
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a).localeCompare(String(b), 'en', { numeric: true });
}

function asRow<Row>(row: Row, grouped: boolean): DisplayRow<Row> {
  return { kind: 'row', row, grouped };
}
