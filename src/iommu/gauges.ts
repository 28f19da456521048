/** Levels of the machine that rise and fall; each keeps its present value and its peak. */
export enum Gauge {
  /** 4 KiB pages of memory that some device can read: mapped, or unmapped and not yet invalidated. */
  ReadablePages,
  WritablePages,
  /** 4 KiB pages unmapped and not yet invalidated. */
  StalePages,
  /** Bytes of other data in the pages that devices can reach. */
  SubPageBytes,
  /** Bounce memory in use: swiotlb slots taken, dynamic pools as allocated. */
  PoolBytes,
  /** IOVA space of live and queued mappings. */
  IovaBytes,
  PageTableBytes,
  /** Memory pinned for devices, as charged to the VMM. */
  LockedBytes,
  /** Pages that wait in flush queues. */
  QueuedPages,
  /** Pages that devices write, or have written since they were last reported dirty. */
  DirtyPages,
  /** Dirty pages that no report will cover any more: a migration that ended now would carry old content. */
  LostPages,
}

export const GAUGE_COUNT: number = Gauge.LostPages + 1;

export class Gauges {
  readonly current = new Float64Array(GAUGE_COUNT);
  readonly peak = new Float64Array(GAUGE_COUNT);
  /** Highest value since `restartRecent`. */
  readonly recent = new Float64Array(GAUGE_COUNT);

  add(gauge: Gauge, amount: number): void {
    const value = this.current[gauge] + amount;
    this.current[gauge] = value;
    if (value <= this.recent[gauge]) return;
    this.recent[gauge] = value;
    if (value > this.peak[gauge]) this.peak[gauge] = value;
  }

  set(gauge: Gauge, value: number): void {
    this.add(gauge, value - this.current[gauge]);
  }

  /** A new stretch of time begins at the present levels. */
  restartRecent(): void {
    this.recent.set(this.current);
  }

  /** Forget the peaks so far: what was mapped before the recording began is not its news. */
  restartPeaks(): void {
    this.peak.set(this.current);
    this.recent.set(this.current);
  }
}
