/** The elements of a table: heading, rows, cells, with their roles and names for screen readers. */
import { append, h, icon, unseen } from '../../dom';
import { ABSENT } from '../../format';
import { t } from '../../strings';
import type { Column, DisplayRow, SortOrder } from './columns';

/** CSS grid tracks: the first column takes what is left over. */
export function columnTracks<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(({ width }, i) => (i === 0 ? `minmax(${width}ch, 1fr)` : `calc(${width}ch + 14px)`)).join(' ');
}

/** One heading row, and above it a row of bands where columns have them. */
export function headingRows<Row>(columns: readonly Column<Row>[], sort: SortOrder | undefined): HTMLElement[] {
  const titles = h(
    'div',
    { class: 'grid-row grid-titles', role: 'row' },
    ...columns.map(column => titleCell(column, sort)),
  );
  return columns.some(({ band }) => band !== undefined) ? [bandRow(columns), titles] : [titles];
}

function bandRow<Row>(columns: readonly Column<Row>[]): HTMLElement {
  const row = h('div', { class: 'grid-row grid-bands', role: 'row' });
  for (let at = 0; at < columns.length;) {
    const { band } = columns[at];
    let span = 1;
    while (at + span < columns.length && columns[at + span].band?.id === band?.id) span++;
    const cell = h('div', {
      class: band === undefined ? 'cell' : 'cell band',
      role: band === undefined ? 'gridcell' : 'columnheader',
      'aria-colspan': span,
      'aria-colindex': at + 1,
      title: band?.title,
    });
    cell.style.gridColumn = `span ${span}`;
    if (band !== undefined) append(cell, band.render?.() ?? band.title);
    append(row, cell);
    at += span;
  }
  return row;
}

function titleCell<Row>(column: Column<Row>, sort: SortOrder | undefined): HTMLElement {
  const sorted = sort?.column === column.id ? (sort.descending ? 'descending' : 'ascending') : undefined;
  const mark = sorted === 'descending' ? 'arrow-down' : 'arrow-up';
  return h(
    'div',
    {
      class: `${cellClass(column)} title${column.value ? ' sortable' : ''}`,
      role: 'columnheader',
      tabindex: -1,
      'aria-sort': sorted ?? (column.value ? 'none' : undefined),
      'data-column': column.id,
      title: column.description,
    },
    h('span', { class: 'cell-text' }, column.title),
    sorted !== undefined && icon(mark),
  );
}

/** A row's elements; `index` counts from 0 below the heading. */
export function bodyRow<Row>(
  item: DisplayRow<Row>,
  columns: readonly Column<Row>[],
  place: { index: number; headingRows: number; tree: boolean },
): HTMLElement {
  const row = h('div', {
    class: `grid-row ${item.kind}`,
    role: 'row',
    'aria-rowindex': place.index + place.headingRows + 1,
  });
  if (item.kind === 'pending') {
    append(row, h('div', { class: 'cell', role: 'gridcell', tabindex: -1, 'aria-busy': 'true' }, t('Loading…')));
  } else if (item.kind === 'group') {
    row.setAttribute('aria-expanded', String(item.expanded));
    row.setAttribute('aria-level', '1');
    append(row, groupCell(item, columns.length));
  } else {
    if (place.tree) row.setAttribute('aria-level', item.grouped ? '2' : '1');
    append(row, ...columns.map((column, i) => dataCell(column, item.row, i)));
  }
  return row;
}

function cellClass({ numeric, divided }: { numeric?: boolean; divided?: boolean }): string {
  return `cell${numeric === true ? ' numeric' : ''}${divided === true ? ' divided' : ''}`;
}

function groupCell(item: { title: string; count: number; expanded: boolean }, columns: number): HTMLElement {
  const cell = h(
    'div',
    { class: 'cell group-cell', role: 'gridcell', tabindex: -1, 'aria-colspan': columns },
    icon(item.expanded ? 'chevron-down' : 'chevron-right'),
    h('span', { class: 'cell-text' }, item.title),
    h('span', { class: 'group-count' }, String(item.count), unseen(` ${t('rows')}`)),
  );
  cell.style.gridColumn = `1 / -1`;
  return cell;
}

function dataCell<Row>(column: Column<Row>, row: Row, index: number): HTMLElement {
  const text = column.text(row);
  const why = column.why?.(row);
  const cell = h('div', {
    class: cellClass(column),
    role: index === 0 ? 'rowheader' : 'gridcell',
    tabindex: -1,
    'aria-colindex': index + 1,
    title: why ?? (column.numeric === true ? undefined : text),
  });
  if (column.render !== undefined) column.render(row, cell);
  else append(cell, h('span', { class: text === ABSENT ? 'cell-text absent' : 'cell-text' }, text));
  if (why !== undefined) append(cell, unseen(`, ${why}`));
  return cell;
}
