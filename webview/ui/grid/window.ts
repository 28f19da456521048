/** Which rows of a long table are on screen. */

/** Browsers stop laying out at some 33 million pixels; beyond this height the scroll bar stands for more than a pixel. */
const TALLEST = 12_000_000;

export interface RowWindow {
  /** First row to draw, and one past the last. */
  from: number;
  to: number;
  /** Height of the whole scrolled area, px. */
  height: number;
  /** Where the first drawn row stands in it, px. */
  top: number;
}

/** Height of the scrolled area for so many rows. */
export function scrollHeight(count: number, rowHeight: number): number {
  return Math.min(count * rowHeight, TALLEST);
}

/**
 * @param scrollTop scroll position of the viewport, px
 * @param viewport its height, px
 * @param spare rows drawn beyond either edge, so that fast scrolling shows no gaps
 */
export function rowWindow(count: number, rowHeight: number, scrollTop: number, viewport: number, spare = 6): RowWindow {
  const height = scrollHeight(count, rowHeight);
  const first = firstVisible(count, rowHeight, scrollTop, viewport);
  const from = Math.max(0, Math.floor(first) - spare);
  const to = Math.min(count, Math.ceil(first + viewport / rowHeight) + spare);
  return { from, to, height, top: scrollTop - (first - from) * rowHeight };
}

/** The scroll position that brings a row into view, or the present one if it is there already. */
export function scrollTo(index: number, count: number, rowHeight: number, scrollTop: number, viewport: number): number {
  const first = firstVisible(count, rowHeight, scrollTop, viewport);
  const fitting = viewport / rowHeight;
  if (index >= first && index + 1 <= first + fitting) return scrollTop;
  const target = index < first ? index : index + 1 - fitting;
  const hidden = count * rowHeight - viewport;
  const range = scrollHeight(count, rowHeight) - viewport;
  return hidden <= 0 ? 0 : Math.max(0, Math.min(range, (target * rowHeight * range) / hidden));
}

function firstVisible(count: number, rowHeight: number, scrollTop: number, viewport: number): number {
  if (count * rowHeight <= TALLEST) return scrollTop / rowHeight;
  const hidden = Math.max(0, count * rowHeight - viewport);
  const range = Math.max(1, scrollHeight(count, rowHeight) - viewport);
  return (Math.min(1, scrollTop / range) * hidden) / rowHeight;
}
