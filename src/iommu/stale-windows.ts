import type { StaleSummary } from './context';
import type { Exposure } from './exposure';
import { Gauge, type Gauges } from './gauges';
import { grownFloat64, grownInt32, hashPage } from './page-index';
import type { RunPool } from './run-pool';
import { NO_RUN } from './run-pool';

/**
 * Mappings that were taken out of the page table while the IOTLB may still translate them: from the unmap until the
 * invalidation that covers them has completed.
 */
export class StaleWindows {
  private count = 0;
  private iovaPage = new Float64Array(64);
  private pages = new Float64Array(64);
  private since = new Float64Array(64);
  private head = new Int32Array(64);

  constructor(
    private readonly summary: StaleSummary,
    private readonly gauges: Gauges,
    private readonly exposure: Exposure,
    private readonly runs: RunPool,
    private readonly history: WindowHistory | undefined,
  ) {}

  get open(): number {
    return this.count;
  }

  /** The mapping with these runs was just unmapped. */
  begin(iovaPage: number, pages: number, head: number, now: number): void {
    const i = this.count++;
    if (this.count > this.head.length) this.grow();
    this.iovaPage[i] = iovaPage;
    this.pages[i] = pages;
    this.since[i] = now;
    this.head[i] = head;
    this.gauges.add(Gauge.StalePages, pages);
    this.history?.open(iovaPage, this.runs.access[head], now);
  }

  private grow(): void {
    this.iovaPage = grownFloat64(this.iovaPage, this.count);
    this.pages = grownFloat64(this.pages, this.count);
    this.since = grownFloat64(this.since, this.count);
    this.head = grownInt32(this.head, this.count);
  }

  /** An invalidation of the range has completed. The newest window is looked at first: strict has no other. */
  endRange(iovaPage: number, pages: number, now: number): void {
    let left = pages;
    for (let i = this.count - 1; i >= 0 && left > 0; i--) {
      if (this.iovaPage[i] < iovaPage || this.iovaPage[i] + this.pages[i] > iovaPage + pages) continue;
      left -= this.pages[i];
      this.end(i, now);
      this.moveLastTo(i);
    }
  }

  /** An invalidation of the whole domain has completed. */
  endAll(now: number): void {
    for (let i = 0; i < this.count; i++) this.end(i, now);
    this.count = 0;
  }

  private end(i: number, now: number): void {
    const { summary, runs } = this;
    const pages = this.pages[i];
    // Another CPU's clock may be behind the one that unmapped.
    const duration = Math.max(0, now - this.since[i]);
    summary.windows += 1;
    summary.pageNs += pages * duration;
    if (duration > summary.maxNs) summary.maxNs = duration;
    this.gauges.add(Gauge.StalePages, -pages);
    for (let run = this.head[i]; run !== NO_RUN; run = runs.next[run]!) {
      this.exposure.remove(runs.physPage[run], runs.pages[run], runs.access[run], runs.offset[run], runs.bytes[run]);
    }
    runs.release(this.head[i]);
    this.history?.close(this.iovaPage[i], now);
  }

  private moveLastTo(i: number): void {
    const last = --this.count;
    this.iovaPage[i] = this.iovaPage[last]!;
    this.pages[i] = this.pages[last]!;
    this.since[i] = this.since[last]!;
    this.head[i] = this.head[last]!;
  }
}

/** The last window of each IOVA, so that one can ask afterwards what an access within it would have met. */
export class WindowHistory {
  private keys = new Float64Array(1024).fill(-1);
  private access = new Int32Array(1024);
  private from = new Float64Array(1024);
  private to = new Float64Array(1024);
  private count = 0;

  open(iovaPage: number, access: number, now: number): void {
    if ((this.count + 1) * 2 > this.keys.length) this.grow();
    const i = this.position(iovaPage);
    if (this.keys[i] === -1) this.count += 1;
    this.keys[i] = iovaPage;
    this.access[i] = access;
    this.from[i] = now;
    this.to[i] = Infinity;
  }

  close(iovaPage: number, now: number): void {
    this.to[this.position(iovaPage)] = now;
  }

  /** When the last window of the IOVA began; -1: it had none. */
  since(iovaPage: number): number {
    const i = this.position(iovaPage);
    return this.keys[i] === iovaPage ? this.from[i] : -1;
  }

  /** Whether a stale translation of the IOVA that grants such an access existed at that time. */
  covers(iovaPage: number, at: number, wanted: number): boolean {
    const i = this.position(iovaPage);
    return this.keys[i] === iovaPage && (this.access[i] & wanted) !== 0 && at >= this.from[i] && at < this.to[i];
  }

  private position(iovaPage: number): number {
    const mask = this.keys.length - 1;
    let i = hashPage(iovaPage) & mask;
    while (this.keys[i] !== -1 && this.keys[i] !== iovaPage) i = (i + 1) & mask;
    return i;
  }

  private grow(): void {
    const { keys, access, from, to } = this;
    this.keys = new Float64Array(keys.length * 2).fill(-1);
    this.access = new Int32Array(keys.length * 2);
    this.from = new Float64Array(keys.length * 2);
    this.to = new Float64Array(keys.length * 2);
    for (let j = 0; j < keys.length; j++) {
      if (keys[j] === -1) continue;
      const i = this.position(keys[j]);
      this.keys[i] = keys[j]!;
      this.access[i] = access[j]!;
      this.from[i] = from[j]!;
      this.to[i] = to[j]!;
    }
  }
}
