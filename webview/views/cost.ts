/** Cost by component, a bar a run. */
import type { PanelRun } from '../../src/editor/panel/messages';
import { componentTitle, largestComponent, usedComponents } from '../components';
import { costBars, costBarsHeight } from '../charts/cost-bars';
import { Figure } from '../charts/figure';
import { pattern, swatch } from '../charts/patterns';
import { h } from '../dom';
import { formatNs, formatShare } from '../format';
import { runMark } from '../identity';
import type { Store } from '../store';
import { t } from '../strings';
import type { Column } from '../ui/grid/columns';

export function costView(store: Store): HTMLElement {
  const figure = new Figure<PanelRun>(store, { name: 'cost', title: t('Cost by component'), modelled: true });
  store.watch(
    ({ state, view }) => [state?.runs, state?.baseline, view.hidden],
    () => {
      const runs = store.shownRuns;
      const { baseline } = store;
      const show = (run: PanelRun): void =>
        store.host.post({ type: 'setHotspots', runId: run.runId, by: store.model.state?.hotspots?.by ?? 'operation' });
      figure.update(
        {
          sentence: costSentence(runs, baseline),
          height: costBarsHeight(runs),
          config: theme => costBars(runs, baseline, theme, show),
          legend: theme =>
            usedComponents(runs).map(({ id, index }) =>
              h(
                'span',
                { class: 'legend-entry' },
                swatch(() => pattern(theme.component(id), index, theme), theme),
                componentTitle(id),
              ),
            ),
        },
        twinColumns(runs),
        runs,
      );
    },
  );
  return figure.element;
}

/** Which run costs least, by how much, and what makes the baseline dear. */
export function costSentence(runs: readonly PanelRun[], baseline: PanelRun | undefined): string {
  const first = runs.at(0);
  if (first === undefined) return t('All runs are hidden.');
  const cheapest = runs.reduce((a, b) => (b.time.cpuNs < a.time.cpuNs ? b : a));
  const least = t('{0} costs least: {1} of CPU time in DMA calls', cheapest.name, formatNs(cheapest.time.cpuNs));
  const reference = baseline ?? first;
  const { id, share } = largestComponent(reference);
  const largest = t('The largest part of {0} is {1} ({2}).', reference.name, componentTitle(id), formatShare(share));
  if (cheapest.runId === reference.runId || reference.time.cpuNs === 0) return `${least}. ${largest}`;
  const saving = formatShare(1 - cheapest.time.cpuNs / reference.time.cpuNs);
  const overlap = cheapest.time.band[1] >= reference.time.band[0] ? ` ${t('Their bands overlap.')}` : '';
  return `${least}, ${t('{0} less than {1}', saving, reference.name)}.${overlap} ${largest}`;
}

function twinColumns(runs: readonly PanelRun[]): Column<PanelRun>[] {
  const time = (id: string, title: string, value: (run: PanelRun) => number): Column<PanelRun> => ({
    id,
    title,
    numeric: true,
    width: Math.max(10, title.length + 1),
    value,
    text: run => formatNs(value(run)),
  });
  return [
    {
      id: 'run',
      title: t('Run'),
      width: 22,
      value: run => run.name,
      text: run => run.name,
      render: (run, cell) => cell.append(runMark(run)),
    },
    time('total', t('Total'), run => run.time.cpuNs),
    time('low', t('Low'), run => run.time.band[0]),
    time('high', t('High'), run => run.time.band[1]),
    ...usedComponents(runs).map(({ id }) => time(id, componentTitle(id), run => run.time.components[id])),
  ];
}
