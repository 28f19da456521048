import type { MachineContext } from './context';
import { timerDeadline, type Timers } from './timers';
import { Work } from './work';

const NONE = -1;
/** IOVA_DEPOT_DELAY (drivers/iommu/iova.c). */
const DEPOT_DELAY_NS = 100e6;

/** A stack of freed IOVAs. */
class Magazine {
  readonly pages: Float64Array;
  size = 0;

  constructor(readonly capacity: number) {
    this.pages = new Float64Array(capacity);
  }

  push(page: number): void {
    this.pages[this.size++] = page;
  }

  /** The newest IOVA not above `highest`, or -1. */
  pop(highest: number): number {
    const { pages } = this;
    let i = this.size - 1;
    while (i >= 0 && pages[i] > highest) i -= 1;
    if (i < 0) return NONE;
    const page = pages[i];
    this.size -= 1;
    pages[i] = pages[this.size]!;
    return page;
  }
}

interface CpuCache {
  loaded: Magazine;
  previous: Magazine;
  lock: number;
}

/** Where a cache hands the IOVAs that it cannot keep: the tree. */
export type FreeToTree = (page: number) => void;

/**
 * Freed IOVAs of one size class: two magazines per CPU and a depot that all CPUs share. IOVAs in here stay allocated in the
 * tree, so that a hit costs no tree operation.
 *
 * Kernel: struct iova_rcache, __iova_rcache_insert, __iova_rcache_get, iova_depot_work_func (drivers/iommu/iova.c).
 */
export class IovaCache {
  private readonly cpuCaches: (CpuCache | undefined)[] = [];
  private depot: Magazine[] = [];
  private readonly depotLock: number;
  private readonly trimTimer: number;

  constructor(
    private readonly context: MachineContext,
    private readonly domain: number,
    private readonly order: number,
    private readonly timers: Timers,
    private readonly freeToTree: FreeToTree,
  ) {
    this.depotLock = context.locks.number(`iova-depot:${domain}:${order}`);
    this.trimTimer = timers.create(() => {
      this.trim();
    });
  }

  /** A cached IOVA not above `highest`, or -1. */
  get(highest: number): number {
    const { log } = this.context;
    const cache = this.cpuCache(log.cpu());
    log.acquire(cache.lock);
    const page = this.take(cache, highest);
    log.release(cache.lock);
    return page;
  }

  private take(cache: CpuCache, highest: number): number {
    if (cache.loaded.size === 0) {
      if (cache.previous.size > 0) {
        swap(cache);
      } else if (this.depot.length > 0) {
        this.underDepotLock(() => {
          cache.loaded = this.depot.pop()!;
        });
      } else {
        return NONE;
      }
    }
    return cache.loaded.pop(highest);
  }

  put(page: number): void {
    const { log } = this.context;
    const cache = this.cpuCache(log.cpu());
    log.acquire(cache.lock);
    let overflow: Magazine | undefined;
    if (cache.loaded.size === cache.loaded.capacity) {
      if (cache.previous.size < cache.previous.capacity) swap(cache);
      else overflow = this.shelve(cache);
    }
    cache.loaded.push(page);
    log.release(cache.lock);
    if (overflow) this.empty(overflow);
  }

  /** Moves a full magazine to the depot; returns it when a bounded depot has no room. */
  private shelve(cache: CpuCache): Magazine | undefined {
    const { traits, log } = this.context;
    const full = cache.loaded;
    cache.loaded = new Magazine(full.capacity);
    if (traits.iovaDepotLimit >= 0 && this.depot.length >= traits.iovaDepotLimit) return full;
    this.underDepotLock(() => this.depot.push(full));
    if (traits.iovaDepotLimit < 0 && !this.timers.isArmed(this.trimTimer)) this.armTrim(log.now());
    return undefined;
  }

  private underDepotLock(action: () => void): void {
    const { log } = this.context;
    log.acquire(this.depotLock);
    log.add(Work.IovaDepotSwap, 1);
    action();
    log.release(this.depotLock);
  }

  private armTrim(now: number): void {
    const { traits, log } = this.context;
    this.timers.arm(this.trimTimer, timerDeadline(now, DEPOT_DELAY_NS, traits.hz), log.cpu());
  }

  /** While the depot holds more magazines than there are CPUs, one goes back to the tree every 100 ms. */
  private trim(): void {
    const { cpus, log } = this.context;
    if (this.depot.length <= cpus) return;
    this.empty(this.depot.pop()!);
    this.armTrim(log.now());
  }

  /** Gives everything back to the tree: the address space is full. */
  drain(): void {
    for (const cache of this.cpuCaches) {
      if (!cache) continue;
      this.empty(cache.loaded);
      this.empty(cache.previous);
    }
    for (const magazine of this.depot) this.empty(magazine);
    this.depot = [];
  }

  private empty(magazine: Magazine): void {
    for (let i = 0; i < magazine.size; i++) this.freeToTree(magazine.pages[i]);
    magazine.size = 0;
  }

  /** IOVAs that the cache holds. */
  get held(): number {
    let count = 0;
    for (const magazine of this.depot) count += magazine.size;
    for (const cache of this.cpuCaches) if (cache) count += cache.loaded.size + cache.previous.size;
    return count;
  }

  private cpuCache(cpu: number): CpuCache {
    let cache = this.cpuCaches[cpu];
    if (!cache) {
      const { locks, traits } = this.context;
      cache = {
        loaded: new Magazine(traits.iovaMagazineSize),
        previous: new Magazine(traits.iovaMagazineSize),
        lock: locks.number(`iova-cache:${this.domain}:${cpu}:${this.order}`),
      };
      this.cpuCaches[cpu] = cache;
    }
    return cache;
  }
}

function swap(cache: CpuCache): void {
  const { loaded } = cache;
  cache.loaded = cache.previous;
  cache.previous = loaded;
}
