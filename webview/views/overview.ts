/** The answer at a glance: what each policy costs and why, figure by figure, and where in the trace. */
import { h } from '../dom';
import type { Store } from '../store';
import { comparisonView } from './comparison';
import { costView } from './cost';
import { findingsView } from './findings';
import { hotspotsView } from './hotspots';

export function overviewView(store: Store): HTMLElement {
  return h(
    'div',
    { class: 'overview' },
    costView(store),
    comparisonView(store),
    hotspotsView(store),
    findingsView(store),
  );
}
