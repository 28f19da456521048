/** The operations themselves, as many as match: a page at a time from the engine. */
import type { PanelRun } from '../../src/editor/panel/messages';
import type { OperationColumn, OperationRow } from '../../src/editor/panel/view-queries';
import { h } from '../dom';
import { ABSENT, formatBytes, formatCount, formatDelta, formatMoment, formatNs } from '../format';
import { QueryError } from '../host';
import { runMark } from '../identity';
import { isSame, type Store } from '../store';
import { t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { PagedRows } from '../ui/grid/paged-rows';
import { Table } from '../ui/grid/table';

export function operationsView(store: Store, tab: string): HTMLElement {
  const status = h('p', { class: 'hint', role: 'status' });
  const rows = new PagedRows<OperationRow>(
    async (offset, count, sort, signal) => {
      const { view, range } = store.model;
      const page = await store.host.query(
        'operations',
        {
          filter: view.filter,
          ...(range && { range }),
          runIds: store.shownRuns.map(run => run.runId),
          ...(sort && { sort: { ...sortKey(sort.column), descending: sort.descending } }),
          offset,
          count,
        },
        signal,
      );
      status.textContent = t('{0} of {1} operations', formatCount(page.matched), formatCount(page.total));
      return { count: page.matched, rows: page.rows };
    },
    error => {
      if (!(error instanceof QueryError)) throw error;
      status.textContent = `${error.notice.message} ${error.notice.advice}`;
    },
  );
  const table = new Table<OperationRow>(store, {
    name: 'operations',
    label: t('Operations'),
    heading: t('Operations'),
    source: rows,
    maxRows: 20,
    id: row => String(row.operation),
    controls: [status],
    onSelect: row => store.host.post({ type: 'reveal', line: row.line, preserveFocus: true }),
    onOpen: row => store.host.post({ type: 'reveal', line: row.line, preserveFocus: false }),
  });
  let asked: readonly unknown[] = [];
  store.watch(
    ({ state, view, range }) => [view.tab === tab, store.runsKey, state?.baseline, view.hidden, view.filter, range],
    () => {
      const { state, view, range } = store.model;
      const terms = [store.runsKey, state?.baseline, view.hidden, view.filter, range];
      if (view.tab !== tab || isSame(terms, asked)) return;
      asked = terms;
      table.setColumns(columns(store.shownRuns, store.baseline), () => rows.restart());
    },
  );
  store.watch(
    ({ line, operationLines }) => [line, operationLines],
    () => {
      const lines = new Set([store.model.line, ...store.model.operationLines]);
      table.grid.setCurrent(row => lines.has(row.line));
    },
  );
  return h('section', { class: 'operations', 'aria-label': t('Operations') }, table.element);
}

/** Columns of costs are named `cost@run`, those of differences `delta@run`: both sort by the run's cost. */
function sortKey(column: string): { column: OperationColumn; runId?: string } {
  const [name] = column.split('@');
  const runId = column.split('@').at(1);
  return runId === undefined ? { column: name as OperationColumn } : { column: 'cost', runId };
}

function columns(runs: readonly PanelRun[], baseline: PanelRun | undefined): Column<OperationRow>[] {
  const at = runs.findIndex(run => run.runId === baseline?.runId);
  const text = (
    id: OperationColumn,
    title: string,
    width: number,
    read: (row: OperationRow) => string,
    shown?: boolean,
  ): Column<OperationRow> => ({
    id,
    title,
    width,
    ...(shown !== undefined && { shown }),
    value: read,
    text: read,
  });
  const number = (
    id: OperationColumn,
    title: string,
    width: number,
    value: (row: OperationRow) => number,
    format: (value: number) => string,
    shown = true,
  ): Column<OperationRow> => ({ id, title, width, numeric: true, shown, value, text: row => format(value(row)) });
  return [
    text('kind', t('Operation'), 10, row => row.kind),
    text('device', t('Device'), 13, row => row.device, true),
    text('direction', t('Direction'), 13, row => row.direction, false),
    number('size', t('Size'), 8, row => row.size, formatBytes),
    number(
      'time',
      t('Time'),
      14,
      row => row.timeNs,
      ns => formatMoment(ns, 1000),
    ),
    number('cpu', t('CPU'), 4, row => row.cpu, String, false),
    number('line', t('Line'), 7, row => row.line, String),
    ...runs.flatMap((run, i) => costColumns(run, i, at)),
  ];
}

function costColumns(run: PanelRun, index: number, baseline: number): Column<OperationRow>[] {
  const band = { id: run.runId, title: run.name, render: () => runMark(run) };
  const cost = (row: OperationRow): number | undefined => row.costs[index] ?? undefined;
  const delta = (row: OperationRow): number | undefined => {
    const [own, base] = [row.costs[index], row.costs[baseline]];
    return own === null || base === null ? undefined : own - base;
  };
  const why = (row: OperationRow): string | undefined =>
    cost(row) === undefined ? t('not replayed under this policy') : undefined;
  const costColumn: Column<OperationRow> = {
    id: `cost@${run.runId}`,
    title: t('Cost'),
    band,
    divided: true,
    numeric: true,
    width: 9,
    shown: true,
    value: cost,
    text: row => {
      const ns = cost(row);
      return ns === undefined ? ABSENT : formatNs(ns);
    },
    why,
  };
  if (baseline < 0 || index === baseline) return [costColumn];
  const deltaColumn: Column<OperationRow> = {
    id: `delta@${run.runId}`,
    title: t('Δ'),
    band,
    numeric: true,
    width: 10,
    shown: false,
    text: row => {
      const ns = delta(row);
      return ns === undefined ? ABSENT : formatDelta(ns, 'ns');
    },
    why,
  };
  return [costColumn, deltaColumn];
}
