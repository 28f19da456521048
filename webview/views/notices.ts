/** What went wrong or is under way, above everything else: failures, refusals, warnings against comparing, progress. */
import { h, icon, replace, type Child } from '../dom';
import type { Store } from '../store';
import { t } from '../strings';
import { button, progressRing } from '../ui/toolkit';

type Kind = 'error' | 'warning' | 'info';

export function noticesView(store: Store): HTMLElement {
  const failure = h('div', { role: 'alert' });
  const standing = h('div', { class: 'standing' });
  const progress = h('div', { role: 'status', class: 'progress' });
  store.watch(
    ({ notice }) => [notice],
    () =>
      replace(failure, store.model.notice && banner('error', store.model.notice.message, store.model.notice.advice)),
  );
  store.watch(
    ({ state }) => [state?.refused, state?.comparison?.warnings],
    () => {
      const { refused = [], comparison } = store.model.state ?? {};
      replace(
        standing,
        ...refused.map(({ policy, platform, reason }) =>
          banner('warning', t('{0} on {1} was not replayed', policy, platform), reason),
        ),
        ...(comparison?.warnings ?? []).map(warning => banner('warning', t('Compare with care'), warning)),
      );
    },
  );
  store.watch(
    ({ progress: now }) => [now],
    () => showProgress(store, progress),
  );
  return h('div', { class: 'notices' }, failure, standing, progress);
}

export function banner(kind: Kind, message: string, detail: string, ...actions: Child[]): HTMLElement {
  return h(
    'div',
    { class: `banner ${kind}` },
    icon(kind),
    h('div', { class: 'banner-text' }, h('strong', {}, message), detail !== '' && h('span', {}, detail)),
    ...actions,
  );
}

/** The element stays while the work goes on: a screen reader tells of changed text, not of a new region. */
function showProgress(store: Store, element: HTMLElement): void {
  const { progress } = store.model;
  element.hidden = progress === undefined;
  if (progress === undefined) {
    replace(element);
    return;
  }
  const text = element.querySelector('.progress-text');
  const percent = Math.round(progress.fraction * 100);
  if (text !== null) {
    text.textContent = progress.what;
    element.querySelector('progress')?.setAttribute('value', String(percent));
    return;
  }
  replace(
    element,
    progressRing(t('Working')),
    h('span', { class: 'progress-text' }, progress.what),
    h('progress', { max: 100, value: percent, 'aria-label': t('Progress') }),
    button(t('Cancel'), { look: 'secondary', onClick: () => store.host.post({ type: 'cancel' }) }),
  );
}
