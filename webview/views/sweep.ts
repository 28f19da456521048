/** One run's cost, exposure and memory against a parameter; and how much of its cost hangs on each price. */
import type { PanelRun } from '../../src/editor/panel/messages';
import type { SweepParameter, SweepPoint, SweepReply } from '../../src/editor/panel/view-queries';
import { Figure } from '../charts/figure';
import { sweepLine, type SweptFigure } from '../charts/sweep-line';
import { append, h, replace } from '../dom';
import { formatBytes, formatCount, formatNs, formatValue } from '../format';
import { runLabel } from '../identity';
import type { Store } from '../store';
import { t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { button, picker } from '../ui/toolkit';
import { banner } from './notices';
import { QueryError } from '../host';
import { sensitivityView } from './sensitivity';
import { Study } from './study';

export const TAB = 'sweep';

export function sweepView(store: Store): HTMLElement {
  const view = new SweepView(store);
  return h('div', { class: 'sweep' }, view.element, sensitivityView(store, TAB));
}

class SweepView {
  readonly element: HTMLElement;
  private run: PanelRun | undefined;
  private parameters: readonly SweepParameter[] = [];
  private parameter: SweepParameter | undefined;
  private working: AbortController | undefined;
  private readonly runPicker;
  private readonly parameterPicker;
  private readonly description = h('p', { class: 'hint' });
  private readonly status = h('div', { role: 'status', class: 'study-status' });
  private readonly results = h('div', { class: 'sweep-charts' });
  private readonly figures;
  private readonly start;
  private readonly study: Study;

  constructor(private readonly store: Store) {
    this.runPicker = picker(t('Run'), 'sweep-run', runId => this.chooseRun(runId));
    this.parameterPicker = picker(t('Parameter'), 'sweep-parameter', name => this.chooseParameter(name));
    this.start = button(t('Sweep'), { look: 'primary', icon: 'play', onClick: () => void this.sweep() });
    const bar = h(
      'div',
      { class: 'bar' },
      h('h2', {}, t('Sweep')),
      this.runPicker.element,
      this.parameterPicker.element,
      this.start,
    );
    this.figures = sweptFigures().map(swept => {
      const figure = new Figure<SweepPoint>(store, {
        name: `sweep-${swept.name}`,
        title: swept.title,
        modelled: swept.modelled,
      });
      append(this.results, figure.element);
      return { swept, figure };
    });
    this.study = new Study(
      store,
      TAB,
      ({ view }) => [store.runsKey, view.hidden],
      signal => this.askParameters(signal),
    );
    this.element = h(
      'section',
      { 'aria-label': t('Sweep') },
      bar,
      this.description,
      this.study.status,
      this.status,
      this.results,
    );
  }

  private chooseRun(runId: string): void {
    this.run = this.store.shownRuns.find(run => run.runId === runId);
    this.study.ask();
  }

  private async askParameters(signal: AbortSignal): Promise<void> {
    const runs = this.store.shownRuns;
    this.run = runs.find(run => run.runId === this.run?.runId) ?? runs.at(0);
    this.runPicker.update(
      runs.map(run => ({ value: run.runId, label: runLabel(run) })),
      this.run?.runId,
    );
    if (this.run === undefined) return;
    this.parameters = await this.store.host.query('sweepParameters', { runId: this.run.runId }, signal);
    this.parameterPicker.update(
      this.parameters.map(({ name }) => ({ value: name, label: name })),
      this.parameter?.name,
    );
    const known = this.parameters.find(({ name }) => name === this.parameter?.name) ?? this.parameters.at(0);
    this.chooseParameter(known?.name);
  }

  private chooseParameter(name: string | undefined): void {
    this.working?.abort();
    this.parameter = this.parameters.find(parameter => parameter.name === name);
    this.start.hidden = this.parameter === undefined;
    this.parameterPicker.element.hidden = this.parameter === undefined;
    this.results.hidden = true;
    const { parameter } = this;
    if (parameter === undefined) {
      this.description.textContent =
        this.run === undefined ? t('All runs are hidden.') : t('{0} has no parameter to sweep.', this.run.name);
      return;
    }
    const { description, from, to, unit, current } = parameter;
    this.description.textContent = t(
      '{0} From {1} to {2}; this run has {3}.',
      sentenceOf(description),
      formatValue(from, unit),
      formatValue(to, unit),
      formatValue(current, unit),
    );
  }

  /** As long as so many replays: the host shows the progress and can cancel it. */
  private async sweep(): Promise<void> {
    const { run, parameter } = this;
    if (run === undefined || parameter === undefined) return;
    this.working?.abort();
    this.working = new AbortController();
    const { signal } = this.working;
    replace(this.status, h('span', {}, t('Replaying for each value of {0}…', parameter.name)));
    this.status.hidden = false;
    try {
      const { from, to, name } = parameter;
      const reply = await this.store.host.query('sweep', { runId: run.runId, parameter: name, from, to }, signal);
      replace(this.status);
      this.show(reply, run);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof QueryError)) throw error;
      replace(this.status, banner('error', error.notice.message, error.notice.advice));
    }
  }

  private show(reply: SweepReply, run: PanelRun): void {
    for (const { swept, figure } of this.figures) {
      figure.update(
        { sentence: sweepSentence(reply, swept), height: 170, config: theme => sweepLine(reply, swept, run, theme) },
        columns(reply),
        reply.points,
      );
    }
    this.results.hidden = false;
  }
}

