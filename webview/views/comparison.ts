/** Every figure of every run, with its difference from the baseline: how much, in per cent, and whether that is better. */
import type { PanelComparison, PanelComparisonRow, PanelRun } from '../../src/editor/panel/messages';
import { append, h, icon, unseen } from '../dom';
import { ABSENT, formatDelta, formatRatio, formatValue } from '../format';
import { runMark } from '../identity';
import type { Store } from '../store';
import { t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { LocalRows } from '../ui/grid/local-rows';
import { Table } from '../ui/grid/table';

/** Bounds of the CPU time's band: shown with it, not as figures of their own. */
const BAND_ROWS = ['time.low', 'time.high'];
const OPEN_GROUPS = ['time', 'exposure', 'memory'];

export function comparisonView(store: Store): HTMLElement {
  const { groups } = store.model.view.grids.comparison ?? {};
  const rows = new LocalRows<PanelComparisonRow>(
    { key: groupOf, title: groupTitle, open: key => OPEN_GROUPS.includes(key) },
    groups,
  );
  const table = new Table<PanelComparisonRow>(store, {
    name: 'comparison',
    label: t('Comparison'),
    heading: t('Comparison'),
    source: rows,
    maxRows: 26,
    grouped: true,
    id: row => row.id ?? row.metric,
    onToggle: () => {
      const { grids } = store.model.view;
      store.look({ grids: { ...grids, comparison: { ...grids.comparison, groups: rows.toggledGroups } } });
    },
  });
  const element = h('section', { class: 'comparison', 'aria-label': t('Comparison') }, table.element);
  store.watch(
    ({ state, view }) => [state?.comparison, state?.runs, view.hidden],
    () => {
      const { comparison } = store.model.state ?? {};
      element.hidden = comparison === undefined;
      if (comparison === undefined) return;
      table.setColumns(columns(comparison, store.shownRuns), () =>
        rows.setRows(comparison.rows.filter(({ id = '' }) => !BAND_ROWS.includes(id))),
      );
    },
  );
  return element;
}

function groupOf({ id }: PanelComparisonRow): string {
  return id === undefined ? 'figures' : id.replace(/\..*/, '');
}

function groupTitle(key: string): string {
  const titles: Partial<Record<string, string>> = {
    time: t('Time'),
    exposure: t('Exposure'),
    memory: t('Memory'),
    dirty: t('Dirty pages'),
    device: t('Device'),
    counters: t('Work'),
  };
  return titles[key] ?? t('Figures');
}

function columns(comparison: PanelComparison, runs: readonly PanelRun[]): Column<PanelComparisonRow>[] {
  const metric: Column<PanelComparisonRow> = {
    id: 'metric',
    title: t('Figure'),
    width: 30,
    value: row => row.metric,
    text: row => capitalised(row.metric),
    render: (row, cell) =>
      append(cell, provenanceMark(row.modelled), h('span', { class: 'cell-text' }, capitalised(row.metric))),
  };
  return [metric, ...runs.flatMap(run => runColumns(comparison, run))];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Counted or modelled, as a sign in front of the figure. */
function provenanceMark(modelled: boolean): HTMLElement {
  const words = modelled ? t('modelled') : t('counted');
  return h('span', { class: 'mark', title: words }, icon(modelled ? 'beaker' : 'symbol-numeric'), unseen(`${words}: `));
}

function runColumns(comparison: PanelComparison, run: PanelRun): Column<PanelComparisonRow>[] {
  const at = comparison.runs.findIndex(({ runId }) => runId === run.runId);
  const isBaseline = comparison.baseline === run.runId;
  const label = isBaseline ? `${run.name} (${t('baseline')})` : run.name;
  const band = {
    id: run.runId,
    title: label,
    render: () =>
      isBaseline ? h('span', { class: 'run-mark' }, runMark(run), icon('pinned'), unseen(t('baseline'))) : runMark(run),
  };
  const why = (row: PanelComparisonRow): string | undefined => (row.values[at] === null ? row.absent : undefined);
  const value: Column<PanelComparisonRow> = {
    id: `value@${run.runId}`,
    title: t('Value'),
    band,
    divided: true,
    numeric: true,
    width: Math.max(11, isBaseline ? Math.min(20, run.name.length + 5) : 0),
    value: row => row.values[at] ?? undefined,
    text: row => cellText(row.values[at], number => formatValue(number, cellUnit(row))),
    why,
  };
  const range: Column<PanelComparisonRow> = {
    id: `band@${run.runId}`,
    title: t('Band'),
    description: t('From the low to the high end of the prices of the platform'),
    band,
    numeric: true,
    width: 18,
    shown: false,
    text: row => bandText(comparison, row, at),
  };
  if (isBaseline) return [value, range];
  return [
    value,
    range,
    {
      id: `delta@${run.runId}`,
      title: t('Δ'),
      description: t('Difference from the baseline'),
      band,
      numeric: true,
      width: 13,
      shown: true,
      value: row => row.deltas[at] ?? undefined,
      text: row => cellText(row.deltas[at], number => formatDelta(number, cellUnit(row))),
      why,
    },
    {
      id: `ratio@${run.runId}`,
      title: t('Δ %'),
      description: t('Difference from the baseline, relative to it'),
      band,
      numeric: true,
      width: 16,
      shown: true,
      value: row => row.ratios[at] ?? undefined,
      text: row => ratioText(row, at),
      render: (row, cell) => renderRatio(row, at, cell),
      why,
    },
  ];
}

/** The figure's name says that it counts pages: the cells need not. */
function cellUnit({ unit }: PanelComparisonRow): string {
  return unit === 'pages' ? '' : unit;
}

function cellText(value: number | null, format: (value: number) => string): string {
  return value === null ? ABSENT : format(value);
}

/** The engine gives a band for the CPU time alone. */
function bandText({ rows }: PanelComparison, row: PanelComparisonRow, at: number): string {
  if (row.id !== 'time.cpuNs') return ABSENT;
  const [low, high] = BAND_ROWS.map(id => rows.find(other => other.id === id)?.values[at] ?? undefined);
  return low === undefined || high === undefined
    ? ABSENT
    : `${formatValue(low, row.unit)} – ${formatValue(high, row.unit)}`;
}

/** A difference that no one would call one. */
const SAME = formatRatio(0);

type Verdict = 'better' | 'worse' | 'same' | undefined;

/** Better or worse than the baseline; undefined where the figure is neither. */
export function verdict(row: PanelComparisonRow, at: number): Verdict {
  const delta = row.deltas[at];
  if (delta === null || row.smallerIsBetter === undefined) return undefined;
  if (delta === 0 || formatRatio(row.ratios[at] ?? 1) === SAME) return 'same';
  return delta < 0 === row.smallerIsBetter ? 'better' : 'worse';
}

function ratioText(row: PanelComparisonRow, at: number): string {
  const ratio = row.ratios[at];
  const delta = row.deltas[at];
  // Something where the baseline has nothing: there is no ratio, but there is a verdict.
  const text = ratio === null ? (delta ? t('from 0') : ABSENT) : formatRatio(ratio);
  const judged = verdict(row, at);
  if (judged === 'better') return `${text} ${t('better')}`;
  return judged === 'worse' ? `${text} ${t('worse')}` : text;
}

function renderRatio(row: PanelComparisonRow, at: number, cell: HTMLElement): void {
  const judged = verdict(row, at);
  const text = ratioText(row, at);
  const delta = row.deltas[at] ?? 0;
  const isVerdict = judged === 'better' || judged === 'worse';
  append(
    cell,
    isVerdict && icon(delta < 0 ? 'arrow-small-down' : 'arrow-small-up'),
    h('span', { class: `cell-text${isVerdict ? ` ${judged}` : ''}${text === ABSENT ? ' absent' : ''}` }, text),
  );
  if (isVerdict) cell.classList.add(judged);
}
