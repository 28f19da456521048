import type { EventTableBuilder } from './event-table';
import type { LostInterval } from './operations';

/**
 * Gaps in the recording. A recorder says that events are missing between the last event before its remark and the first
 * one after it, on one CPU; the end is known only when that next event arrives.
 */
export class LostEvents {
  private readonly intervals: LostInterval[] = [];
  /** Intervals whose end is not known yet. */
  private open: LostInterval[] = [];
  private readonly lastRow = new Map<number, number>();
  private indexedRows = 0;
  total = 0;

  constructor(private readonly table: EventTableBuilder) {}

  /** Whether the next event may end an interval. */
  get pending(): boolean {
    return this.open.length > 0;
  }

  /**
   * A remark at `line` that events are missing on `cpu` (-1: all) until that CPU's next event.
   *
   * @param events how many; 0 where the recorder does not say
   */
  begin(cpu: number, events: number, line: number): void {
    const fromNs = this.lastTime(cpu);
    const interval = { cpu, fromNs, toNs: fromNs, events, line };
    this.total += events;
    this.intervals.push(interval);
    this.open.push(interval);
  }

  /** An event of `cpu` was read: it ends what was open there. */
  eventAt(cpu: number, time: number): void {
    this.open = this.open.filter(interval => {
      if (interval.cpu >= 0 && interval.cpu !== cpu) return true;
      interval.toNs = Math.max(interval.fromNs, time);
      return false;
    });
  }

  /** Row of the last event on `cpu`, -1 none. Amortised: each row is looked at once. */
  lastRowOn(cpu: number): number {
    const { cpu: cpus } = this.table.columns;
    for (; this.indexedRows < this.table.count; this.indexedRows++) {
      this.lastRow.set(cpus[this.indexedRows], this.indexedRows);
    }
    return this.lastRow.get(cpu) ?? -1;
  }

  /** All intervals; what is still open ends with the trace, at `endNs`. */
  report(endNs: number): LostInterval[] {
    for (const interval of this.open) interval.toNs = Math.max(interval.fromNs, endNs);
    this.open = [];
    return this.intervals;
  }

  private lastTime(cpu: number): number {
    const row = cpu >= 0 ? this.lastRowOn(cpu) : this.table.count - 1;
    return row >= 0 ? this.table.columns.time[row] : 0;
  }
}
