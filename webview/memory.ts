/** What the page keeps across a reload: names, filters and scroll positions, never data. */

export interface SortMemory {
  column: string;
  descending: boolean;
}

export interface GridMemory {
  sort?: SortMemory;
  /** Columns that differ from their default visibility. */
  columns?: Record<string, boolean>;
  /** Groups that differ from their default state; true: expanded. */
  groups?: Record<string, boolean>;
}

export interface ViewMemory {
  tab: string;
  scroll: number;
  filter: string;
  /** Names of the runs whose chips are switched off. */
  hidden: string[];
  grids: Partial<Record<string, GridMemory>>;
  /** Charts whose table is open. */
  tables: string[];
  /** Series shown over time; empty: the view's own choice. */
  series: string[];
}

const EMPTY: ViewMemory = { tab: 'overview', scroll: 0, filter: '', hidden: [], grids: {}, tables: [], series: [] };

/** The memory of an earlier page, which may have been written by another version: what does not fit is left out. */
export function readView(stored: unknown): ViewMemory {
  if (!isRecord(stored)) return EMPTY;
  return {
    tab: typeof stored.tab === 'string' ? stored.tab : EMPTY.tab,
    scroll: typeof stored.scroll === 'number' ? stored.scroll : EMPTY.scroll,
    filter: typeof stored.filter === 'string' ? stored.filter : EMPTY.filter,
    hidden: names(stored.hidden),
    tables: names(stored.tables),
    series: names(stored.series),
    grids: isRecord(stored.grids) ? mapValues(stored.grids, readGrid) : {},
  };
}

function readGrid(stored: unknown): GridMemory {
  if (!isRecord(stored)) return {};
  const { sort, columns, groups } = stored;
  const isSort = isRecord(sort) && typeof sort.column === 'string' && typeof sort.descending === 'boolean';
  return {
    ...(isSort && { sort: { column: sort.column as string, descending: sort.descending as boolean } }),
    ...(isRecord(columns) && { columns: mapValues(columns, Boolean) }),
    ...(isRecord(groups) && { groups: mapValues(groups, Boolean) }),
  };
}

function names(stored: unknown): string[] {
  return Array.isArray(stored) ? stored.filter(name => typeof name === 'string') : [];
}

function mapValues<Value>(record: Record<string, unknown>, read: (value: unknown) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, read(value)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
