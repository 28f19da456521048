/**
 * A chart as everyone can read it: its heading says whether the numbers are counted or modelled, a sentence says what it
 * shows, and a table with the same numbers is one key away.
 */
import { append, h, icon, replace } from '../dom';
import type { Store } from '../store';
import { t } from '../strings';
import { button } from '../ui/toolkit';
import type { Column } from '../ui/grid/columns';
import { LocalRows } from '../ui/grid/local-rows';
import { Table } from '../ui/grid/table';
import { Chart, type ChartConfiguration } from './register';
import { onThemeChange, readTheme, type ChartTheme } from './theme';

export interface FigureOptions {
  /** Name in the page's memory, and part of ids. */
  name: string;
  title: string;
  modelled: boolean | 'both';
  /** Further controls beside the heading. */
  controls?: readonly HTMLElement[];
}

export interface Drawing {
  /** What the chart shows, in a sentence. */
  sentence: string;
  /** px */
  height: number;
  config: (theme: ChartTheme) => ChartConfiguration<'bar' | 'line' | 'scatter', { x: number; y: number }[]>;
  legend?: (theme: ChartTheme) => HTMLElement[];
}

export class Figure<Row> {
  readonly element: HTMLElement;
  readonly canvas = h('canvas', { role: 'img' });
  /** Holds the canvas; views hang their interaction on it. */
  readonly stage: HTMLElement;
  chart: Chart<'bar' | 'line' | 'scatter', { x: number; y: number }[]> | undefined;
  private readonly sentence = h('figcaption', { class: 'sentence' });
  private readonly legend = h('ul', { class: 'legend' });
  private readonly rows = new LocalRows<Row>();
  private readonly twin: Table<Row>;
  private drawing: Drawing | undefined;
  /** Called after each drawing: the chart is a new one. */
  onDraw: () => void = () => undefined;

  constructor(
    private readonly store: Store,
    private readonly options: FigureOptions,
  ) {
    this.stage = h('div', { class: 'stage' }, this.canvas);
    this.twin = new Table(store, {
      name: `twin-${options.name}`,
      label: t('{0}, as a table', options.title),
      source: this.rows,
      maxRows: 12,
      id: row => JSON.stringify(row),
    });
    const open = store.model.view.tables.includes(options.name);
    this.twin.element.hidden = !open;
    const heading = h('h2', {}, options.title);
    const bar = h('div', { class: 'bar' }, heading, provenance(options.modelled), h('span', { class: 'spring' }));
    append(bar, ...(options.controls ?? []), this.twinButton(open));
    this.element = h(
      'figure',
      { class: 'figure', 'aria-label': options.title },
      bar,
      this.sentence,
      this.stage,
      this.legend,
      this.twin.element,
    );
    onThemeChange(() => this.draw());
    // Drawing changes sizes: within the observer's own frame that would be a loop.
    const drawOnce = (): void => {
      if (this.chart === undefined && this.stage.clientWidth > 0) this.draw();
    };
    new ResizeObserver(() => requestAnimationFrame(drawOnce)).observe(this.stage);
  }

  update(drawing: Drawing, columns: readonly Column<Row>[], rows: readonly Row[]): void {
    this.drawing = drawing;
    this.stage.style.height = `${drawing.height}px`;
    this.sentence.textContent = drawing.sentence;
    this.canvas.setAttribute('aria-label', drawing.sentence);
    this.twin.setColumns(columns, () => this.rows.setRows(rows));
    this.draw();
  }

  /** Draws when there is room: a chart in a closed tab waits until it is shown. */
  private draw(): void {
    this.chart?.destroy();
    this.chart = undefined;
    if (this.drawing === undefined || this.stage.clientWidth === 0) return;
    const theme = readTheme();
    this.chart = new Chart(this.canvas, this.drawing.config(theme));
    replace(this.legend, ...(this.drawing.legend?.(theme) ?? []).map(entry => h('li', {}, entry)));
    this.legend.hidden = this.legend.childElementCount === 0;
    this.onDraw();
  }

  private twinButton(open: boolean): HTMLElement {
    const { name, title } = this.options;
    const toggle = button(t('Show {0} as a table', title), {
      look: 'icon',
      icon: 'table',
      attributes: { 'aria-expanded': String(open) },
      onClick: () => {
        const { tables } = this.store.model.view;
        const isOpen = tables.includes(name);
        this.store.look({ tables: isOpen ? tables.filter(table => table !== name) : [...tables, name] });
        this.twin.element.hidden = isOpen;
        toggle.setAttribute('aria-expanded', String(!isOpen));
      },
    });
    return toggle;
  }
}

/** Says of a number, a column or a chart whether it was counted or modelled. */
export function provenance(modelled: boolean | 'both'): HTMLElement {
  if (modelled === 'both') return h('span', { class: 'provenance' }, t('counted and modelled'));
  const title = modelled
    ? t('Modelled: counted work times the prices of the platform')
    : t('Counted: exact for this trace and policy');
  return h(
    'span',
    { class: `provenance ${modelled ? 'modelled' : 'counted'}`, title },
    icon(modelled ? 'beaker' : 'symbol-numeric'),
    modelled ? t('modelled') : t('counted'),
  );
}
