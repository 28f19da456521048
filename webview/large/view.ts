/** The large-trace view: a text of any size, its annotations, the current line and the selection of lines. */
import type { HostToLarge, LargeMemory, PageAnnotation, PageExtent } from '../../src/editor/large/messages';
import type { Notice } from '../../src/editor/panel/messages';
import { h, replace } from '../dom';
import { t } from '../strings';
import { Details } from './details';
import { caretKey } from './keys';
import { LineCache } from './line-cache';
import { Overview } from './overview';
import { post, remember } from './port';
import { Rows, type RowState } from './rows';
import { ScrollMap } from './scroll-map';

/** Scrolling and moving run through hundreds of lines a second; the host needs only where they stop. */
const REST_MS = 100;

/** Of a row beside its number and its text: around the number, and before the annotation. */
const MARGIN_COLUMNS = 10;

export class LargeView {
  private readonly cache = new LineCache((first, count) => post({ type: 'lines', first, count }));
  private readonly rows = new Rows();
  private readonly overview = new Overview(line => this.goTo(line, 'center'));
  private readonly details = new Details(line => this.goTo(line, 'center'));
  private readonly notice = h('div', { class: 'notice', role: 'status', hidden: true });
  private readonly sheet = h('div', { class: 'sheet', role: 'presentation' }, this.rows.element);
  private readonly scroller = h('div', { class: 'scroller', role: 'grid', tabindex: 0 }, this.sheet);
  private extent: PageExtent = { lines: 0, fraction: 0, complete: false };
  private annotations = new Map<number, PageAnnotation>();
  private marks: readonly number[] = [];
  /** Lines above the view, with a fraction: what decides; the scroll bar only shows it. */
  private top = 0;
  private line = 1;
  /** The other end of the selection of lines. */
  private anchor = 1;
  private map = new ScrollMap(0, 1, 0);
  /** Width of a character. */
  private columnPx = 1;
  /** Where to go as soon as the text has been read so far. */
  private awaited: LargeMemory | undefined;
  /** A line whose event is to be scrolled into view, as soon as the line is here. */
  private toEvent: number | undefined;
  /** Count of the last reveal that the host has asked for. */
  private reveals = 0;
  private readonly timers: Partial<Record<'caret' | 'look', number>> = {};

  constructor(root: HTMLElement, memory: LargeMemory | undefined) {
    this.awaited = memory;
    const text = h('div', { class: 'large-text' }, this.scroller, this.overview.element);
    replace(root, h('h1', { class: 'unseen' }, document.title), this.notice, text, this.details.element);
    this.scroller.setAttribute('aria-label', t('Lines of the trace'));
    this.scroller.setAttribute('aria-multiselectable', 'true');
    this.listen();
    new ResizeObserver(() => this.layout()).observe(this.scroller);
    this.details.show(undefined);
  }

  receive(message: Exclude<HostToLarge, { type: 'strings' }>): void {
    switch (message.type) {
      case 'extent':
        this.setExtent(message.extent);
        break;
      case 'lines':
        this.cache.receive(message.first, message.lines);
        this.draw();
        break;
      case 'annotations':
        this.annotations = new Map(message.lines.map(annotation => [annotation.line, annotation]));
        this.marks = message.marks;
        this.draw();
        break;
      case 'stale':
        this.forget(message.what);
        break;
      case 'reveal':
        this.awaited = undefined;
        this.reveals = message.count;
        this.reveal(message.line);
        if (message.focus) this.scroller.focus();
        break;
      case 'details':
        if (message.line === this.line) this.details.show(message.details);
        break;
      case 'notice':
        this.showNotice(message.notice);
        break;
    }
  }

