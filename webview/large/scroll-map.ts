/** From scroll positions to lines: browsers cap the height of an element, traces have no cap. */

/** Less than any browser's largest element (Firefox: 17.9 million). */
export const MAX_SHEET_PX = 8_000_000;

export class ScrollMap {
  /**
   * @param lines of the text
   * @param rowPx height of a line
   * @param viewPx height of what is seen at once
   */
  constructor(
    private readonly lines: number,
    readonly rowPx: number,
    private readonly viewPx: number,
  ) {}

  /** Height of what is scrolled. */
  get sheetPx(): number {
    return Math.max(this.viewPx, Math.min(this.lines * this.rowPx, MAX_SHEET_PX));
  }

  /** A pixel of the scroll bar is more than a pixel of text. */
  get isScaled(): boolean {
    return this.lines * this.rowPx > MAX_SHEET_PX;
  }

  /** Lines that fit. */
  get viewLines(): number {
    return this.viewPx / this.rowPx;
  }

  /** The last place at which the view is full: lines above it, with a fraction. */
  get maxTop(): number {
    return Math.max(0, this.lines - this.viewLines);
  }

  /** Lines above the view, with a fraction, at a scroll position. */
  topAt(scrollPx: number): number {
    const range = this.sheetPx - this.viewPx;
    return range <= 0 ? 0 : this.clamp((scrollPx / range) * this.maxTop);
  }

  /** The scroll position at which so many lines are above the view. */
  scrollAt(top: number): number {
    return this.maxTop === 0 ? 0 : (this.clamp(top) / this.maxTop) * (this.sheetPx - this.viewPx);
  }

  clamp(top: number): number {
    return Math.min(Math.max(0, top), this.maxTop);
  }

  /** The lines (1-based, inclusive) that are seen at least in part; `to` is less than `from` where there are none. */
  visible(top: number): { from: number; to: number } {
    return { from: Math.floor(top) + 1, to: Math.min(this.lines, Math.ceil(top + this.viewLines)) };
  }

  /** Where to scroll so that a line (1-based) is seen: nowhere when it is, to the middle when it is far away. */
  topToShow(line: number, top: number, far: 'center' | 'edge'): number {
    const above = line - 1;
    if (above >= top && above + 1 <= top + this.viewLines) return top;
    if (far === 'center') return this.clamp(above + 0.5 - this.viewLines / 2);
    return this.clamp(above < top ? above : above + 1 - this.viewLines);
  }
}
