import { COMPONENTS, Work, WORK_COUNT, type WorkLog } from '../iommu/work';
import type { LockClocks } from './lock-clocks';
import { COMPONENT_OF, LOCK_COMPONENT, type Prices } from './pricing';

/** Prices the machine's work and advances the clock of the CPU at work. */
export class ClockedLog implements WorkLog {
  /** Units by `Work`. */
  readonly work = new Float64Array(WORK_COUNT);
  /** ns by component. */
  readonly totals = new Float64Array(COMPONENTS.length);
  /** Bytes copied outside the last-level cache. */
  bytesBeyondCache = 0;
  private clock = 0;
  private cpuAtWork = 0;
  private cachedShare = 1;
  private locks: LockClocks | undefined;

  constructor(private readonly prices: Prices) {}

  /** The machine makes its locks before it works: they are connected once it exists. */
  connect(locks: LockClocks): void {
    this.locks = locks;
  }

  /**
   * A CPU starts to work at `time`, ns.
   * @param bytesInUse buffers mapped at present, bytes: with their bounce copies they compete for the last-level cache
   */
  begin(cpu: number, time: number, bytesInUse: number): void {
    this.cpuAtWork = cpu;
    this.clock = time;
    const workingSet = 2 * bytesInUse;
    this.cachedShare = workingSet > this.prices.cacheBytes ? this.prices.cacheBytes / workingSet : 1;
  }

  /** Forget what was counted so far: the work to come begins at time 0, with all locks free. */
  restart(): void {
    this.locks?.restart();
    this.work.fill(0);
    this.totals.fill(0);
    this.bytesBeyondCache = 0;
  }

  add(work: Work, amount: number): void {
    this.work[work] += amount;
    let price = this.prices.ns[work];
    if (this.cachedShare < 1 && (work === Work.CopyByte || work === Work.ZeroByte)) {
      price = this.cachedShare * price + (1 - this.cachedShare) * this.prices.beyondCache.ns;
      this.bytesBeyondCache += (1 - this.cachedShare) * amount;
    }
    const ns = amount * price;
    this.clock += ns;
    this.totals[COMPONENT_OF[work]] += ns;
  }

  acquire(lock: number): void {
    const start = this.locks!.acquire(lock, this.cpuAtWork, this.clock);
    this.totals[LOCK_COMPONENT] += start - this.clock;
    this.clock = start;
  }

  release(lock: number): void {
    const end = this.locks!.release(lock, this.cpuAtWork, this.clock);
    this.totals[LOCK_COMPONENT] += end - this.clock;
    this.clock = end;
  }

  now(): number {
    return this.clock;
  }

  cpu(): number {
    return this.cpuAtWork;
  }

  /**
   * The totals at the low and at the high end of the prices. Waits for locks scale with what is done under them, so their
   * share is scaled like the rest.
   */
  band(): [number, number] {
    return [
      this.totalAt(this.prices.low, this.prices.beyondCache.low),
      this.totalAt(this.prices.high, this.prices.beyondCache.high),
    ];
  }

  private totalAt(prices: Float64Array, beyondCache: number): number {
    let priced = 0;
    for (let kind = 0; kind < WORK_COUNT; kind++) priced += this.work[kind] * prices[kind];
    priced += this.bytesBeyondCache * (beyondCache - prices[Work.CopyByte]);
    const locks = this.totals[LOCK_COMPONENT];
    const total = this.totals.reduce((sum, ns) => sum + ns, 0);
    const middle = total - locks;
    return middle > 0 ? priced * (1 + locks / middle) : priced;
  }
}
