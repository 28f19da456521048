/** Before there is anything to compare: what to do, and what will then be seen. */
import { h, icon } from '../dom';
import type { Store } from '../store';
import { t } from '../strings';
import { button, progressRing } from '../ui/toolkit';

export function emptyView(store: Store): HTMLElement {
  const opening = h(
    'div',
    { class: 'empty', role: 'status' },
    progressRing(t('Opening')),
    h('p', {}, t('Opening the trace…')),
  );
  const nothing = h(
    'section',
    { class: 'empty', 'aria-labelledby': 'empty-title' },
    icon('debug-rerun'),
    h('h2', { id: 'empty-title' }, t('No policy replayed yet')),
    h(
      'p',
      {},
      t(
        'Replay this trace under one or more protection policies to see what each would have cost, what it exposes, and what it pins.',
      ),
    ),
    button(t('Replay with Policy…'), { look: 'primary', onClick: () => store.host.post({ type: 'replay' }) }),
    h(
      'p',
      { class: 'hint' },
      t('Choose several at once: the first becomes the baseline, and you can pick another here.'),
    ),
  );
  store.watch(
    ({ state, progress, notice }) => [
      state === undefined,
      state?.runs.length,
      progress === undefined,
      notice === undefined,
    ],
    () => {
      const { state, progress, notice } = store.model;
      opening.hidden = state !== undefined || progress !== undefined || notice !== undefined;
      nothing.hidden = state === undefined || state.runs.length > 0 || progress !== undefined;
    },
  );
  return h('div', { class: 'empties' }, opening, nothing);
}
