/** What a run costs against what it exposes and holds: which runs no other beats on all three. */
import type { ParetoReply } from '../../src/editor/panel/view-queries';
import { Figure } from '../charts/figure';
import { tradeOff, type PlacedRun } from '../charts/trade-off';
import { append, h } from '../dom';
import { formatBytes, formatNs, formatValue } from '../format';
import { runMark } from '../identity';
import type { Store } from '../store';
import { listed, t } from '../strings';
import type { Column } from '../ui/grid/columns';
import { Study } from './study';

const TAB = 'pareto';

export function paretoView(store: Store): HTMLElement {
  const figure = new Figure<PlacedRun>(store, { name: TAB, title: t('Cost, exposure and memory'), modelled: 'both' });
  const axes = h('p', { class: 'hint' });
  const study = new Study(
    store,
    TAB,
    ({ view }) => [store.runsKey, view.hidden],
    async signal => {
      const runs = store.shownRuns;
      const reply = await store.host.query('pareto', { runIds: runs.map(run => run.runId) }, signal);
      const placed = reply.points.flatMap((point): PlacedRun[] => {
        const run = runs.find(({ runId }) => runId === point.runId);
        return run === undefined ? [] : [{ run, point }];
      });
      axes.textContent = t(
        'Exposure: {0}. The ring around a symbol is as large as the memory that the run holds. Smaller is better for all three.',
        reply.exposure.title,
      );
      figure.update(
        {
          sentence: paretoSentence(placed),
          height: 320,
          config: theme => tradeOff(placed, reply.exposure, theme),
        },
        columns(placed, reply.exposure),
        placed,
      );
    },
  );
  return h('div', { class: 'pareto' }, study.status, figure.element, axes);
}

function paretoSentence(placed: readonly PlacedRun[]): string {
  const best = placed.filter(({ point }) => point.dominatedBy.length === 0).map(({ run }) => run.name);
  const beaten = placed
    .filter(({ point }) => point.dominatedBy.length > 0)
    .map(({ run, point }) => t('{0} is no better than {1} in anything', run.name, beater(placed, point.dominatedBy)));
  const front =
    best.length === 1 ? t('{0} beats all others', best[0]) : t('No run beats {0} in all three', listed(best));
  return `${[front, ...beaten].join('; ')}.`;
}

function beater(placed: readonly PlacedRun[], runIds: readonly string[]): string {
  return listed(placed.filter(({ run }) => runIds.includes(run.runId)).map(({ run }) => run.name));
}

function columns(placed: readonly PlacedRun[], exposure: ParetoReply['exposure']): Column<PlacedRun>[] {
  return [
    {
      id: 'run',
      title: t('Run'),
      width: 24,
      value: row => row.run.name,
      text: row => row.run.name,
      render: (row, cell) => append(cell, runMark(row.run)),
    },
    {
      id: 'cost',
      title: t('Cost (modelled)'),
      numeric: true,
      width: 16,
      value: row => row.point.costNs,
      text: row => formatNs(row.point.costNs),
    },
    {
      id: 'exposure',
      title: exposure.modelled ? t('Exposure (modelled)') : t('Exposure (counted)'),
      description: exposure.title,
      numeric: true,
      width: 20,
      value: row => row.point.exposure,
      text: row => formatValue(row.point.exposure, exposure.unit),
    },
    {
      id: 'memory',
      title: t('Memory (counted)'),
      numeric: true,
      width: 18,
      value: row => row.point.memoryBytes,
      text: row => formatBytes(row.point.memoryBytes),
    },
    {
      id: 'front',
      title: t('Beaten by'),
      width: 24,
      value: row => row.point.dominatedBy.length,
      text: row => (row.point.dominatedBy.length === 0 ? t('none') : beater(placed, row.point.dominatedBy)),
    },
  ];
}
