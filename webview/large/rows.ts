/** Draws the lines in view, and no others. Rows that stay are left alone, so that a selection of text survives. */
import type { LineSpan, PageAnnotation, PageLine } from '../../src/editor/large/messages';
import { append, h } from '../dom';

interface Row {
  element: HTMLElement;
  cell: HTMLElement;
  note: HTMLElement | undefined;
  line: PageLine | undefined;
  annotation: PageAnnotation | undefined;
}

export interface RowState {
  line: PageLine | undefined;
  annotation: PageAnnotation | undefined;
  isCurrent: boolean;
  isSelected: boolean;
}

export class Rows {
  readonly element = h('div', { class: 'rows', role: 'rowgroup' });
  private readonly rows = new Map<number, Row>();
  private widest = 0;

  /**
   * Shows lines from..to (1-based, inclusive).
   *
   * @param offsetPx where a line stands, from the upper edge of the view
   */
  show(from: number, to: number, stateOf: (line: number) => RowState, offsetPx: (line: number) => number): void {
    for (const [number, { element }] of this.rows) {
      if (number >= from && number <= to) continue;
      element.remove();
      this.rows.delete(number);
    }
    for (let number = from; number <= to; number++) {
      const row = this.rows.get(number) ?? this.add(number);
      const { line, annotation, isCurrent, isSelected } = stateOf(number);
      if (row.line !== line) fillText(row, line);
      // Each answer brings new objects for the annotations that stay.
      if (row.annotation?.text !== annotation?.text || row.annotation?.heat !== annotation?.heat) {
        annotate(row, annotation);
      }
      if (row.line !== line || row.annotation !== annotation) {
        row.line = line;
        row.annotation = annotation;
        this.widest = Math.max(this.widest, (line?.text.length ?? 0) + (annotation?.text.length ?? 0));
      }
      row.element.classList.toggle('current', isCurrent);
      row.element.setAttribute('aria-selected', String(isSelected));
      row.element.style.transform = `translateY(${offsetPx(number)}px)`;
    }
  }

  /** Id of the row of a line; undefined while it is not drawn. */
  idOf(line: number): string | undefined {
    return this.rows.get(line)?.element.id;
  }

  /** Characters of the widest row so far, annotation included. */
  get columns(): number {
    return this.widest;
  }

  /** Drops all rows. */
  clear(): void {
    this.element.replaceChildren();
    this.rows.clear();
  }

  private add(number: number): Row {
    const cell = h('div', { class: 'text', role: 'gridcell' });
    const gutter = h('div', { class: 'number', role: 'rowheader' }, String(number));
    const attributes = {
      class: 'line',
      role: 'row',
      id: `line-${number}`,
      'aria-rowindex': number,
      'data-line': number,
    };
    const element = h('div', attributes, gutter, cell);
    const row = { element, cell, note: undefined, line: undefined, annotation: undefined };
    this.rows.set(number, row);
    // In the order of the lines, for those who read the page as it stands.
    const next = [...this.rows.keys()].filter(other => other > number).sort((a, b) => a - b)[0] as number | undefined;
    const before = next === undefined ? undefined : this.rows.get(next)?.element;
    this.element.insertBefore(element, before ?? null);
    return row;
  }
}

function fillText(row: Row, line: PageLine | undefined): void {
  row.cell.replaceChildren(...(line === undefined ? [] : coloured(line.text, line.spans)));
}

function annotate(row: Row, annotation: PageAnnotation | undefined): void {
  for (const heat of ['low', 'medium', 'high']) row.element.classList.toggle(`heat-${heat}`, annotation?.heat === heat);
  row.note?.remove();
  row.note = annotation && h('div', { class: 'annotation', role: 'gridcell' }, annotation.text);
  append(row.element, row.note);
}

function coloured(text: string, spans: readonly LineSpan[]): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const { start, length, color } of spans) {
    if (start > at) nodes.push(document.createTextNode(text.slice(at, start)));
    nodes.push(h('span', { class: `color-${color}` }, text.slice(start, start + length)));
    at = start + length;
  }
  // A line without a character would be no line to copy.
  if (at < text.length || at === 0) nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}
