/**
 * The values that the operations in scope have, with their counts, to be included and excluded by a click. The filter's
 * text is the only state: a click changes the text, and everything that follows the filter follows the click.
 */
import type { Facet, FacetField, FacetValue } from '../../src/editor/panel/view-queries';
import { h, icon, replace, unseen } from '../dom';
import { formatCount } from '../format';
import type { Store } from '../store';
import { t } from '../strings';
import { openMenu, type MenuItem, type OpenMenu } from '../ui/menu';
import { Study } from './study';

/** Values in a menu: what fits on a screen. */
const LIMIT = 12;

const FIELDS: readonly FacetField[] = ['op', 'device', 'domain', 'dir', 'size', 'cpu'];

type Click = 'include' | 'exclude';

export class Facets {
  readonly element: HTMLElement;
  private readonly buttons = new Map<FacetField, FacetButton>();
  private readonly study: Study;
  private answer: Promise<Facet[]> = Promise.resolve([]);
  /** Clicks wait for the answer to the one before: each changes the text that the last one made. */
  private clicks: Promise<void> = Promise.resolve();

  /** @param tab the view's id: while nobody looks at it, nothing is asked */
  constructor(
    private readonly store: Store,
    tab: string,
  ) {
    for (const field of FIELDS) {
      const button = new FacetButton(titleOf(field), (label, click) => this.click(field, label, click));
      button.onClear = filter => store.look({ filter });
      this.buttons.set(field, button);
    }
    this.study = new Study(
      store,
      tab,
      ({ view, range }) => [store.runsKey, view.hidden, view.filter, range],
      async signal => {
        const { view, range } = store.model;
        const runIds = store.shownRuns.map(run => run.runId);
        const request = { filter: view.filter, ...(range && { range }), runIds, limit: LIMIT };
        this.answer = store.host.query('facets', request, signal);
        for (const facet of await this.answer) this.buttons.get(facet.field)?.show(facet);
      },
    );
    const buttons = [...this.buttons.values()].map(button => button.element);
    this.element = h(
      'div',
      { class: 'facets', role: 'group', 'aria-label': t('Facets') },
      ...buttons,
      this.study.status,
    );
  }

  private click(field: FacetField, label: string, click: Click): void {
    this.clicks = this.clicks.then(async () => {
      const facet = (await this.latest()).find(other => other.field === field);
      const value = facet?.values.find(other => other.label === label);
      if (value !== undefined) this.store.look({ filter: value[click] });
    });
  }

  /** Nothing where there is no answer: the study says why. */
  private async latest(): Promise<Facet[]> {
    const { answer } = this;
    const facets = await answer.catch(() => []);
    // Withdrawn for a newer question, whose answer it is that counts.
    return answer === this.answer ? facets : this.latest();
  }
}

/** `Device ▾`, and how many of its values the filter names. */
class FacetButton {
  readonly element: HTMLButtonElement;
  onClear: (filter: string) => void = () => undefined;
  private readonly named = h('span', { class: 'tag' });
  private facet: Facet | undefined;
  private menu: OpenMenu | undefined;

  constructor(
    private readonly title: string,
    private readonly onClick: (label: string, click: Click) => void,
  ) {
    this.element = h(
      'button',
      { type: 'button', class: 'facet', 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
      `${title} `,
      this.named,
      icon('chevron-down'),
    );
    this.element.hidden = true;
    this.named.hidden = true;
    this.element.addEventListener('click', () => {
      if (this.menu?.isOpen !== true) this.menu = openMenu(this.element, title, this.items());
    });
  }

  show(facet: Facet): void {
    this.facet = facet;
    const named = facet.values.filter(({ state }) => state !== 'open').length;
    replace(this.named, ...(named > 0 ? [String(named), unseen(` ${t('in the filter')}`)] : []));
    this.named.hidden = named === 0;
    this.element.classList.toggle('named', facet.cleared !== undefined);
    if (this.menu?.isOpen === true) this.menu.update(this.items());
    // Nothing that has the focus disappears, nor what the focus returns to.
    const isHeld = this.menu?.isOpen === true || document.activeElement === this.element;
    this.element.hidden = facet.values.length < 2 && facet.cleared === undefined && !isHeld;
  }

  private items(): MenuItem[] {
    if (this.facet === undefined) return [];
    const { values, more, cleared } = this.facet;
    const items = values.map((value): MenuItem => this.item(value));
    if (more > 0) {
      const label = more === 1 ? t('1 more value') : t('{0} more values', formatCount(more));
      items.push({ label, disabled: true, onChoose: () => undefined });
    }
    if (cleared !== undefined) {
      items.push({ label: t('Clear {0}', this.title), icon: 'clear-all', onChoose: () => this.onClear(cleared) });
    }
    return items;
  }

  private item({ label, count, state }: FacetValue): MenuItem {
    return {
      label,
      detail: formatCount(count),
      checked: state === 'included',
      onChoose: () => this.onClick(label, 'include'),
      beside: {
        label: t('Exclude {0}', label),
        icon: 'circle-slash',
        checked: state === 'excluded',
        onChoose: () => this.onClick(label, 'exclude'),
      },
    };
  }
}

function titleOf(field: FacetField): string {
  switch (field) {
    case 'op':
      return t('Operation');
    case 'device':
      return t('Device');
    case 'domain':
      return t('Domain');
    case 'dir':
      return t('Direction');
    case 'size':
      return t('Size');
    case 'cpu':
      return t('CPU');
  }
}