  private setExtent(extent: PageExtent): void {
    const isFirst = this.extent.lines === 0 && extent.lines > 0;
    this.extent = extent;
    this.cache.setLines(extent.lines);
    this.layout();
    const { awaited } = this;
    if (awaited !== undefined && (awaited.top + this.map.viewLines <= extent.lines || extent.complete)) {
      this.awaited = undefined;
      this.line = this.anchor = Math.max(1, Math.min(awaited.line, extent.lines));
      this.scrollTo(awaited.top);
      this.tellCaret();
    } else if (isFirst && awaited === undefined) {
      this.tellCaret();
    }
    this.look();
  }

  private forget(what: 'text' | 'colors' | 'annotations'): void {
    if (what === 'annotations') this.look();
    if (what === 'colors') this.cache.refresh();
    if (what !== 'text') return;
    this.awaited = { top: this.top, line: this.line };
    this.cache.clear();
    this.rows.clear();
    this.annotations.clear();
    this.setExtent({ lines: 0, fraction: 0, complete: false });
  }

  /** Measures, and fits the scroll bar to the text. */
  private layout(): void {
    const { lineHeight, font } = getComputedStyle(this.scroller);
    const rowPx = Number.parseFloat(lineHeight);
    this.columnPx = widthOfColumn(font);
    this.map = new ScrollMap(this.extent.lines, rowPx, this.scroller.clientHeight);
    this.sheet.style.height = `${this.map.sheetPx}px`;
    this.rows.element.style.height = `${this.scroller.clientHeight}px`;
    this.scroller.setAttribute('aria-rowcount', String(this.extent.complete ? this.extent.lines : -1));
    this.scroller.style.setProperty('--view', `${this.scroller.clientWidth}px`);
    this.scroller.style.setProperty('--digits', String(String(this.extent.lines).length));
    this.scrollTo(this.top);
  }

  private scrollTo(top: number): void {
    this.top = this.map.clamp(top);
    this.scroller.scrollTop = this.map.scrollAt(this.top);
    this.draw();
  }

  private draw(): void {
    const { from, to } = this.map.visible(this.top);
    this.cache.want(from, to);
    const [first, last] = this.selection;
    const stateOf = (line: number): RowState => ({
      line: this.cache.get(line),
      annotation: this.annotations.get(line),
      isCurrent: line === this.line,
      isSelected: first !== last && line >= first && line <= last,
    });
    this.rows.show(from, to, stateOf, line => (line - 1 - this.top) * this.map.rowPx);
    // Never narrower again: the view would jump sideways from line to line.
    const columns = this.rows.columns + String(this.extent.lines).length + MARGIN_COLUMNS;
    this.sheet.style.minWidth = `max(100%, ${columns * this.columnPx}px)`;
    this.scroller.setAttribute('aria-busy', String(this.cache.get(from) === undefined));
    const active = this.rows.idOf(this.line);
    if (active === undefined) this.scroller.removeAttribute('aria-activedescendant');
    else this.scroller.setAttribute('aria-activedescendant', active);
    this.overview.show(this.marks, this.extent.lines);
    this.details.showPlace(this.line, this.extent);
    this.scrollToEvent();
  }

  private get selection(): [number, number] {
    return [Math.min(this.line, this.anchor), Math.max(this.line, this.anchor)];
  }

  /** Makes a line the current one and shows it. */
  private goTo(line: number, far: 'center' | 'edge', extend = false): void {
    const before = `${this.line} ${this.anchor}`;
    this.line = Math.max(1, Math.min(line, this.extent.lines));
    if (!extend) this.anchor = this.line;
    this.scrollTo(this.map.topToShow(this.line, this.top, far));
    if (before !== `${this.line} ${this.anchor}`) this.tellCaret();
    this.look();
  }

  /** As a text editor reveals a line: in the middle, from its event on; a line that is not read yet as soon as it is. */
  private reveal(line: number): void {
    this.toEvent = line;
    if (line > this.extent.lines && !this.extent.complete) {
      this.awaited = { top: Math.max(0, line - 1 - this.map.viewLines / 2), line };
      return;
    }
    this.goTo(line, 'center');
  }

