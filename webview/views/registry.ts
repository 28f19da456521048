/** The views of the panel, in the order of their tabs, and what each needs of the host. */
import type { QueryName } from '../../src/editor/panel/messages';
import type { Store } from '../store';
import { t } from '../strings';
import { distributionsView } from './distributions';
import { divergenceView } from './divergence';
import { overTimeView } from './over-time';
import { overviewView } from './overview';
import { paretoView } from './pareto';
import { sweepView } from './sweep';
import { workloadView } from './workload';

export interface View {
  id: string;
  title: () => string;
  /** Questions without which the view has nothing to show. */
  needs: readonly QueryName[];
  build: (store: Store) => HTMLElement;
}

const VIEWS: readonly View[] = [
  { id: 'overview', title: () => t('Overview'), needs: [], build: overviewView },
  {
    id: 'over-time',
    title: () => t('Over Time'),
    needs: ['series', 'operations', 'filterHelp', 'facets'],
    build: overTimeView,
  },
  {
    id: 'distributions',
    title: () => t('Distributions'),
    needs: ['distributions', 'filterHelp', 'facets'],
    build: distributionsView,
  },
  { id: 'pareto', title: () => t('Pareto'), needs: ['pareto'], build: paretoView },
  { id: 'sweep', title: () => t('Sweep'), needs: ['sweepParameters', 'sweep', 'sensitivity'], build: sweepView },
  { id: 'divergence', title: () => t('Divergence'), needs: ['divergence'], build: divergenceView },
  { id: 'workload', title: () => t('Workload'), needs: ['workload', 'filterHelp', 'facets'], build: workloadView },
];

/** The views that a host with these answers can fill. */
export function offeredViews(answers: readonly QueryName[]): View[] {
  return VIEWS.filter(({ needs }) => needs.every(name => answers.includes(name)));
}
