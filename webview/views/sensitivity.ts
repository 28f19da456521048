/** How far each price of the platform moves a run's cost, widest first. */
import type { SensitivityBar } from '../../src/editor/panel/view-queries';
import { componentTitle, workWords } from '../components';
import { Figure } from '../charts/figure';
import { swatch } from '../charts/patterns';
import { highFill, lowFill, tornado, tornadoHeight } from '../charts/tornado';
import { h } from '../dom';
import { formatDelta, formatNs, formatShare } from '../format';
import { runLabel } from '../identity';
import type { Store } from '../store';
import { t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { picker } from '../ui/toolkit';
import { Study } from './study';

/** Prices drawn; the table has all. */
const DRAWN = 12;

export function sensitivityView(store: Store, tab: string): HTMLElement {
  let runId: string | undefined;
  const choose = picker(t('Run'), 'sensitivity-run', chosen => {
    runId = chosen;
    study.ask();
  });
  const figure = new Figure<SensitivityBar>(store, {
    name: 'sensitivity',
    title: t('Sensitivity to the prices of the platform'),
    modelled: true,
    controls: [choose.element],
  });
  const study = new Study(
    store,
    tab,
    ({ view }) => [store.runsKey, view.hidden],
    async signal => {
      const runs = store.shownRuns;
      const run = runs.find(other => other.runId === runId) ?? runs.at(0);
      choose.update(
        runs.map(other => ({ value: other.runId, label: runLabel(other) })),
        run?.runId,
      );
      if (run === undefined) return;
      const reply = await store.host.query('sensitivity', { runId: run.runId }, signal);
      const drawn = reply.bars.slice(0, DRAWN);
      figure.update(
        {
          sentence: sensitivitySentence(reply.bars, reply.cpuNs, reply.band, run.name),
          height: tornadoHeight(drawn),
          config: theme => tornado(reply, drawn, theme),
          legend: theme => [
            h('span', { class: 'legend-entry' }, swatch(lowFill, theme), t('price at its low end')),
            h('span', { class: 'legend-entry' }, swatch(highFill, theme), t('price at its high end')),
          ],
        },
        columns(reply.cpuNs),
        reply.bars,
      );
    },
  );
  return h('section', { class: 'sensitivity', 'aria-label': t('Sensitivity') }, study.status, figure.element);
}

function sensitivitySentence(
  bars: readonly SensitivityBar[],
  cpuNs: number,
  [low, high]: [number, number],
  name: string,
): string {
  const band = t(
    '{0} costs {1}; with all prices at their ends, from {2} to {3}.',
    name,
    formatNs(cpuNs),
    formatNs(low),
    formatNs(high),
  );
  const widest = bars.at(0);
  if (widest === undefined || cpuNs === 0) return `${band} ${t('No price that it pays has a band.')}`;
  const share = formatShare((widest.cpuNsHigh - widest.cpuNsLow) / cpuNs);
  return `${band} ${t('Most hangs on {0}, whose ends are {1} of the cost apart.', workWords(widest.work), share)}`;
}

function columns(cpuNs: number): Column<SensitivityBar>[] {
  const ns = (
    id: string,
    title: string,
    value: (bar: SensitivityBar) => number,
    format: (ns: number) => string = formatNs,
  ): Column<SensitivityBar> => ({
    id,
    title,
    numeric: true,
    width: 11,
    shown: true,
    value,
    text: bar => format(value(bar)),
  });
  const delta = (value: number): string => formatDelta(value, 'ns');
  return [
    { id: 'work', title: t('Work'), width: 22, value: bar => workWords(bar.work), text: bar => workWords(bar.work) },
    {
      id: 'component',
      title: t('Component'),
      width: 15,
      shown: true,
      value: bar => componentTitle(bar.component),
      text: bar => componentTitle(bar.component),
    },
    ns('price', t('Price'), bar => bar.ns),
    ns('low', t('Low'), bar => bar.low),
    ns('high', t('High'), bar => bar.high),
    ns('delta-low', t('Δ at low'), bar => bar.cpuNsLow - cpuNs, delta),
    ns('delta-high', t('Δ at high'), bar => bar.cpuNsHigh - cpuNs, delta),
    { id: 'source', title: t('Source'), width: 40, shown: true, text: bar => bar.source },
  ];
}
