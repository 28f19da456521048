import type { MachineContext } from './context';
import { Gauge } from './gauges';
import type { IovaAllocator } from './iova-allocator';
import { TickLateness, timerDeadline, type Timers } from './timers';
import { Work } from './work';

/** Of a domain's flush queue. */
export interface FlushQueueOptions {
  /** Slots of a ring; head == tail means empty, so one stays unused. */
  slots: number;
  timeoutNs: number;
  /** One ring for all CPUs instead of one each (IOMMU_DMA_OPTS_SINGLE_QUEUE, Linux 6.7). */
  single: boolean;
}

/** IOVA_DEFAULT_FQ_SIZE and IOVA_DEFAULT_FQ_TIMEOUT. */
const DEFAULTS: FlushQueueOptions = { slots: 256, timeoutNs: 10e6, single: false };

/** One CPU's ring of unmapped IOVAs that wait for the next flush. */
interface Ring {
  head: number;
  tail: number;
  readonly iovaPage: Float64Array;
  readonly pages: Float64Array;
  /** Flush number that must finish before the entry may be released. */
  readonly counter: Float64Array;
  readonly lock: number;
}

/**
 * Deferred invalidation (lazy mode): unmapped IOVAs wait in a ring per CPU; a full ring or a timer flushes the whole
 * domain, and only then are they given back to the allocator.
 *
 * Kernel: queue_iova, fq_ring_free_locked, fq_flush_timeout (drivers/iommu/dma-iommu.c, before 5.17 iova.c).
 */
export class FlushQueue {
  private readonly rings: (Ring | undefined)[] = [];
  private started = 0;
  private finished = 0;
  private entries = 0;
  private options = DEFAULTS;
  private readonly timer: number;
  private readonly lateness: TickLateness;

  /** @param flushAll invalidates the whole domain and waits */
  constructor(
    private readonly context: MachineContext,
    private readonly domain: number,
    private readonly iova: IovaAllocator,
    private readonly timers: Timers,
    private readonly flushAll: () => void,
  ) {
    this.lateness = new TickLateness(context.cpus);
    this.timer = timers.create(() => {
      this.timeout();
    });
  }

  /** Before the first entry only (iommu_dma_init_fq). */
  configure(options: FlushQueueOptions): void {
    this.options = options;
  }

  /** Unmapped IOVAs that are still out of the allocator's reach. */
  get queued(): number {
    return this.entries;
  }

  /** Takes an unmapped IOVA; flushes first when this CPU's ring is full. */
  push(iovaPage: number, pages: number): void {
    const { log, gauges, counters, traits } = this.context;
    const cpu = log.cpu();
    const ring = this.ring(this.options.single ? 0 : cpu);
    log.acquire(ring.lock);
    this.releaseFinished(ring);
    if (this.next(ring.tail) === ring.head) {
      counters.drains.full += 1;
      this.flush();
      this.releaseFinished(ring);
    }
    ring.iovaPage[ring.tail] = iovaPage;
    ring.pages[ring.tail] = pages;
    ring.counter[ring.tail] = this.started;
    ring.tail = this.next(ring.tail);
    this.entries += 1;
    gauges.add(Gauge.QueuedPages, pages);
    log.add(Work.FlushQueuePush, 1);
    log.release(ring.lock);
    if (!this.timers.isArmed(this.timer)) {
      const ticksLate = this.lateness.next();
      this.timers.arm(this.timer, timerDeadline(log.now(), this.options.timeoutNs, traits.hz, ticksLate), cpu);
    }
  }

  private flush(): void {
    this.started += 1;
    this.flushAll();
    this.finished += 1;
  }

  /** The timer flushes whether or not anything still waits, and empties the rings of all CPUs into its own CPU's cache. */
  private timeout(): void {
    const { log, counters } = this.context;
    counters.drains.timer += 1;
    this.flush();
    for (const ring of this.rings) {
      if (!ring) continue;
      log.acquire(ring.lock);
      this.releaseFinished(ring);
      log.release(ring.lock);
    }
  }

  private releaseFinished(ring: Ring): void {
    const { log, gauges } = this.context;
    while (ring.head !== ring.tail && ring.counter[ring.head] < this.finished) {
      const pages = ring.pages[ring.head];
      log.add(Work.FlushQueueRelease, 1);
      this.iova.free(ring.iovaPage[ring.head], pages);
      gauges.add(Gauge.QueuedPages, -pages);
      this.entries -= 1;
      ring.head = this.next(ring.head);
    }
  }

  private ring(cpu: number): Ring {
    let ring = this.rings[cpu];
    if (!ring) {
      const { slots } = this.options;
      ring = {
        head: 0,
        tail: 0,
        iovaPage: new Float64Array(slots),
        pages: new Float64Array(slots),
        counter: new Float64Array(slots),
        lock: this.context.locks.number(`fq:${this.domain}:${cpu}`),
      };
      this.rings[cpu] = ring;
    }
    return ring;
  }

  private next(index: number): number {
    return (index + 1) % this.options.slots;
  }
}
