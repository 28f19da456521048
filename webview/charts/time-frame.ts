/** The stretch of trace time that charts show, and where the cursor stands in it: shared, so that they move together. */
import type { TimeRange } from '../../src/editor/panel/view-queries';

/** Below this a chart shows single buckets. */
const SHORTEST_NS = 1000;

export class TimeFrame {
  cursor: number | undefined;
  private current: TimeRange = { fromNs: 0, toNs: 1 };
  private whole: TimeRange = { fromNs: 0, toNs: 1 };
  private readonly zoomListeners: (() => void)[] = [];
  private readonly cursorListeners: ((byKeyboard: boolean) => void)[] = [];

  /** What is shown. */
  get zoom(): TimeRange {
    return this.current;
  }

  get isZoomed(): boolean {
    return this.current.fromNs > this.whole.fromNs || this.current.toNs < this.whole.toNs;
  }

  onZoom(listener: () => void): void {
    this.zoomListeners.push(listener);
  }

  onCursor(listener: (byKeyboard: boolean) => void): void {
    this.cursorListeners.push(listener);
  }

  /** Time covered by the trace and its replays, from 0 to `spanNs`. */
  setSpan(spanNs: number): void {
    if (spanNs === this.whole.toNs) return;
    this.whole = { fromNs: 0, toNs: Math.max(1, spanNs) };
    this.setZoom(this.whole);
  }

  setZoom({ fromNs, toNs }: TimeRange): void {
    const length = Math.min(this.whole.toNs, Math.max(SHORTEST_NS, toNs - fromNs));
    const from = Math.max(0, Math.min(fromNs, this.whole.toNs - length));
    this.current = { fromNs: from, toNs: from + length };
    for (const listener of this.zoomListeners) listener();
  }

  reset(): void {
    this.setZoom(this.whole);
  }

  /** @param factor below 1 shows less; `about` keeps its place on the screen */
  zoomBy(factor: number, about = this.cursor ?? (this.current.fromNs + this.current.toNs) / 2): void {
    const { fromNs, toNs } = this.current;
    this.setZoom({ fromNs: about - (about - fromNs) * factor, toNs: about + (toNs - about) * factor });
  }

  /** @param share of what is shown; negative: towards the beginning */
  pan(share: number): void {
    const { fromNs, toNs } = this.current;
    const step = (toNs - fromNs) * share;
    this.setZoom({ fromNs: fromNs + step, toNs: toNs + step });
  }

  setCursor(timeNs: number | undefined, byKeyboard = false): void {
    this.cursor = timeNs === undefined ? undefined : Math.max(0, Math.min(this.whole.toNs, timeNs));
    for (const listener of this.cursorListeners) listener(byKeyboard);
  }

  /** Moves the cursor by a share of what is shown, and what is shown with it. */
  moveCursor(share: number): void {
    const { fromNs, toNs } = this.current;
    const from = this.cursor ?? fromNs;
    this.setCursor(from + (toNs - fromNs) * share, true);
    if (this.cursor !== undefined && (this.cursor < fromNs || this.cursor > toNs)) this.pan(share);
  }
}
