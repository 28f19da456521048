/** The hottest operations or groups of a run: a click reveals the line, and the caret in the trace marks the row. */
import type { PanelHotspots, PanelState } from '../../src/editor/panel/messages';
import { append, h, icon, replace, unseen } from '../dom';
import { ABSENT, formatCount, formatDelta, formatNs, formatRatio, formatShare } from '../format';
import { runLabel } from '../identity';
import type { Store } from '../store';
import { t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { LocalRows } from '../ui/grid/local-rows';
import { Table } from '../ui/grid/table';
import { picker } from '../ui/toolkit';

type Hotspot = PanelHotspots['items'][number];
type Grouping = PanelHotspots['by'];

const GROUPINGS: readonly Grouping[] = ['operation', 'device', 'call-site', 'size', 'line'];

export function hotspotsView(store: Store): HTMLElement {
  const rows = new LocalRows<Hotspot>();
  const details = h('div', { class: 'details', role: 'region', 'aria-label': t('Details of the selected hotspot') });
  const run = picker(t('Run'), 'hotspots-run', runId =>
    store.host.post({ type: 'setHotspots', runId, by: shownBy(store) }),
  );
  const by = picker(t('By'), 'hotspots-by', grouping => {
    const { hotspots } = store.model.state ?? {};
    const known = GROUPINGS.find(name => name === grouping);
    if (hotspots && known) store.host.post({ type: 'setHotspots', runId: hotspots.runId, by: known });
  });
  const reveal = (line: number, preserveFocus: boolean): void =>
    store.host.post({ type: 'reveal', line, preserveFocus });
  const table = new Table<Hotspot>(store, {
    name: 'hotspots',
    label: t('Hotspots'),
    heading: t('Hotspots'),
    source: rows,
    maxRows: 15,
    id: hotspot => `${hotspot.line} ${hotspot.label}`,
    controls: [run.element, by.element],
    onSelect: hotspot => {
      replace(details, ...detailsOf(hotspot, line => reveal(line, true)));
      details.hidden = false;
      reveal(hotspot.line, true);
    },
    onOpen: hotspot => reveal(hotspot.line, false),
  });
  details.hidden = true;
  const none = h('p', { class: 'hint' }, t('No operation of this run costs anything.'));
  const element = h('section', { class: 'hotspots', 'aria-label': t('Hotspots') }, table.element, none, details);

  store.watch(
    ({ state }) => [state?.hotspots, state?.runs],
    () => {
      const { state } = store.model;
      const { hotspots } = state ?? {};
      element.hidden = hotspots === undefined;
      if (state === undefined || hotspots === undefined) return;
      run.update(
        state.runs.map(({ runId, ...rest }) => ({ value: runId, label: runLabel({ runId, ...rest }) })),
        hotspots.runId,
      );
      by.update(
        GROUPINGS.map(value => ({ value, label: groupingTitle(value) })),
        hotspots.by,
      );
      details.hidden = true;
      none.hidden = hotspots.items.length > 0;
      table.setColumns(columns(hotspots, baselineName(state)), () => rows.setRows(hotspots.items));
    },
  );
  store.watch(
    ({ line, operationLines, state }) => [line, operationLines, state?.hotspots],
    () => {
      const { line, operationLines } = store.model;
      const lines = new Set([...operationLines, ...(line === undefined ? [] : [line])]);
      table.grid.setCurrent(hotspot => hotspot.lines.some(other => lines.has(other)));
    },
  );
  return element;
}

function shownBy(store: Store): Grouping {
  return store.model.state?.hotspots?.by ?? 'operation';
}

function baselineName({ runs, baseline, hotspots }: PanelState): string | undefined {
  return baseline === hotspots?.runId ? undefined : runs.find(({ runId }) => runId === baseline)?.name;
}

function groupingTitle(by: Grouping): string {
  const titles: Record<Grouping, string> = {
    operation: t('Operation'),
    device: t('Device'),
    'call-site': t('Call site'),
    size: t('Size'),
    line: t('Line'),
  };
  return titles[by];
}

function columns({ by, items }: PanelHotspots, baseline: string | undefined): Column<Hotspot>[] {
  const ns = (id: string, title: string, value: (row: Hotspot) => number, shown = true): Column<Hotspot> => ({
    id,
    title,
    numeric: true,
    width: 10,
    shown,
    value,
    text: row => formatNs(value(row)),
  });
  const largest = Math.max(...items.map(({ share }) => share), Number.MIN_VALUE);
  const single = by === 'operation' || by === 'line';
  return [
    { id: 'label', title: groupingTitle(by), width: 26, value: row => row.label, text: row => row.label },
    { id: 'line', title: t('Line'), numeric: true, width: 7, value: row => row.line, text: row => String(row.line) },
    ns('total', t('Cost'), row => row.totalNs),
    {
      id: 'share',
      title: t('Share'),
      description: t('Of the CPU time of the run'),
      numeric: true,
      width: 11,
      shown: true,
      value: row => row.share,
      text: row => formatShare(row.share),
      render: (row, cell) => renderShare(row, largest, cell),
    },
    ...(baseline === undefined ? [] : differenceColumns(baseline)),
    {
      id: 'operations',
      title: t('Operations'),
      numeric: true,
      width: 10,
      shown: !single,
      value: row => row.operations,
      text: row => formatCount(row.operations),
    },
    ns('mean', t('Mean'), row => row.meanNs, !single),
    ns('max', t('Maximum'), row => row.maxNs, !single),
  ];
}

function differenceColumns(baseline: string): Column<Hotspot>[] {
  const delta = ({ totalNs, baselineNs }: Hotspot): number | undefined =>
    baselineNs === undefined ? undefined : totalNs - baselineNs;
  const why = (row: Hotspot): string | undefined =>
    row.baselineNs === undefined ? t('{0} has no cost for it', baseline) : undefined;
  return [
    {
      id: 'delta',
      title: t('Δ'),
      description: t('Difference from {0}', baseline),
      numeric: true,
      width: 10,
      shown: true,
      value: delta,
      text: row => (row.baselineNs === undefined ? ABSENT : formatDelta(row.totalNs - row.baselineNs, 'ns')),
      why,
    },
    {
      id: 'ratio',
      title: t('Δ %'),
      description: t('Difference from {0}, relative to it', baseline),
      numeric: true,
      width: 8,
      shown: true,
      value: row => (row.baselineNs ? row.totalNs / row.baselineNs - 1 : undefined),
      text: row => (row.baselineNs ? formatRatio(row.totalNs / row.baselineNs - 1) : ABSENT),
      why,
    },
  ];
}

/** The bar is drawn against the largest share of the list: in a long trace each is a fraction of a per cent. */
function renderShare(row: Hotspot, largest: number, cell: HTMLElement): void {
  const bar = h('span', { class: 'share-bar', 'aria-hidden': 'true' }, h('span', { class: 'share-fill' }));
  bar.style.setProperty('--replay-share', String(row.share / largest));
  append(cell, bar, h('span', { class: 'cell-text' }, formatShare(row.share)));
}

/** The lines of a group, each a link. */
function detailsOf(hotspot: Hotspot, reveal: (line: number) => void): HTMLElement[] {
  const links = hotspot.lines.map(line =>
    h(
      'li',
      {},
      h('button', { class: 'link', on: { click: () => reveal(line) } }, unseen(`${t('Line')} `), String(line)),
    ),
  );
  const rest = hotspot.operations - hotspot.lines.length;
  const heading = hotspot.lines.length === 1 ? t('Line') : t('Costliest lines');
  return [
    h('span', { class: 'details-title' }, icon('list-ordered'), `${hotspot.label}. ${heading}:`),
    h('ul', { class: 'line-links' }, ...links),
    ...(rest > 0 && hotspot.lines.length > 1
      ? [h('span', { class: 'hint' }, t('and {0} more operations', formatCount(rest)))]
      : []),
  ];
}
