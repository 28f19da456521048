/**
 * Hands on a chart over time. Drag selects a range, click reveals the moment in the trace, Ctrl+wheel zooms, Shift+wheel
 * pans, double click shows all. By keyboard: arrows move the cursor (with Shift the selection grows), + and − zoom,
 * 0 shows all, Enter reveals, Escape clears the selection.
 */
import { append, h } from '../dom';
import type { Store } from '../store';
import { t } from '../strings';
import type { Chart } from './register';
import type { TimeFrame } from './time-frame';

/** Movement, px, below which a press is a click. */
const CLICK = 4;

interface StageChart {
  stage: HTMLElement;
  chart: Pick<Chart, 'scales' | 'chartArea'> | undefined;
}

export class TimeStage {
  private readonly selection = h('div', { class: 'time-selection' });
  private readonly cursor = h('div', { class: 'time-cursor' });
  private pressed: number | undefined;
  /** Where a selection by keyboard began. */
  private anchor: number | undefined;

  constructor(
    private readonly store: Store,
    private readonly frame: TimeFrame,
    private readonly figure: StageChart,
    title: string,
  ) {
    const { stage } = figure;
    append(stage, this.selection, this.cursor);
    stage.classList.add('time-stage');
    stage.tabIndex = 0;
    stage.setAttribute('role', 'group');
    stage.setAttribute(
      'aria-label',
      t(
        '{0} over time: arrow keys move the cursor, with Shift they select, plus and minus zoom, Enter reveals the moment in the trace',
        title,
      ),
    );
    stage.addEventListener('pointerdown', event => this.press(event));
    stage.addEventListener('pointermove', event => this.move(event));
    stage.addEventListener('pointerup', event => this.release(event));
    stage.addEventListener('pointerleave', () => {
      if (this.pressed === undefined) frame.setCursor(undefined);
    });
    stage.addEventListener('dblclick', () => frame.reset());
    stage.addEventListener('wheel', event => this.wheel(event), { passive: false });
    stage.addEventListener('keydown', event => this.key(event));
    frame.onCursor(() => this.place());
    store.watch(
      ({ range }) => [range],
      () => this.place(),
    );
  }

  /** Puts selection and cursor where they belong on the chart as it is now. */
  place(): void {
    const { chart } = this.figure;
    const { range } = this.store.model;
    const { cursor } = this.frame;
    this.selection.hidden = chart === undefined || range === undefined;
    this.cursor.hidden = chart === undefined || cursor === undefined;
    if (chart === undefined) return;
    const { left, right, top, bottom } = chart.chartArea;
    const x = (timeNs: number): number => Math.max(left, Math.min(right, chart.scales.x.getPixelForValue(timeNs)));
    for (const element of [this.selection, this.cursor]) {
      element.style.top = `${top}px`;
      element.style.height = `${bottom - top}px`;
    }
    if (range !== undefined) {
      this.selection.style.left = `${x(range.fromNs)}px`;
      this.selection.style.width = `${x(range.toNs) - x(range.fromNs)}px`;
    }
    if (cursor !== undefined) this.cursor.style.left = `${x(cursor)}px`;
  }

  private timeAt(event: MouseEvent): number | undefined {
    const { chart, stage } = this.figure;
    if (chart === undefined) return undefined;
    const x = event.clientX - stage.getBoundingClientRect().left;
    const { left, right } = chart.chartArea;
    return chart.scales.x.getValueForPixel(Math.max(left, Math.min(right, x)));
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.pressed = event.clientX;
    this.anchor = this.timeAt(event);
    this.figure.stage.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const time = this.timeAt(event);
    this.frame.setCursor(time);
    if (this.isDrag(event)) this.stretch(time);
  }

  private release(event: PointerEvent): void {
    const dragged = this.isDrag(event);
    const time = this.timeAt(event);
    const wasPressed = this.pressed !== undefined;
    this.pressed = undefined;
    if (dragged || !wasPressed || time === undefined) return;
    this.store.host.post({ type: 'revealTime', timeNs: time, preserveFocus: true });
  }

  private isDrag(event: PointerEvent): boolean {
    return this.pressed !== undefined && Math.abs(event.clientX - this.pressed) >= CLICK;
  }

  private stretch(to: number | undefined): void {
    const from = this.anchor;
    if (from === undefined || to === undefined || from === to) return;
    this.store.selectRange({ fromNs: Math.min(from, to), toNs: Math.max(from, to) });
  }

  private wheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) this.frame.zoomBy(event.deltaY > 0 ? 1.25 : 0.8, this.timeAt(event));
    else if (event.shiftKey) this.frame.pan(Math.sign(event.deltaY || event.deltaX) * 0.1);
    else return;
    event.preventDefault();
  }

  private key(event: KeyboardEvent): void {
    const { frame } = this;
    const arrows: Partial<Record<string, number>> = { ArrowLeft: -0.02, ArrowRight: 0.02, PageUp: -0.2, PageDown: 0.2 };
    const step = arrows[event.key];
    if (step !== undefined) {
      if (!event.shiftKey) this.anchor = undefined;
      else this.anchor ??= frame.cursor ?? frame.zoom.fromNs;
      frame.moveCursor(step);
      if (event.shiftKey) this.stretch(frame.cursor);
    } else if (event.key === '+' || event.key === '=') frame.zoomBy(0.5);
    else if (event.key === '-') frame.zoomBy(2);
    else if (event.key === '0') frame.reset();
    else if (event.key === 'Enter')
      this.store.host.post({ type: 'revealTime', timeNs: frame.cursor ?? frame.zoom.fromNs, preserveFocus: false });
    else if (event.key === 'Escape') this.store.selectRange(undefined);
    else return;
    event.preventDefault();
  }
}
