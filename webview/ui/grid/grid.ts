/**
 * A table of any length: virtual rows, sortable columns, groups that open and close, one selected row, and keys as in
 * a spreadsheet. Arrows move a cell, Home and End along a row, Page Up and Page Down a screen, Enter opens a row or
 * sorts by a heading, Ctrl+C copies.
 */
import { append, h, replace } from '../../dom';
import { bodyRow, columnTracks, headingRows } from './cells';
import type { Column, DisplayRow, RowSource, SortOrder } from './columns';
import { rowWindow, scrollTo } from './window';

const ROW_HEIGHT = 22;

export interface GridOptions<Row> {
  label: string;
  source: RowSource<Row>;
  /** Rows on screen before the table scrolls within itself. */
  maxRows: number;
  /** What identifies a row across updates. */
  id: (row: Row) => string;
  grouped?: boolean;
  /** A row was chosen by mouse or by moving to it with Space. */
  onSelect?: (row: Row) => void;
  /** A row was opened: Enter or double click. */
  onOpen?: (row: Row) => void;
  onCopy?: () => void;
  onSort?: (sort: SortOrder | undefined) => void;
  onToggle?: () => void;
}

interface Place {
  /** −1: the heading. */
  row: number;
  column: number;
}

export class Grid<Row> {
  readonly element: HTMLElement;
  private readonly scroller = h('div', { class: 'grid-scroller' });
  private readonly head = h('div', { class: 'grid-head', role: 'rowgroup' });
  private readonly body = h('div', { class: 'grid-body', role: 'rowgroup' });
  private columns: readonly Column<Row>[] = [];
  private readonly drawn = new Map<number, HTMLElement>();
  private active: Place = { row: -1, column: 0 };
  private selected: string | undefined;
  private isCurrent: (row: Row) => boolean = () => false;
  private isHeld = false;

  constructor(private readonly options: GridOptions<Row>) {
    this.element = h('div', {
      class: 'grid',
      role: options.grouped === true ? 'treegrid' : 'grid',
      'aria-label': options.label,
    });
    const sheet = h('div', { class: 'grid-sheet', role: 'presentation' }, this.head, this.body);
    append(this.scroller, sheet);
    append(this.element, this.scroller);
    this.scroller.setAttribute('role', 'presentation');
    this.scroller.style.maxHeight = `${(options.maxRows + 2) * ROW_HEIGHT}px`;
    this.scroller.addEventListener('scroll', () => this.draw(), { passive: true });
    this.element.addEventListener('keydown', event => this.onKey(event));
    this.element.addEventListener('click', event => this.onClick(event));
    this.element.addEventListener('dblclick', event => this.open(this.placeOf(event.target)));
    this.element.addEventListener('focusin', event => this.onFocus(event.target));
    // Drawing changes sizes: within the observer's own frame that would be a loop.
    new ResizeObserver(() => requestAnimationFrame(() => this.draw())).observe(this.scroller);
    options.source.onChange = () => this.redraw();
  }

  /** Shows these columns, in this order. */
  setColumns(columns: readonly Column<Row>[]): void {
    this.columns = columns;
    this.element.style.setProperty('--replay-columns', columnTracks(columns));
    this.element.setAttribute('aria-colcount', String(columns.length));
    this.redraw();
  }

  /** Marks the rows for which `isCurrent` holds, and scrolls the first of them into view unless the keyboard is here. */
  setCurrent(isCurrent: (row: Row) => boolean): void {
    this.isCurrent = isCurrent;
    this.redraw();
    if (this.element.contains(document.activeElement)) return;
    const { source } = this.options;
    for (let index = 0; index < Math.min(source.count, 10_000); index++) {
      const item = source.at(index);
      if (item.kind === 'row' && isCurrent(item.row)) {
        this.scrollIntoView(index);
        return;
      }
    }
  }

  /** Makes several changes and draws once: in between, columns and rows may be of different questions. */
  hold(change: () => void): void {
    this.isHeld = true;
    change();
    this.isHeld = false;
    this.redraw();
  }

  private redraw(): void {
    if (this.isHeld) return;
    const hadFocus = this.element.contains(document.activeElement);
    const { source } = this.options;
    replace(this.head, ...headingRows(this.columns, source.sort));
    this.element.setAttribute('aria-rowcount', String(source.count + this.headingCount));
    for (const row of this.drawn.values()) row.remove();
    this.drawn.clear();
    this.active.row = Math.min(this.active.row, source.count - 1);
    this.active.column = Math.min(this.active.column, Math.max(0, this.columns.length - 1));
    this.draw();
    if (hadFocus) this.cellAt(this.active)?.focus({ preventScroll: true });
  }

  private get headingCount(): number {
    return this.head.childElementCount;
  }

  private draw(): void {
    const { source } = this.options;
    const visible = rowWindow(source.count, ROW_HEIGHT, this.scroller.scrollTop, this.viewport);
    this.body.style.height = `${visible.height}px`;
    for (const [index, row] of this.drawn) {
      // The row with the keyboard stays, also out of sight: removing it would lose the focus.
      if ((index < visible.from || index >= visible.to) && !row.contains(document.activeElement)) {
        row.remove();
        this.drawn.delete(index);
      }
    }
    for (let index = visible.from; index < visible.to; index++) {
      const row = this.drawn.get(index) ?? this.drawRow(index);
      row.style.transform = `translateY(${visible.top + (index - visible.from) * ROW_HEIGHT}px)`;
    }
    this.markActive();
  }

  private get viewport(): number {
    const inner = this.scroller.clientHeight - this.head.offsetHeight;
    return inner > 0 ? inner : this.options.maxRows * ROW_HEIGHT;
  }

