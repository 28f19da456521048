/** The views of the panel, in the order of their tabs, and what each needs of the host. */
import type { QueryName } from '../../src/editor/panel/messages';
import type { Store } from '../store';
import { t } from '../strings';
import { overviewView } from './overview';

export interface View {
  id: string;
  title: () => string;
  /** Questions without which the view has nothing to show. */
  needs: readonly QueryName[];
  build: (store: Store) => HTMLElement;
}

const VIEWS: readonly View[] = [{ id: 'overview', title: () => t('Overview'), needs: [], build: overviewView }];

/** The views that a host with these answers can fill. */
export function offeredViews(answers: readonly QueryName[]): View[] {
  return VIEWS.filter(({ needs }) => needs.every(name => answers.includes(name)));
}
