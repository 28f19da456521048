/** The strip beside the scroll bar: where in the whole trace the costliest lines are. */
import { h } from '../dom';

export class Overview {
  /** For the mouse alone: commands lead from hotspot to hotspot by keyboard. */
  readonly element = h('div', { class: 'overview', 'aria-hidden': 'true' });
  private marks: readonly number[] = [];
  private lines = 0;

  /** @param reveal shows a line */
  constructor(reveal: (line: number) => void) {
    this.element.addEventListener('click', ({ offsetY }) => {
      const nearest = this.nearest((offsetY / this.element.clientHeight) * this.lines);
      if (nearest !== undefined) reveal(nearest);
    });
  }

  /** @param marks lines, 1-based @param lines of the whole text */
  show(marks: readonly number[], lines: number): void {
    if (
      marks.length === this.marks.length &&
      marks.every((mark, i) => mark === this.marks[i]) &&
      lines === this.lines
    ) {
      return;
    }
    this.marks = marks;
    this.lines = lines;
    this.element.replaceChildren(
      ...marks.map(line => {
        const mark = h('span', { class: 'mark' });
        mark.style.top = `${((line - 0.5) / Math.max(1, lines)) * 100}%`;
        return mark;
      }),
    );
  }

  private nearest(line: number): number | undefined {
    return [...this.marks].sort((a, b) => Math.abs(a - line) - Math.abs(b - line)).at(0);
  }
}
