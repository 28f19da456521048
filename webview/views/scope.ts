/** Which operations a view is about: the filter, and the time range selected in a chart. */
import { h, icon, replace } from '../dom';
import { formatMoment } from '../format';
import type { Store } from '../store';
import { t } from '../strings';
import { FilterBox } from '../ui/filter-box';
import { button } from '../ui/toolkit';
import { Facets } from './facets';

/** @param name the view's id, and a part of ids: unique in the page */
export function scopeView(store: Store, name: string): HTMLElement {
  const box = new FilterBox({
    name: `${name}-filter`,
    help: (text, caret) => store.host.query('filterHelp', { text, caret }),
    onFilter: filter => {
      if (filter !== store.model.view.filter) store.look({ filter });
    },
  });
  const range = h('div', { class: 'range' });
  const lines = button(t('Show Lines'), {
    look: 'secondary',
    icon: 'list-filter',
    attributes: { title: t('Open the lines of these operations as a document') },
    onClick: () => {
      const { view, range: selected } = store.model;
      store.host.post({ type: 'openFiltered', filter: view.filter, ...(selected && { range: selected }) });
    },
  });
  store.watch(
    ({ view, range: selected }) => [view.filter, selected],
    () => {
      const { view, range: selected } = store.model;
      box.show(view.filter);
      replace(range, selected && rangeChip(store, selected));
      lines.hidden = view.filter === '' && selected === undefined;
    },
  );
  return h('div', { class: 'scope' }, box.element, range, lines, new Facets(store, name).element);
}

/** The time range alone, for views that no filter applies to. */
export function scopeRange(store: Store): HTMLElement {
  const range = h('div', { class: 'range' });
  store.watch(
    ({ range: selected }) => [selected],
    () => replace(range, store.model.range && rangeChip(store, store.model.range)),
  );
  return h('div', { class: 'scope' }, range);
}

function rangeChip(store: Store, { fromNs, toNs }: { fromNs: number; toNs: number }): HTMLElement {
  const step = (toNs - fromNs) / 10;
  const words = `${formatMoment(fromNs, step)} – ${formatMoment(toNs, step)}`;
  return h(
    'div',
    { class: 'chip' },
    h('span', { class: 'range-text' }, icon('watch'), words),
    h(
      'button',
      {
        class: 'chip-more',
        'aria-label': t('Clear the time range {0}', words),
        title: t('Clear the time range'),
        on: { click: () => store.selectRange(undefined) },
      },
      icon('close'),
    ),
  );
}
