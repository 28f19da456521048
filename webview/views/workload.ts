/** The trace itself, whatever the policy: how much, how fast, how large, how long. */
import type { WorkloadFact } from '../../src/editor/panel/view-queries';
import { provenance } from '../charts/figure';
import { h, replace } from '../dom';
import { formatCount, formatValue } from '../format';
import type { Store } from '../store';
import { t } from '../strings';
import { DistributionCharts } from './distributions';
import { scopeView } from './scope';
import { Study } from './study';

const TAB = 'workload';

export function workloadView(store: Store): HTMLElement {
  const facts = h('dl', { class: 'workload-facts' });
  const charts = new DistributionCharts(store, TAB);
  const study = new Study(
    store,
    TAB,
    ({ state, view, range }) => [state?.trace.traceId, store.runsKey, view.hidden, view.filter, range],
    async signal => {
      const { view, range } = store.model;
      const runIds = store.shownRuns.map(run => run.runId);
      const request = { filter: view.filter, ...(range && { range }), runIds };
      const reply = await store.host.query('workload', request, signal);
      replace(facts, ...reply.facts.map(factItem));
      charts.show(reply.distributions, []);
    },
  );
  const heading = h('div', { class: 'bar' }, h('h2', {}, t('Workload')), provenance(false));
  return h('div', { class: 'workload' }, scopeView(store, TAB), study.status, heading, facts, charts.element);
}

function factItem({ title, value, unit, note }: WorkloadFact): HTMLElement {
  const number =
    unit === '/s' ? `${formatCount(Math.round(value))}${unit}` : formatValue(value, unit === 'pages' ? '' : unit);
  return h(
    'div',
    { class: 'workload-fact', title: note },
    h('dt', {}, title),
    h('dd', {}, number, note !== undefined && h('span', { class: 'hint' }, note)),
  );
}