  private scrollToEvent(): void {
    const line = this.toEvent === undefined ? undefined : this.cache.get(this.toEvent);
    if (line === undefined) return;
    this.toEvent = undefined;
    const { clientWidth, scrollWidth } = this.scroller;
    const isWider = scrollWidth > clientWidth;
    if (isWider) this.scroller.scrollLeft = line.eventColumn * this.columnPx;
  }

  private tellCaret(): void {
    this.later('caret', () => {
      const [from, to] = this.selection;
      post({ type: 'caret', line: this.line, from, to, reveals: this.reveals });
    });
  }

  /** Asks for the annotations of what is looked at, and remembers the place, once it rests. */
  private look(): void {
    this.later('look', () => {
      const { from, to } = this.map.visible(this.top);
      const margin = to - from;
      const range = { from: Math.max(1, from - margin), to: Math.min(this.extent.lines, to + margin) };
      if (range.from <= range.to) post({ type: 'annotations', ...range });
      if (this.awaited === undefined && this.extent.lines > 0) remember({ top: this.top, line: this.line });
    });
  }

  private later(what: 'caret' | 'look', act: () => void): void {
    clearTimeout(this.timers[what]);
    this.timers[what] = window.setTimeout(act, REST_MS);
  }

  private showNotice(notice: Notice | null): void {
    this.notice.hidden = notice === null;
    if (notice !== null) replace(this.notice, h('strong', {}, notice.message), ` ${notice.advice}`);
  }

  private listen(): void {
    const { scroller } = this;
    scroller.addEventListener('scroll', () => this.scrolled(), { passive: true });
    scroller.addEventListener('wheel', event => this.wheel(event), { passive: false });
    scroller.addEventListener('keydown', event => this.key(event));
    scroller.addEventListener('mousedown', event => {
      const line = lineAt(event.target);
      if (line === undefined || event.button !== 0) return;
      // Shift selects lines; what lies between in the text would be selected too.
      if (event.shiftKey) event.preventDefault();
      scroller.focus({ preventScroll: true });
      this.goTo(line, 'edge', event.shiftKey);
    });
    document.addEventListener('copy', event => {
      if (document.getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      const [from, to] = this.selection;
      post({ type: 'copy', from, to });
    });
  }

  private scrolled(): void {
    // A position that was set from a place in the text says less than the place.
    if (Math.abs(this.scroller.scrollTop - this.map.scrollAt(this.top)) < 1) return;
    this.awaited = undefined;
    this.top = this.map.topAt(this.scroller.scrollTop);
    this.draw();
    this.look();
  }

  /** Where a pixel of the scroll bar is many lines, the wheel still moves by what it says. */
  private wheel(event: WheelEvent): void {
    if (!this.map.isScaled || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
    event.preventDefault();
    const px = [1, this.map.rowPx, this.scroller.clientHeight][event.deltaMode] * event.deltaY;
    this.awaited = undefined;
    this.scrollTo(this.top + px / this.map.rowPx);
    this.scroller.scrollLeft += event.deltaX;
    this.look();
  }

  private key(event: KeyboardEvent): void {
    const { lines } = this.extent;
    const page = Math.max(1, Math.floor(this.map.viewLines) - 1);
    const move = caretKey(event, { line: this.line, lines, page });
    if (move === undefined) return;
    event.preventDefault();
    this.awaited = undefined;
    if (move.kind === 'scroll') {
      this.scrollTo(this.top + move.by);
      this.look();
    } else if (move.kind === 'all') {
      this.anchor = 1;
      this.line = lines;
      this.draw();
      this.tellCaret();
    } else {
      document.getSelection()?.removeAllRanges();
      this.goTo(move.line, 'edge', move.extend);
    }
  }
}

function widthOfColumn(font: string): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return 0;
  context.font = font;
  return context.measureText('0').width;
}

function lineAt(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-line]') : null;
  return row === null ? undefined : Number(row.dataset.line);
}
