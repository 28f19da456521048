/** Rows that stay with the host: fetched a page at a time as the table scrolls, and forgotten when far away. */
import type { DisplayRow, RowSource, SortOrder } from './columns';

const PAGE = 200;
/** Pages kept: far more than fit a screen, far less than a trace. */
const KEPT = 20;

export interface Page<Row> {
  count: number;
  rows: readonly Row[];
}

export type FetchPage<Row> = (
  offset: number,
  count: number,
  sort: SortOrder | undefined,
  signal: AbortSignal,
) => Promise<Page<Row>>;

export class PagedRows<Row> implements RowSource<Row> {
  onChange: () => void = () => undefined;
  sort: SortOrder | undefined;
  count = 0;
  private pages = new Map<number, readonly Row[] | 'asked'>();
  private fetching = new AbortController();

  /** `onError`: a page could not be fetched; the table then stands empty. */
  constructor(
    private readonly fetchPage: FetchPage<Row>,
    private readonly onError: (error: unknown) => void,
  ) {}

  at(index: number): DisplayRow<Row> {
    const page = Math.floor(index / PAGE);
    const rows = this.pages.get(page);
    if (rows === undefined) this.ask(page);
    const row = rows === undefined || rows === 'asked' ? undefined : rows[index % PAGE];
    return row === undefined ? { kind: 'pending' } : { kind: 'row', row, grouped: false };
  }

  setSort(sort: SortOrder | undefined): void {
    this.sort = sort;
    this.restart();
  }

  /** Forgets everything and fetches the first page again: the question has changed. */
  restart(): void {
    this.fetching.abort();
    this.fetching = new AbortController();
    this.pages.clear();
    this.ask(0);
  }

  async rows(limit: number): Promise<readonly Row[]> {
    const page = await this.fetchPage(0, limit, this.sort, new AbortController().signal);
    return page.rows;
  }

  toggle(): void {
    // Pages from the host carry no groups.
  }

  private ask(page: number): void {
    if (this.pages.size >= KEPT) this.forgetFarthest(page);
    this.pages.set(page, 'asked');
    const { signal } = this.fetching;
    this.fetchPage(page * PAGE, PAGE, this.sort, signal).then(
      answer => {
        if (signal.aborted) return;
        this.count = answer.count;
        this.pages.set(page, answer.rows);
        this.onChange();
      },
      (error: unknown) => {
        if (signal.aborted) return;
        this.count = 0;
        this.pages.clear();
        this.onChange();
        this.onError(error);
      },
    );
  }

  private forgetFarthest(page: number): void {
    const farthest = [...this.pages.keys()].reduce((a, b) => (Math.abs(b - page) > Math.abs(a - page) ? b : a));
    this.pages.delete(farthest);
  }
}