  private drawRow(index: number): HTMLElement {
    const item = this.options.source.at(index);
    const tree = this.options.grouped === true;
    const row = bodyRow(item, this.columns, { index, headingRows: this.headingCount, tree });
    row.dataset.index = String(index);
    if (item.kind === 'row') {
      const isSelected = this.options.id(item.row) === this.selected;
      if (this.options.onSelect) row.setAttribute('aria-selected', String(isSelected));
      if (this.isCurrent(item.row)) row.setAttribute('aria-current', 'true');
    }
    this.drawn.set(index, row);
    append(this.body, row);
    return row;
  }

  /** Exactly one cell takes part in the tab order. */
  private markActive(): void {
    for (const cell of this.element.querySelectorAll('[tabindex="0"]')) cell.setAttribute('tabindex', '-1');
    const cell = this.cellAt(this.active) ?? this.cellAt({ row: -1, column: 0 });
    cell?.setAttribute('tabindex', '0');
  }

  private cellAt({ row, column }: Place): HTMLElement | undefined {
    const parent = row < 0 ? this.head.lastElementChild : this.drawn.get(row);
    const cells = parent?.querySelectorAll<HTMLElement>(':scope > .cell');
    return cells?.[Math.min(column, cells.length - 1)];
  }

  private placeOf(target: EventTarget | null): Place | undefined {
    const cell = target instanceof Element ? target.closest('.cell') : null;
    const row = cell?.parentElement;
    if (!cell || !row) return undefined;
    const column = [...row.children].indexOf(cell);
    if (row.classList.contains('grid-titles')) return { row: -1, column };
    return row instanceof HTMLElement && row.dataset.index !== undefined
      ? { row: Number(row.dataset.index), column }
      : undefined;
  }

  private itemAt(place: Place | undefined): DisplayRow<Row> | undefined {
    return place === undefined || place.row < 0 ? undefined : this.options.source.at(place.row);
  }

  private onFocus(target: EventTarget | null): void {
    const place = this.placeOf(target);
    if (place === undefined) return;
    this.active = place;
    this.markActive();
  }

  private onClick(event: MouseEvent): void {
    const place = this.placeOf(event.target);
    if (place === undefined) return;
    this.moveTo(place);
    if (place.row < 0) this.sortBy(place.column);
    else this.choose(place);
  }

  /** A row is selected, a group opens or closes. */
  private choose(place: Place): void {
    const item = this.itemAt(place);
    if (item?.kind === 'group') this.toggle(item.key);
    if (item?.kind !== 'row' || this.options.onSelect === undefined) return;
    this.selected = this.options.id(item.row);
    for (const [index, row] of this.drawn)
      if (row.hasAttribute('aria-selected')) row.setAttribute('aria-selected', String(index === place.row));
    this.options.onSelect(item.row);
  }

  private open(place: Place | undefined): void {
    const item = this.itemAt(place);
    if (item?.kind === 'row') this.options.onOpen?.(item.row);
  }

  private toggle(key: string): void {
    this.options.source.toggle(key);
    this.options.onToggle?.();
  }

  private sortBy(index: number): void {
    const column = this.columns.at(index);
    if (column?.value === undefined) return;
    const next = nextSort(this.options.source.sort, column.id, column.numeric === true);
    this.options.source.setSort(next, this.columns);
    this.options.onSort?.(next);
  }

  private onKey(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c' && getSelection()?.isCollapsed !== false) {
      this.options.onCopy?.();
      return;
    }
    const place = this.placeOf(event.target);
    if (place === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') this.act(place, event.key);
    else {
      const item = this.itemAt(place);
      const closes =
        item?.kind === 'group' &&
        ((event.key === 'ArrowRight' && !item.expanded) || (event.key === 'ArrowLeft' && item.expanded));
      if (closes) this.toggle(item.key);
      else if (!this.move(place, event)) return;
    }
    event.preventDefault();
  }

  private act(place: Place, key: string): void {
    if (place.row < 0) this.sortBy(place.column);
    else if (key === 'Enter' && this.itemAt(place)?.kind === 'row' && this.options.onOpen) this.open(place);
    else this.choose(place);
  }

  /** @returns whether the key moves within a table */
  private move({ row, column }: Place, { key, ctrlKey, metaKey }: KeyboardEvent): boolean {
    const last = { row: this.options.source.count - 1, column: this.columns.length - 1 };
    const page = Math.max(1, Math.floor(this.viewport / ROW_HEIGHT) - 1);
    const far = ctrlKey || metaKey;
    const targets: Partial<Record<string, Place>> = {
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      PageDown: { row: row + page, column },
      PageUp: { row: Math.max(0, row - page), column },
      Home: far ? { row: 0, column: 0 } : { row, column: 0 },
      End: far ? last : { row, column: last.column },
    };
    const target = targets[key];
    if (target === undefined) return false;
    const bounded = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
    this.moveTo({ row: bounded(target.row, -1, last.row), column: bounded(target.column, 0, last.column) });
    return true;
  }

  private moveTo(place: Place): void {
    this.active = place;
    if (place.row >= 0) this.scrollIntoView(place.row);
    this.markActive();
    this.cellAt(place)?.focus({ preventScroll: place.row >= 0 && this.options.source.count > this.options.maxRows });
  }

  private scrollIntoView(index: number): void {
    const { scroller, viewport } = this;
    scroller.scrollTop = scrollTo(index, this.options.source.count, ROW_HEIGHT, scroller.scrollTop, viewport);
    this.draw();
  }
}

/** Largest first for numbers, alphabetical for text; then the other way; then as given. */
function nextSort(sort: SortOrder | undefined, column: string, numeric: boolean): SortOrder | undefined {
  if (sort?.column !== column) return { column, descending: numeric };
  return sort.descending === numeric ? { column, descending: !numeric } : undefined;
}
