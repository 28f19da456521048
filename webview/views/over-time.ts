/** Quantities over trace time, one chart each, under one cursor; what is selected here filters tables and text. */
import type { PanelRun, SeriesInfo } from '../../src/editor/panel/messages';
import { Figure } from '../charts/figure';
import { TimeFrame } from '../charts/time-frame';
import { peak, timeLines, valueAt, type TimeLine } from '../charts/time-lines';
import { TimeStage } from '../charts/time-stage';
import { h, replace, unseen } from '../dom';
import { ABSENT, formatMoment, formatNs, formatValue } from '../format';
import { policySymbol } from '../identity';
import type { Store } from '../store';
import { listed, t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { openMenu } from '../ui/menu';
import { button } from '../ui/toolkit';
import { operationsView } from './operations';
import { scopeView } from './scope';
import { Study } from './study';

const TAB = 'over-time';
const POINTS_PER_PIXEL = 4;
/** Shown until someone chooses: cost, what stays in reach, what is in use. */
const FIRST_SHOWN = ['ns', 'stalePages', 'poolBytes', 'lockedBytes', 'iovaBytes'];
const HEIGHT = 150;
const TWIN_ROWS = 40;
/** Between the last change of the zoom and the question for its points, ms. */
const PAUSE_MS = 120;

export function overTimeView(store: Store): HTMLElement {
  const frame = new TimeFrame();
  const charts = h('div', { class: 'time-charts' });
  const built = new Map<string, SeriesChart>();
  const element = h(
    'div',
    { class: 'over-time' },
    scopeView(store, TAB),
    timeBar(store, frame),
    charts,
    operationsView(store, TAB),
  );
  store.watch(
    ({ view }) => [store.runsKey, view.series],
    () => {
      const { state } = store.model;
      frame.setSpan(Math.max(state?.trace.spanNs ?? 0, ...(state?.runs ?? []).map(run => run.time.makespanNs)));
      const shown = shownSeries(store);
      for (const info of shown) if (!built.has(info.id)) built.set(info.id, new SeriesChart(store, frame, info));
      replace(charts, ...shown.map(info => built.get(info.id)!.element));
    },
  );
  return element;
}

/** Every series of any run, in the engine's order. */
function allSeries(store: Store): SeriesInfo[] {
  const byId = new Map<string, SeriesInfo>();
  for (const run of store.model.state?.runs ?? [])
    for (const info of run.series) if (!byId.has(info.id)) byId.set(info.id, info);
  return [...byId.values()];
}

function shownSeries(store: Store): SeriesInfo[] {
  const { series } = store.model.view;
  const all = allSeries(store);
  const chosen = all.filter(({ id }) => (series.length > 0 ? series : FIRST_SHOWN).includes(id));
  return chosen.length > 0 ? chosen : all.slice(0, 3);
}

/** Zoom, and the choice of series. */
function timeBar(store: Store, frame: TimeFrame): HTMLElement {
  const choose = button(t('Series'), {
    look: 'secondary',
    icon: 'graph-line',
    onClick: () =>
      openMenu(
        choose,
        t('Series'),
        allSeries(store).map(({ id, title }) => ({
          label: title,
          checked: shownSeries(store).some(shown => shown.id === id),
          onChoose: () => {
            const shown = shownSeries(store).map(info => info.id);
            store.look({ series: shown.includes(id) ? shown.filter(other => other !== id) : [...shown, id] });
          },
        })),
      ),
  });
  const tool = (label: string, iconName: string, onClick: () => void): HTMLElement =>
    button(label, { look: 'icon', icon: iconName, onClick });
  const toSelection = tool(t('Zoom to the selected range'), 'zap', () => {
    if (store.model.range) frame.setZoom(store.model.range);
  });
  const all = tool(t('Show the whole trace'), 'screen-full', () => frame.reset());
  const shown = h('span', { class: 'hint' });
  const tell = (): void => {
    const { fromNs, toNs } = frame.zoom;
    const step = (toNs - fromNs) / 100;
    shown.textContent = frame.isZoomed
      ? `${formatMoment(fromNs, step)} – ${formatMoment(toNs, step)}`
      : t('the whole trace, {0}', formatNs(toNs));
  };
  frame.onZoom(tell);
  tell();
  store.watch(
    ({ range }) => [range === undefined],
    () => (toSelection.hidden = store.model.range === undefined),
  );
  return h(
    'div',
    { class: 'bar' },
    choose,
    tool(t('Zoom in'), 'zoom-in', () => frame.zoomBy(0.5)),
    tool(t('Zoom out'), 'zoom-out', () => frame.zoomBy(2)),
    toSelection,
    all,
    shown,
    h('span', { class: 'spring' }),
    h('span', { class: 'hint' }, t('Drag to select, click to reveal, Ctrl+wheel to zoom')),
  );
}

interface TwinRow {
  fromNs: number;
  toNs: number;
  /** Highest value of each run within; undefined: none. */
  highest: (number | undefined)[];
}

class SeriesChart {
  readonly element: HTMLElement;
  private readonly figure: Figure<TwinRow>;
  private readonly stage: TimeStage;
  private readonly study: Study;
  private readonly readout = h('ul', { class: 'readout' });
  private readonly spoken = unseen('');
  private lines: TimeLine[] = [];
  private pending: number | undefined;

  constructor(
    private readonly store: Store,
    private readonly frame: TimeFrame,
    private readonly info: SeriesInfo,
  ) {
    const { id, title, modelled } = info;
    this.figure = new Figure(store, { name: `series-${id}`, title, modelled });
    this.stage = new TimeStage(store, frame, this.figure, title);
    this.figure.onDraw = () => this.stage.place();
    this.spoken.setAttribute('aria-live', 'polite');
    this.study = new Study(
      store,
      TAB,
      ({ view }) => [store.runsKey, view.hidden],
      signal => this.ask(signal),
    );
    this.element = h(
      'div',
      { class: 'series-chart' },
      this.figure.element,
      this.readout,
      this.spoken,
      this.study.status,
    );
    frame.onZoom(() => this.zoomed());
    frame.onCursor(byKeyboard => this.read(byKeyboard));
  }

  /** The engine decimates: what comes is what can be seen at this width. */
  private async ask(signal: AbortSignal): Promise<void> {
    const runs = this.store.shownRuns.filter(run => run.series.some(({ id }) => id === this.info.id));
    const zoom = this.frame.zoom;
    const replies = await this.store.host.query(
      'series',
      {
        seriesId: this.info.id,
        runIds: runs.map(run => run.runId),
        ...zoom,
        points: Math.max(100, this.figure.stage.clientWidth) * POINTS_PER_PIXEL,
      },
      signal,
    );
    this.lines = replies.flatMap(({ runId, times, values }) => {
      const run = runs.find(other => other.runId === runId);
      return run === undefined ? [] : [{ run, times, values }];
    });
    this.draw();
  }

  private zoomed(): void {
    clearTimeout(this.pending);
    const { chart } = this.figure;
    if (chart?.options.scales?.x) {
      Object.assign(chart.options.scales.x, { min: this.frame.zoom.fromNs, max: this.frame.zoom.toNs });
      chart.update('none');
      this.stage.place();
    }
    this.pending = window.setTimeout(() => this.study.ask(), PAUSE_MS);
  }

  private draw(): void {
    const { lines, info } = this;
    const zoom = { ...this.frame.zoom };
    this.figure.update(
      {
        sentence: seriesSentence(lines, info),
        height: HEIGHT,
        config: theme => timeLines(lines, info.unit, zoom, theme),
      },
      twinColumns(lines, info.unit),
      twinRows(lines, zoom),
    );
    this.read(false);
  }

  /** Values under the cursor, beside the symbols; said aloud when the keyboard moved it. */
  private read(byKeyboard: boolean): void {
    const { cursor } = this.frame;
    const values = this.lines.map(line => ({
      run: line.run,
      text: cursor === undefined ? '' : valueText(valueAt(line, cursor), this.info.unit),
    }));
    replace(this.readout, ...values.map(({ run, text }) => readoutItem(run, text)));
    const isHere = this.figure.stage.contains(document.activeElement);
    if (!byKeyboard || cursor === undefined || !isHere) return;
    this.spoken.textContent = t(
      'at {0}: {1}',
      formatNs(cursor),
      values.map(({ run, text }) => `${run.name} ${text}`).join(', '),
    );
  }
}

function readoutItem(run: PanelRun, text: string): HTMLElement {
  return h(
    'li',
    { class: 'run-mark' },
    policySymbol(run),
    h('span', { class: 'run-name' }, run.name),
    h('span', { class: 'readout-value' }, text),
  );
}

function valueText(value: number | undefined, unit: string): string {
  return value === undefined ? ABSENT : formatValue(value, unit);
}

function seriesSentence(lines: readonly TimeLine[], { title, unit }: SeriesInfo): string {
  const peaks = lines.flatMap(line => {
    const top = peak(line);
    if (top === undefined) return [];
    return top.value === 0
      ? [t('{0} none', line.run.name)]
      : [t('{0} {1} at {2}', line.run.name, formatValue(top.value, unit), formatNs(top.time))];
  });
  return peaks.length === 0 ? t('{0}: none of the runs shown has any.', title) : t('Highest: {0}.', listed(peaks));
}

function twinColumns(lines: readonly TimeLine[], unit: string): Column<TwinRow>[] {
  return [
    {
      id: 'time',
      title: t('Time'),
      width: 26,
      value: row => row.fromNs,
      text: ({ fromNs, toNs }) =>
        `${formatMoment(fromNs, (toNs - fromNs) / 2)} – ${formatMoment(toNs, (toNs - fromNs) / 2)}`,
    },
    ...lines.map(({ run }, i): Column<TwinRow> => ({
      id: run.runId,
      title: `${run.style.symbol} ${run.name}`,
      description: t('Highest value in the interval'),
      numeric: true,
      width: Math.max(12, Math.min(24, run.name.length + 3)),
      value: row => row.highest[i],
      text: row => valueText(row.highest[i], unit),
      why: row => (row.highest[i] === undefined ? t('no value in this interval') : undefined),
    })),
  ];
}

/** Intervals of equal length: a table of every point would tell no one anything. */
function twinRows(lines: readonly TimeLine[], { fromNs, toNs }: { fromNs: number; toNs: number }): TwinRow[] {
  const step = (toNs - fromNs) / TWIN_ROWS;
  return Array.from({ length: TWIN_ROWS }, (_, i) => {
    const from = fromNs + i * step;
    return { fromNs: from, toNs: from + step, highest: lines.map(line => highestWithin(line, from, from + step)) };
  });
}

/** The value that holds at the beginning counts too. */
function highestWithin(line: TimeLine, fromNs: number, toNs: number): number | undefined {
  let highest = valueAt(line, fromNs);
  for (let i = 0; i < line.times.length && line.times[i] < toNs; i++) {
    if (line.times[i] >= fromNs && (highest === undefined || line.values[i] > highest)) highest = line.values[i];
  }
  return highest;
}
