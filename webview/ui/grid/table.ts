/** A table with its heading and tools: which columns, copy as TSV or Markdown; sort and columns are remembered. */
import { append, h } from '../../dom';
import type { GridMemory } from '../../memory';
import type { Store } from '../../store';
import { t } from '../../strings';
import { openMenu } from '../menu';
import { button } from '../toolkit';
import type { Column, RowSource } from './columns';
import { tableCells, toMarkdown, toTsv } from './copy';
import { Grid, type GridOptions } from './grid';

/** More rows than a mail or a sheet is read for; the exports of the extension have no such end. */
const COPY_LIMIT = 10_000;

export interface TableOptions<Row> extends Omit<GridOptions<Row>, 'onCopy' | 'onSort'> {
  /** Name in the page's memory. */
  name: string;
  /** Further controls in front of the tools. */
  controls?: readonly HTMLElement[];
  /** Heading shown above the table; absent: the surroundings have one. */
  heading?: string;
}

export class Table<Row> {
  readonly element: HTMLElement;
  readonly grid: Grid<Row>;
  private columns: readonly Column<Row>[] = [];
  private readonly source: RowSource<Row>;

  constructor(
    private readonly store: Store,
    private readonly options: TableOptions<Row>,
  ) {
    this.source = options.source;
    this.grid = new Grid({
      ...options,
      onCopy: () => void this.copy('tsv'),
      onSort: sort => this.rememberSort(sort),
    });
    const bar = h('div', { class: 'bar' });
    if (options.heading !== undefined) append(bar, h('h2', {}, options.heading));
    append(bar, ...(options.controls ?? []), h('span', { class: 'spring' }), this.columnsButton(), this.copyButton());
    this.element = h('div', { class: 'table' }, bar, this.grid.element);
  }

  /**
   * The columns there are; those shown follow from their default and from the page's memory.
   *
   * @param change sets the rows that go with them
   */
  setColumns(columns: readonly Column<Row>[], change: () => void = () => undefined): void {
    this.columns = columns;
    this.grid.hold(() => {
      change();
      const sort = this.source.sort ?? this.memory.sort;
      if (sort !== undefined) this.source.setSort(sort, columns);
      this.grid.setColumns(this.shownColumns);
    });
  }

  private get memory(): GridMemory {
    return this.store.model.view.grids[this.options.name] ?? {};
  }

  private get shownColumns(): Column<Row>[] {
    const { columns = {} } = this.memory;
    return this.columns.filter(({ id, shown }) => shown === undefined || (columns[choiceId(id)] ?? shown));
  }

  private remember(change: Partial<GridMemory>): void {
    const { grids } = this.store.model.view;
    this.store.look({ grids: { ...grids, [this.options.name]: { ...this.memory, ...change } } });
  }

  private rememberSort(sort: GridMemory['sort']): void {
    if (sort !== undefined) {
      this.remember({ sort });
      return;
    }
    const rest = { ...this.memory };
    delete rest.sort;
    this.store.look({ grids: { ...this.store.model.view.grids, [this.options.name]: rest } });
  }

  private columnsButton(): HTMLElement {
    const tool = button(t('Columns'), {
      look: 'icon',
      icon: 'list-selection',
      onClick: () => openMenu(tool, t('Columns'), this.columnItems()),
    });
    return tool;
  }

  /** One item for all columns of the same kind: each run's Δ is shown or hidden together. */
  private columnItems(): { label: string; checked: boolean; onChoose: () => void }[] {
    const choices = new Map(
      this.columns.filter(({ shown }) => shown !== undefined).map(column => [choiceId(column.id), column]),
    );
    return [...choices].map(([id, column]) => ({
      label: column.title,
      checked: this.shownColumns.some(shown => choiceId(shown.id) === id),
      onChoose: () => {
        const isShown = this.shownColumns.some(shown => choiceId(shown.id) === id);
        this.remember({ columns: { ...this.memory.columns, [id]: !isShown } });
        this.grid.setColumns(this.shownColumns);
      },
    }));
  }

  private copyButton(): HTMLElement {
    const tool = button(t('Copy table'), {
      look: 'icon',
      icon: 'copy',
      onClick: () =>
        openMenu(tool, t('Copy table'), [
          { label: t('Copy as tab-separated values'), onChoose: () => void this.copy('tsv') },
          { label: t('Copy as Markdown'), onChoose: () => void this.copy('markdown') },
        ]),
    });
    return tool;
  }

  private async copy(format: 'tsv' | 'markdown'): Promise<void> {
    const columns = this.shownColumns;
    const cells = tableCells(columns, await this.source.rows(COPY_LIMIT));
    this.store.host.post({ type: 'copy', text: format === 'tsv' ? toTsv(cells) : toMarkdown(cells, columns) });
  }
}

/** Columns that differ only by run are named `kind@run`. */
function choiceId(column: string): string {
  return column.replace(/@.*$/, '');
}
