/** Where a run and the baseline part: over time, and line by line. */
import type { PanelRun } from '../../src/editor/panel/messages';
import type { DivergenceReply, DivergentLine } from '../../src/editor/panel/view-queries';
import { Figure } from '../charts/figure';
import { TimeFrame } from '../charts/time-frame';
import { timeLines } from '../charts/time-lines';
import { TimeStage } from '../charts/time-stage';
import { h } from '../dom';
import { formatCount, formatDelta, formatMoment, formatNs, formatRatio, ABSENT } from '../format';
import { runLabel } from '../identity';
import type { Store } from '../store';
import { t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { LocalRows } from '../ui/grid/local-rows';
import { Table } from '../ui/grid/table';
import { picker } from '../ui/toolkit';
import { scopeRange } from './scope';
import { Study } from './study';

const TAB = 'divergence';
const TOP = 500;

interface Moment {
  time: number;
  ns: number;
}

export function divergenceView(store: Store): HTMLElement {
  const frame = new TimeFrame();
  let runId: string | undefined;
  const choose = picker(t('Run'), 'divergence-run', chosen => {
    runId = chosen;
    study.ask();
  });
  const title = t('Cost beyond the baseline, added up over time');
  const figure = new Figure<Moment>(store, { name: TAB, title, modelled: true, controls: [choose.element] });
  const stage = new TimeStage(store, frame, figure, title);
  figure.onDraw = () => stage.place();
  const rows = new LocalRows<DivergentLine>();
  const table = new Table<DivergentLine>(store, {
    name: 'divergent-lines',
    label: t('Lines that differ most'),
    heading: t('Lines that differ most'),
    source: rows,
    maxRows: 16,
    id: row => String(row.operation),
    onSelect: row => store.host.post({ type: 'reveal', line: row.line, preserveFocus: true }),
    onOpen: row => store.host.post({ type: 'reveal', line: row.line, preserveFocus: false }),
  });
  const none = h(
    'p',
    { class: 'hint' },
    t('Replay a second policy, or show another run, to see where it parts from the baseline.'),
  );
  let redraw: () => void = () => undefined;
  const content = h('div', { class: 'divergence-content' }, figure.element, table.element);
  const study = new Study(
    store,
    TAB,
    ({ state, view, range }) => [store.runsKey, state?.baseline, view.hidden, range],
    async signal => {
      const { baseline } = store;
      const others = store.shownRuns.filter(run => run.runId !== baseline?.runId);
      const run = others.find(other => other.runId === runId) ?? others.at(0);
      choose.update(
        others.map(other => ({ value: other.runId, label: runLabel(other) })),
        run?.runId,
      );
      none.hidden = run !== undefined;
      content.hidden = run === undefined;
      if (run === undefined || baseline === undefined) return;
      const { range, state } = store.model;
      frame.setSpan(state?.trace.spanNs ?? 1);
      const points = Math.max(100, figure.stage.clientWidth) * 4;
      const request = { runId: run.runId, baseline: baseline.runId, ...(range && { range }), points, top: TOP };
      const reply = await store.host.query('divergence', request, signal);
      redraw = () => showCourse(figure, frame, run, baseline, reply);
      redraw();
      table.setColumns(columns(run, baseline), () => rows.setRows(reply.lines));
    },
  );
  frame.onZoom(() => redraw());
  store.watch(
    ({ line, operationLines }) => [line, operationLines],
    () => {
      const lines = new Set([store.model.line, ...store.model.operationLines]);
      table.grid.setCurrent(row => lines.has(row.line));
    },
  );
  return h('div', { class: 'divergence' }, scopeRange(store), none, study.status, content);
}

function showCourse(
  figure: Figure<Moment>,
  frame: TimeFrame,
  run: PanelRun,
  baseline: PanelRun,
  reply: DivergenceReply,
): void {
  const { times, cumulativeNs, agreeing, differing } = reply;
  const line = { run, times, values: cumulativeNs };
  const zoom = { ...frame.zoom };
  const end = cumulativeNs.at(-1) ?? 0;
  const part = t(
    '{0} of {1} operations cost something else under {2} than under {3}',
    formatCount(differing),
    formatCount(agreeing + differing),
    run.name,
    baseline.name,
  );
  const sum =
    end === 0
      ? t('together neither more nor less')
      : end > 0
        ? t('together {0} more', formatNs(end))
        : t('together {0} less', formatNs(-end));
  const every = Math.max(1, Math.floor(times.length / 40));
  figure.update(
    { sentence: `${part}: ${sum}.`, height: 190, config: theme => timeLines([line], 'ns', zoom, theme) },
    [
      { id: 'time', title: t('Time'), width: 18, value: row => row.time, text: row => formatMoment(row.time, 1000) },
      {
        id: 'sum',
        title: t('Beyond the baseline'),
        numeric: true,
        width: 20,
        value: row => row.ns,
        text: row => formatDelta(row.ns, 'ns'),
      },
    ],
    Array.from(times, (time, i) => ({ time, ns: cumulativeNs[i] })).filter(
      (_, i) => i % every === 0 || i === times.length - 1,
    ),
  );
}

function columns(run: PanelRun, baseline: PanelRun): Column<DivergentLine>[] {
  const delta = (row: DivergentLine): number => row.ns - row.baselineNs;
  return [
    { id: 'label', title: t('Operation'), width: 26, value: row => row.label, text: row => row.label },
    { id: 'line', title: t('Line'), numeric: true, width: 7, value: row => row.line, text: row => String(row.line) },
    {
      id: 'baseline',
      title: `${baseline.style.symbol} ${baseline.name}`,
      numeric: true,
      width: 11,
      shown: true,
      value: row => row.baselineNs,
      text: row => formatNs(row.baselineNs),
    },
    {
      id: 'run',
      title: `${run.style.symbol} ${run.name}`,
      numeric: true,
      width: 11,
      shown: true,
      value: row => row.ns,
      text: row => formatNs(row.ns),
    },
    {
      id: 'delta',
      title: t('Δ'),
      numeric: true,
      width: 10,
      shown: true,
      value: delta,
      text: row => formatDelta(delta(row), 'ns'),
    },
    {
      id: 'ratio',
      title: t('Δ %'),
      numeric: true,
      width: 8,
      shown: true,
      value: row => (row.baselineNs === 0 ? undefined : delta(row) / row.baselineNs),
      text: row => (row.baselineNs === 0 ? ABSENT : formatRatio(delta(row) / row.baselineNs)),
      why: row => (row.baselineNs === 0 ? t('it costs nothing under {0}', baseline.name) : undefined),
    },
  ];
}
