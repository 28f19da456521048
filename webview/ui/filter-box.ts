/**
 * A field for the filter language, with completion. A filter that cannot be understood is explained below the field and
 * changes nothing; the last good one stays in force.
 */
import type { FilterCompletion, FilterHelp } from '../../src/editor/panel/view-queries';
import { h, icon, replace } from '../dom';
import { t } from '../strings';

/** Between the last keystroke and the question, ms. */
const PAUSE_MS = 150;

export interface FilterBoxOptions {
  /** Part of ids: unique in the page. */
  name: string;
  help: (text: string, caret: number) => Promise<FilterHelp>;
  onFilter: (filter: string) => void;
}

export class FilterBox {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly problem: HTMLElement;
  private completions: readonly FilterCompletion[] = [];
  private chosen = -1;
  private pending: number | undefined;
  /** Answers that come after a later question are not shown. */
  private questions = 0;
  /** The list was closed by hand: an answer that is still to come does not open it again. */
  private isDismissed = false;

  constructor(private readonly options: FilterBoxOptions) {
    const { name } = options;
    this.list = h('ul', {
      class: 'completions',
      role: 'listbox',
      id: `${name}-completions`,
      'aria-label': t('Completions'),
    });
    this.problem = h('p', { class: 'filter-problem', id: `${name}-problem`, role: 'alert' });
    this.input = h('input', {
      type: 'text',
      class: 'filter-input',
      id: `${name}-input`,
      role: 'combobox',
      spellcheck: 'false',
      autocomplete: 'off',
      'aria-label': t('Filter operations'),
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': `${name}-completions`,
      'aria-describedby': `${name}-problem`,
      placeholder: t('Filter, e.g. device:04.0 dir:to size>4k cost>2us'),
    });
    this.list.hidden = true;
    this.problem.hidden = true;
    this.element = h('div', { class: 'filter-box' }, icon('filter'), this.input, this.list, this.problem);
    this.input.addEventListener('input', () => this.askSoon());
    this.input.addEventListener('focus', () => this.askSoon());
    this.input.addEventListener('blur', () => this.close());
    this.input.addEventListener('keydown', event => this.key(event));
    // Before the field loses the focus.
    this.list.addEventListener('pointerdown', event => this.pick(event));
  }

  /** Shows a filter that came from elsewhere: another view, or the page's memory. */
  show(filter: string): void {
    if (this.input.value === filter || this.input === document.activeElement) return;
    this.input.value = filter;
    this.explain(undefined);
    // What was typed before is no longer there to be answered.
    clearTimeout(this.pending);
    this.questions++;
  }

  private askSoon(): void {
    this.isDismissed = false;
    clearTimeout(this.pending);
    this.pending = window.setTimeout(() => void this.ask(), PAUSE_MS);
  }

  private async ask(): Promise<void> {
    const question = ++this.questions;
    const { value } = this.input;
    const help = await this.options.help(value, this.input.selectionStart ?? value.length);
    if (question !== this.questions) return;
    const isHere = this.input === document.activeElement;
    this.offer(isHere && !this.isDismissed ? help.completions : []);
    // While a word can still be completed it is unfinished, not wrong.
    this.explain(help.problem !== undefined && help.completions.length > 0 ? undefined : help.problem?.message);
    if (help.problem === undefined) this.options.onFilter(value.trim());
  }

  private explain(problem: string | undefined): void {
    this.input.setAttribute('aria-invalid', String(problem !== undefined));
    this.problem.hidden = problem === undefined;
    this.problem.textContent = problem ?? '';
  }

  private offer(completions: readonly FilterCompletion[]): void {
    this.completions = completions;
    this.chosen = -1;
    replace(
      this.list,
      ...completions.map(({ text, detail }, i) =>
        h(
          'li',
          { class: 'completion', role: 'option', id: `${this.list.id}-${i}`, 'aria-selected': 'false' },
          h('span', { class: 'completion-text' }, text),
          h('span', { class: 'completion-detail' }, detail),
        ),
      ),
    );
    this.list.hidden = completions.length === 0;
    this.input.setAttribute('aria-expanded', String(completions.length > 0));
    this.input.removeAttribute('aria-activedescendant');
  }

  private close(): void {
    this.offer([]);
  }

  private key(event: KeyboardEvent): void {
    const isOpen = this.completions.length > 0;
    if (event.key === 'Escape') this.isDismissed = true;
    if (event.key === 'ArrowDown' && isOpen) this.choose(this.chosen + 1);
    else if (event.key === 'ArrowUp' && isOpen) this.choose(this.chosen - 1);
    else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen && this.chosen >= 0) this.complete(this.chosen);
    else if (event.key === 'Enter') this.finish();
    else if (event.key === 'Escape' && isOpen) this.close();
    else if (event.key === 'Escape') this.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private choose(index: number): void {
    const count = this.completions.length;
    this.chosen = (index + count) % count;
    for (const [i, option] of [...this.list.children].entries()) {
      option.setAttribute('aria-selected', String(i === this.chosen));
      if (i === this.chosen) option.scrollIntoView({ block: 'nearest' });
    }
    this.input.setAttribute('aria-activedescendant', `${this.list.id}-${this.chosen}`);
  }

  private pick(event: PointerEvent): void {
    event.preventDefault();
    const option = event.target instanceof Element ? event.target.closest('.completion') : null;
    if (option !== null) this.complete([...this.list.children].indexOf(option));
  }

  private complete(index: number): void {
    const { text, from, to } = this.completions[index];
    const { value } = this.input;
    this.input.value = value.slice(0, from) + text + value.slice(to);
    this.input.setSelectionRange(from + text.length, from + text.length);
    this.close();
    this.askSoon();
  }

  /** Enter: the filter is complete, so a problem with it is one. */
  private finish(): void {
    this.close();
    clearTimeout(this.pending);
    const question = ++this.questions;
    void this.options.help(this.input.value, this.input.value.length).then(({ problem }) => {
      if (question !== this.questions) return;
      this.explain(problem?.message);
      if (problem === undefined) this.options.onFilter(this.input.value.trim());
    });
  }

  private clear(): void {
    this.input.value = '';
    this.explain(undefined);
    this.options.onFilter('');
  }
}
