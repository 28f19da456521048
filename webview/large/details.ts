/** The strip at the bottom: where the current line is, what it means, what it costs under each run. */
import type { PageExtent } from '../../src/editor/large/messages';
import type { LineDetails, OperationDetails } from '../../src/editor/language/line-details';
import { append, h, replace, type Child } from '../dom';
import { formatCount } from '../format';
import { t } from '../strings';

type Fields = LineDetails['fields'];

export class Details {
  private readonly place = h('span', { class: 'place' });
  private readonly reading = h('span', { class: 'hint', role: 'status' });
  private readonly content = h('div', { class: 'details-content' });
  readonly element = h('section', { class: 'details', tabindex: 0 });

  /** @param reveal shows a line */
  constructor(private readonly reveal: (line: number) => void) {
    append(this.element, h('div', { class: 'details-bar' }, this.place, this.reading), this.content);
  }

  /** Says where the current line is, and how far the text has been read. */
  showPlace(line: number, { lines, fraction, complete }: PageExtent): void {
    this.element.setAttribute('aria-label', t('Details of the current line'));
    this.place.textContent = t('Line {0} of {1}', formatCount(line), formatCount(lines));
    const reading = complete ? '' : t('Reading the text: {0} %', Math.floor(fraction * 100));
    if (this.reading.textContent !== reading) this.reading.textContent = reading;
  }

  /** @param details null where the line is no event, undefined while they are not known */
  show(details: LineDetails | null | undefined): void {
    if (details === undefined) replace(this.content, h('p', { class: 'hint' }, t('The trace is still being read.')));
    else if (details === null) replace(this.content, h('p', { class: 'hint' }, t('No event of a DMA operation.')));
    // Costs first: the event itself stands in the line above, and the strip is low.
    else replace(this.content, ...this.operation(details.operation), block(details.event, details.fields));
  }

  private operation(operation: OperationDetails | undefined): HTMLElement[] {
    if (operation === undefined) return [];
    const { title, fields, partner, costs } = operation;
    const element = block(title, fields);
    if (partner !== undefined) {
      const link = h(
        'button',
        { class: 'link', on: { click: () => this.reveal(partner.line) } },
        t('Partner: {0}', t('line {0}', partner.line)),
      );
      append(element, h('p', {}, link, partner.lifetime === undefined ? '' : ` · ${partner.lifetime}`));
    }
    return costs.length === 0 ? [element] : [costTable(costs), element];
  }
}

function block(title: string, fields: Fields): HTMLElement {
  const pairs = fields.flatMap(({ name, value }): Child[] => [h('dt', {}, name), h('dd', {}, value)]);
  return h('div', { class: 'details-block' }, h('h2', {}, title), h('dl', {}, ...pairs));
}

function costTable(costs: OperationDetails['costs']): HTMLElement {
  const heading = (text: string): HTMLElement => h('th', { scope: 'col' }, text);
  const rows = costs.map(({ run, cost, difference }) =>
    h('tr', {}, h('th', { scope: 'row' }, run), h('td', {}, cost), h('td', {}, difference)),
  );
  const head = h('tr', {}, heading(t('Run')), heading(t('Modelled cost')), heading(t('Against the baseline')));
  return h('table', { class: 'details-block' }, h('thead', {}, head), h('tbody', {}, ...rows));
}
