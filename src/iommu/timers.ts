/** The timers of one domain: a handful, so the earliest is found by looking at all of them when one changes. */
export class Timers {
  /** Earliest deadline, ns; Infinity: none armed. */
  next = Infinity;
  /** CPU that armed the earliest. */
  cpu = 0;
  private readonly deadlines: number[] = [];
  private readonly cpus: number[] = [];
  private readonly actions: (() => void)[] = [];

  /** A new timer, not armed; returns its number. */
  create(action: () => void): number {
    this.deadlines.push(Infinity);
    this.cpus.push(0);
    this.actions.push(action);
    return this.actions.length - 1;
  }

  isArmed(timer: number): boolean {
    return this.deadlines[timer] !== Infinity;
  }

  arm(timer: number, deadline: number, cpu: number): void {
    this.deadlines[timer] = deadline;
    this.cpus[timer] = cpu;
    this.findNext();
  }

  /** Runs what is due at `now`; an action may arm its timer again. */
  run(now: number): void {
    while (this.next <= now) {
      const due = this.deadlines.indexOf(this.next);
      this.deadlines[due] = Infinity;
      this.findNext();
      this.actions[due]();
    }
  }

  private findNext(): void {
    this.next = Infinity;
    for (let i = 0; i < this.deadlines.length; i++) {
      if (this.deadlines[i] < this.next) {
        this.next = this.deadlines[i]!;
        this.cpu = this.cpus[i]!;
      }
    }
  }
}

/**
 * When a kernel timer of `delayNs` armed at `now` fires: timers count whole ticks from the next tick on, so 10 ms at
 * HZ=250 (3 ticks) end 12 to 16 ms later.
 *
 * Kernel: msecs_to_jiffies rounds up, calc_index (kernel/time/timer.c) adds one tick so that a timer is never early.
 */
export function timerDeadline(now: number, delayNs: number, hz: number, ticksLate = 0): number {
  const tick = 1e9 / hz;
  return (Math.floor(now / tick) + Math.ceil(delayNs / tick) + 1 + ticksLate) * tick;
}

/**
 * Which timers come a tick late because several CPUs are at work. The ticks of all CPUs fire together, but one CPU alone
 * advances jiffies: another one that comes first still reads the old value and leaves its timer to its next tick. With n
 * CPUs a timer sits on another than that one with (n − 1)/n, and even odds decide who comes first: that share of the
 * timers, evenly spread, so that a replay stays repeatable.
 *
 * Kernel: tick_sched_do_timer (kernel/time/tick-sched.c), run_local_timers (kernel/time/timer.c).
 */
export class TickLateness {
  private due = 0;
  private readonly share: number;

  constructor(cpus: number) {
    this.share = (1 - 1 / cpus) / 2;
  }

  /** Ticks that the next timer is late: 0 or 1. */
  next(): number {
    this.due += this.share;
    if (this.due < 1) return 0;
    this.due -= 1;
    return 1;
  }
}
