import { DirtyCount } from '../iommu/dirty/dirty-tracking';
import { COMPONENTS } from '../iommu/work';
import { Gauge, type Gauges } from '../iommu/gauges';
import type { Series } from './result';

const BUCKETS = 512;

const LEVELS: readonly { gauge: Gauge; id: string; title: string; unit: string }[] = [
  { gauge: Gauge.ReadablePages, id: 'readablePages', title: 'Pages devices can read', unit: 'pages' },
  { gauge: Gauge.WritablePages, id: 'writablePages', title: 'Pages devices can write', unit: 'pages' },
  { gauge: Gauge.StalePages, id: 'stalePages', title: 'Stale pages', unit: 'pages' },
  { gauge: Gauge.QueuedPages, id: 'queuedPages', title: 'Pages in flush queues', unit: 'pages' },
  { gauge: Gauge.PoolBytes, id: 'poolBytes', title: 'Bounce memory', unit: 'bytes' },
  { gauge: Gauge.LockedBytes, id: 'lockedBytes', title: 'Locked memory', unit: 'bytes' },
  { gauge: Gauge.IovaBytes, id: 'iovaBytes', title: 'IOVA space', unit: 'bytes' },
  { gauge: Gauge.PageTableBytes, id: 'pageTableBytes', title: 'Page tables', unit: 'bytes' },
  { gauge: Gauge.SubPageBytes, id: 'subPageBytes', title: 'Other data in reach', unit: 'bytes' },
  { gauge: Gauge.DirtyPages, id: 'dirtyPages', title: 'Dirty pages, not reported yet', unit: 'pages' },
  { gauge: Gauge.LostPages, id: 'missedPages', title: 'Dirty pages missed if migration ended now', unit: 'pages' },
];

/** What dirty tracking counted in each bucket; a page counts each time that it is written anew or reported again. */
const DIRTY_RATES: readonly { count: DirtyCount; id: string; title: string; unit: string }[] = [
  { count: DirtyCount.Written, id: 'dirty.written', title: 'Pages written', unit: 'pages' },
  { count: DirtyCount.Reported, id: 'dirty.reported', title: 'Pages reported dirty', unit: 'pages' },
  { count: DirtyCount.OverReported, id: 'dirty.overReported', title: 'Clean pages reported dirty', unit: 'pages' },
  { count: DirtyCount.Invalidations, id: 'dirty.invalidations', title: 'Invalidations for tracking', unit: '' },
  { count: DirtyCount.WalkedEntries, id: 'dirty.walked', title: 'Entries read for tracking', unit: '' },
];

const RATE_TITLES: Readonly<Record<string, string>> = {
  iova: 'IOVA allocation',
  pageTable: 'Page table',
  invalidation: 'Invalidation',
  lock: 'Waiting for locks',
  copy: 'Copies',
  exit: 'Exits',
  pin: 'Pinning',
  other: 'Other',
};

/**
 * Quantities over trace time in a fixed number of buckets. When the replay outlives them, buckets are merged in pairs and
 * last twice as long: memory stays bounded and no end has to be known in advance.
 */
export class SeriesRecorder {
  private bucketNs: number;
  private last = 0;
  /** End of the present bucket, ns. */
  private end: number;
  private readonly rates: Rates;
  private readonly dirtyRates: Rates;
  private readonly levels = LEVELS.map(() => new Float64Array(BUCKETS));

  /**
   * Starts at time 0 with the present levels and totals.
   * @param totals modelled ns by component, which the replay adds to
   * @param spanNs expected length, ns
   * @param dirtyCounts what dirty tracking has counted so far, by `DirtyCount`
   */
  constructor(
    private readonly gauges: Gauges,
    totals: Float64Array,
    spanNs: number,
    dirtyCounts: Float64Array = new Float64Array(DIRTY_RATES.length),
  ) {
    this.bucketNs = roundUp(Math.max(1, spanNs) / (BUCKETS * 0.8));
    this.end = this.bucketNs;
    this.rates = new Rates(totals);
    this.dirtyRates = new Rates(dirtyCounts);
    gauges.restartRecent();
  }

  /** Time moves on to `time`, ns; levels hold until then. Times before the present bucket belong to it. */
  moveTo(time: number): void {
    if (time < this.end) return;
    this.closeBucket();
    while (time >= BUCKETS * this.bucketNs) this.merge();
    const bucket = Math.floor(time / this.bucketNs);
    while (this.last < bucket) {
      this.last += 1;
      this.noteLevels(this.gauges.current);
    }
    this.end = (this.last + 1) * this.bucketNs;
  }

  /** The series with anything in them. */
  finish(): Series[] {
    this.closeBucket();
    const used = this.last + 1;
    const { bucketNs } = this;
    const rates = COMPONENTS.map((component, i) => ({
      id: `ns.${component}`,
      title: RATE_TITLES[component],
      unit: 'ns',
      modelled: true,
      bucketNs,
      values: this.rates.buckets[i].slice(0, used),
    }));
    const levels = LEVELS.map(({ id, title, unit }, i) => ({
      id,
      title,
      unit,
      modelled: false,
      bucketNs,
      values: this.levels[i].slice(0, used),
    }));
    const dirty = DIRTY_RATES.map(({ count, id, title, unit }) => ({
      id,
      title,
      unit,
      modelled: false,
      bucketNs,
      values: this.dirtyRates.buckets[count].slice(0, used),
    }));
    const all = {
      id: 'ns',
      title: 'CPU time in DMA calls',
      unit: 'ns',
      modelled: true,
      bucketNs,
      values: new Float64Array(used).map((_, bucket) => rates.reduce((sum, { values }) => sum + values[bucket], 0)),
    };
    return [all, ...rates, ...levels, ...dirty].filter(series => series.values.some(value => value > 0));
  }

  private closeBucket(): void {
    this.rates.close(this.last);
    this.dirtyRates.close(this.last);
    this.noteLevels(this.gauges.recent);
    this.gauges.restartRecent();
  }

  private noteLevels(values: Float64Array): void {
    for (let i = 0; i < LEVELS.length; i++) {
      const level = this.levels[i];
      level[this.last] = Math.max(level[this.last], values[LEVELS[i].gauge]);
    }
  }

  private merge(): void {
    for (const values of [...this.rates.buckets, ...this.dirtyRates.buckets]) mergePairs(values, (a, b) => a + b);
    for (const values of this.levels) mergePairs(values, Math.max);
    this.bucketNs *= 2;
    this.last >>= 1;
  }
}

/** Growth of running totals, bucket by bucket. */
class Rates {
  readonly buckets: Float64Array[];
  /** Totals up to the end of the bucket before the present one. */
  private readonly before: Float64Array;

  constructor(private readonly totals: Float64Array) {
    this.buckets = Array.from(totals, () => new Float64Array(BUCKETS));
    this.before = totals.slice();
  }

  close(bucket: number): void {
    const { totals, before } = this;
    for (let i = 0; i < totals.length; i++) this.buckets[i][bucket] += totals[i] - before[i];
    before.set(totals);
  }
}

function mergePairs(values: Float64Array, join: (a: number, b: number) => number): void {
  const half = values.length >> 1;
  for (let i = 0; i < half; i++) values[i] = join(values[2 * i], values[2 * i + 1]);
  values.fill(0, half);
}

/** The next of 1, 2, 5 times a power of ten: bucket lengths that people can read. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find(candidate => candidate * power >= value) ?? 10;
  return Math.max(1, factor * power);
}
