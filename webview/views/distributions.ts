/** How sizes, lifetimes, concurrency and costs are spread over the operations chosen. */
import type { PanelRun } from '../../src/editor/panel/messages';
import type { Distribution, DistributionSet } from '../../src/editor/panel/view-queries';
import { Figure } from '../charts/figure';
import { binRange, histogram } from '../charts/histogram';
import { h, replace } from '../dom';
import { formatCount, formatValue } from '../format';
import { runMark } from '../identity';
import type { Store } from '../store';
import { listed, t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { scopeView } from './scope';
import { Study } from './study';

const TAB = 'distributions';
const HEIGHT = 180;

interface Bin {
  index: number;
  counts: number[];
}

export function distributionsView(store: Store): HTMLElement {
  const charts = new DistributionCharts(store, TAB);
  const study = new Study(
    store,
    TAB,
    ({ view, range }) => [store.runsKey, view.hidden, view.filter, range],
    async signal => {
      const { view, range } = store.model;
      const runs = store.shownRuns;
      const request = { filter: view.filter, ...(range && { range }), runIds: runs.map(run => run.runId) };
      charts.show(await store.host.query('distributions', request, signal), runs);
    },
  );
  return h('div', { class: 'distributions' }, scopeView(store, TAB), study.status, charts.element);
}

/** A chart for each distribution, kept while its numbers change. */
export class DistributionCharts {
  readonly element = h('div', { class: 'distribution-charts' });
  private readonly figures = new Map<string, { figure: Figure<Bin>; block: HTMLElement; summary: HTMLElement }>();

  /** @param name part of the names in the page's memory */
  constructor(
    private readonly store: Store,
    private readonly name: string,
  ) {}

  show(distributions: readonly Distribution[], runs: readonly PanelRun[]): void {
    replace(this.element, ...distributions.map(distribution => this.block(distribution, runs)));
  }

  private block(distribution: Distribution, all: readonly PanelRun[]): HTMLElement {
    const { id, title, modelled, sets } = distribution;
    const runs = sets.map(({ runId }) => all.find(run => run.runId === runId));
    let known = this.figures.get(id);
    if (known === undefined) {
      const figure = new Figure<Bin>(this.store, { name: `${this.name}-${id}`, title: capitalised(title), modelled });
      const summary = h('div', { class: 'quantiles' });
      known = { figure, summary, block: h('div', { class: 'distribution' }, figure.element, summary) };
      this.figures.set(id, known);
    }
    known.figure.update(
      {
        sentence: distributionSentence(distribution, runs),
        height: HEIGHT,
        config: theme => histogram(distribution, runs, theme),
        legend: () => runs.filter(run => run !== undefined).map(run => runMark(run)),
      },
      binColumns(distribution, runs),
      distribution.edges.slice(1).map((_, index) => ({ index, counts: sets.map(set => set.counts[index]) })),
    );
    replace(known.summary, quantileTable(distribution, runs));
    return known.block;
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function distributionSentence({ sets, unit }: Distribution, runs: readonly (PanelRun | undefined)[]): string {
  const parts = sets.map((set, i) => {
    const name = runs[i]?.name;
    if (set.count === 0) return name === undefined ? t('none') : t('{0}: none', name);
    const numbers = t('half up to {0}, 99 % up to {1}', formatValue(set.p50, unit), formatValue(set.p99, unit));
    return name === undefined ? numbers : `${name}: ${numbers}`;
  });
  return `${capitalised(listed(parts))}.`;
}

function binColumns(distribution: Distribution, runs: readonly (PanelRun | undefined)[]): Column<Bin>[] {
  return [
    {
      id: 'bin',
      title: t('Range'),
      width: 22,
      value: row => row.index,
      text: row => binRange(distribution, row.index),
    },
    ...distribution.sets.map((_, i): Column<Bin> => ({
      id: runs[i]?.runId ?? 'trace',
      title: runs[i]?.name ?? t('Count'),
      numeric: true,
      width: Math.max(9, Math.min(24, (runs[i]?.name.length ?? 0) + 2)),
      value: row => row.counts[i],
      text: row => formatCount(row.counts[i]),
    })),
  ];
}

/** The usual five numbers, always in sight. */
function quantileTable({ sets, unit, title }: Distribution, runs: readonly (PanelRun | undefined)[]): HTMLElement {
  const headings: [string, (set: DistributionSet) => string][] = [
    [t('count'), set => formatCount(set.count)],
    [t('mean'), set => formatValue(set.mean, unit)],
    [t('median'), set => formatValue(set.p50, unit)],
    [t('90 %'), set => formatValue(set.p90, unit)],
    [t('99 %'), set => formatValue(set.p99, unit)],
    [t('maximum'), set => formatValue(set.max, unit)],
  ];
  const named = runs.some(run => run !== undefined);
  return h(
    'table',
    { 'aria-label': t('{0}: summary', title) },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        named && h('th', { scope: 'col' }, t('Run')),
        ...headings.map(([name]) => h('th', { scope: 'col', class: 'numeric' }, name)),
      ),
    ),
    h(
      'tbody',
      {},
      ...sets.map((set, i) => {
        const run = runs[i];
        const cells = headings.map(([, read]) =>
          h('td', { class: 'numeric' }, set.count === 0 ? formatCount(0) : read(set)),
        );
        return h('tr', {}, run && h('th', { scope: 'row' }, runMark(run)), ...cells);
      }),
    ),
  );
}
