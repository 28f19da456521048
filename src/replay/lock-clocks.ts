import type { LockRegistry } from '../iommu/locks';
import type { Contention } from '../platforms/profile';

/**
 * When each lock is free, on the modelled clock.
 *
 * Operations are simulated one after the other in the order in which they start, so one that started earlier may have
 * taken a lock late in its course: the idle time before its hold is remembered (one gap per lock) and may be used by an
 * operation that comes to the lock before that. Where the two overlap, the later in turn is charged with the wait.
 */
export class LockClocks {
  private freeAt = new Float64Array(0);
  /** Begin of the last hold, and the moment from which the lock was idle before it. */
  private lastStart = new Float64Array(0);
  private idleFrom = new Float64Array(0);
  private acquiredAt = new Float64Array(0);
  private inGap = new Uint8Array(0);
  private contenders = new Uint16Array(0);
  private readonly laws: (Contention | undefined)[] = [];
  /** Per lock with a law: when each CPU last left it. */
  private readonly leftAt: (Float64Array | undefined)[] = [];
  private count = 0;

  constructor(
    private readonly registry: LockRegistry,
    private readonly contention: readonly Contention[],
    private readonly cpus: number,
  ) {}

  /** The moment, not before `now`, at which `cpu` gets the lock. */
  acquire(lock: number, cpu: number, now: number): number {
    if (lock >= this.count) this.grow();
    if (this.laws[lock]) this.contenders[lock] = this.countContenders(lock, cpu, now);
    let start = now;
    const last = this.lastStart[lock];
    const gap = now > this.idleFrom[lock] ? now : this.idleFrom[lock];
    if (gap < last) {
      start = gap;
      this.inGap[lock] = 1;
    } else {
      if (start < this.freeAt[lock]) start = this.freeAt[lock]!;
      this.inGap[lock] = 0;
    }
    this.acquiredAt[lock] = start;
    return start;
  }

  /**
   * The moment, not before `now`, at which `cpu` is done with the lock. Where the platform has a contention law, that is
   * what keeps the others out, for longer or for shorter than the work under the lock takes; whoever is alone is not slowed.
   */
  release(lock: number, cpu: number, now: number): number {
    const law = this.laws[lock];
    const start = this.acquiredAt[lock];
    const contenders = this.contenders[lock];
    let free = law ? start + law.s0 + law.s1 * contenders : now;
    let end = contenders > 1 ? Math.max(now, free) : now;
    if (this.inGap[lock]) {
      const overlap = Math.max(0, free - this.lastStart[lock]);
      this.idleFrom[lock] = Math.min(free, this.lastStart[lock]);
      this.freeAt[lock] += overlap;
      free += overlap;
      end += overlap;
    } else {
      this.idleFrom[lock] = this.freeAt[lock]!;
      this.lastStart[lock] = start;
      this.freeAt[lock] = free;
    }
    if (law) this.leftAt[lock]![cpu] = free;
    return end;
  }

  /** All locks are free from time 0 on: what was done under them before belongs to another time. */
  restart(): void {
    for (const column of [this.freeAt, this.lastStart, this.idleFrom, this.acquiredAt]) column.fill(0);
    for (const left of this.leftAt) left?.fill(0);
  }

  /** CPUs that want the lock now: this one and those that are before it in the queue. */
  private countContenders(lock: number, cpu: number, now: number): number {
    const left = this.leftAt[lock]!;
    let count = 1;
    for (let other = 0; other < this.cpus; other++) if (other !== cpu && left[other] > now) count += 1;
    return count;
  }

  private grow(): void {
    const before = this.count;
    this.count = this.registry.count;
    const grown = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(this.count);
      to.set(from);
      return to;
    };
    this.freeAt = grown(this.freeAt);
    this.lastStart = grown(this.lastStart);
    this.idleFrom = grown(this.idleFrom);
    this.acquiredAt = grown(this.acquiredAt);
    const gaps = new Uint8Array(this.count);
    gaps.set(this.inGap);
    this.inGap = gaps;
    const contenders = new Uint16Array(this.count);
    contenders.set(this.contenders);
    this.contenders = contenders;
    for (let lock = before; lock < this.count; lock++) {
      const name = this.registry.names[lock];
      const law = this.contention.find(entry => name === entry.lock || name.startsWith(`${entry.lock}:`));
      this.laws[lock] = law;
      this.leftAt[lock] = law ? new Float64Array(this.cpus) : undefined;
    }
  }
}