function sentenceOf(description: string): string {
  return /[.!?]$/.test(description) ? description : `${description}.`;
}

type NamedFigure = SweptFigure & { name: 'cost' | 'exposure' | 'memory' | 'misses'; modelled: boolean };

function sweptFigures(): NamedFigure[] {
  return [
    {
      name: 'cost',
      title: t('Cost'),
      unit: 'ns',
      modelled: true,
      value: point => point.cpuNs,
      band: point => point.band,
    },
    {
      name: 'exposure',
      title: t('Stale pages × time'),
      unit: 'page·ns',
      modelled: true,
      value: point => point.stalePageNs,
    },
    { name: 'memory', title: t('Memory'), unit: 'bytes', modelled: false, value: point => point.memoryBytes },
    {
      name: 'misses',
      title: t('IOTLB misses per 4 KiB'),
      unit: '',
      modelled: false,
      value: point => point.iotlbMissesPer4k,
    },
  ];
}

/** The knee is one of a single figure: the others say where they stand at it. */
function sweepSentence({ parameter, points, knee }: SweepReply, { name, unit, value }: NamedFigure): string {
  const first = points.at(0);
  const last = points.at(-1);
  if (first === undefined || last === undefined) return t('The sweep has no points.');
  const at = (point: SweepPoint): string => formatValue(point.value, parameter.unit);
  const course = t(
    'From {0} at {1} to {2} at {3}.',
    formatValue(value(first), unit),
    at(first),
    formatValue(value(last), unit),
    at(last),
  );
  if (knee === undefined)
    return name !== 'cost' ? course : `${course} ${t('No knee: the cost changes all the way, or hardly at all.')}`;
  const bend = points[knee.index];
  if (name !== knee.of) {
    const there = [formatValue(value(bend), unit), at(bend)];
    const words =
      knee.of === 'cost'
        ? t('{0} at the knee of the cost, {1}.', ...there)
        : t('{0} at the knee of the misses, {1}.', ...there);
    return `${course} ${words}`;
  }
  return `${course} ${t('Knee at {0}: {1}.', at(bend), knee.reason)}`;
}

function columns({ parameter, points, knee }: SweepReply): Column<SweepPoint>[] {
  const at = (row: SweepPoint): string => {
    if (row === points.at(knee?.index ?? points.length)) return t('knee');
    return row.value === parameter.current ? t('now') : '';
  };
  return [
    {
      id: 'value',
      title: parameter.name,
      width: 14,
      value: row => row.value,
      text: row => formatValue(row.value, parameter.unit),
    },
    { id: 'mark', title: t('Mark'), width: 8, text: at },
    {
      id: 'cost',
      title: t('Cost'),
      numeric: true,
      width: 10,
      value: row => row.cpuNs,
      text: row => formatNs(row.cpuNs),
    },
    { id: 'band', title: t('Band'), numeric: true, width: 20, text: row => row.band.map(formatNs).join(' – ') },
    {
      id: 'exposure',
      title: t('Stale pages × time'),
      numeric: true,
      width: 18,
      value: row => row.stalePageNs,
      text: row => formatValue(row.stalePageNs, 'page·ns'),
    },
    {
      id: 'memory',
      title: t('Memory'),
      numeric: true,
      width: 10,
      value: row => row.memoryBytes,
      text: row => formatBytes(row.memoryBytes),
    },
    {
      id: 'misses',
      title: t('IOTLB misses per 4 KiB'),
      numeric: true,
      width: 20,
      value: row => row.iotlbMissesPer4k,
      text: row => formatCount(row.iotlbMissesPer4k),
    },
  ];
}
