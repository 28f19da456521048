import { TimeUnit, type LinePrefix } from './line-prefix';

const NS_PER_SECOND = 1e9;

/**
 * Time stamps as ns since the first event. Seconds and nanoseconds are subtracted apart, so that stamps of an epoch clock
 * keep their last digit in a Float64.
 */
export class Clock {
  private isStarted = false;
  private seconds = 0;
  private nanos = 0;
  private last = 0;
  private timeless = 0;
  private ticked = 0;

  /** @param sumDifferences stamps are differences to the event before (perf script --deltatime) */
  constructor(readonly sumDifferences: boolean) {}

  /** ns since the first event; the previous event's time where the line has none. */
  read(prefix: LinePrefix): number {
    if (prefix.timeUnit === TimeUnit.None) {
      this.timeless++;
      return this.last;
    }
    if (prefix.timeUnit === TimeUnit.Ticks) this.ticked++;
    return this.at(prefix.seconds, prefix.nanos);
  }

  /** Stores what `read` returns for a stamp in seconds; a number stored by its reader needs no box on the heap. */
  store(column: Float64Array, row: number, seconds: number, nanos: number): void {
    column[row] = this.at(seconds, nanos);
  }

  private at(seconds: number, nanos: number): number {
    if (!this.isStarted) {
      this.isStarted = true;
      this.seconds = seconds;
      this.nanos = nanos;
      return this.last;
    }
    const relative = (seconds - this.seconds) * NS_PER_SECOND + (nanos - this.nanos);
    this.last = this.sumDifferences ? this.last + seconds * NS_PER_SECOND + nanos : relative;
    return this.last;
  }

  /** What the user should know about the times, in words. */
  assumptions(): string[] {
    const said: string[] = [];
    if (this.timeless > 0) {
      said.push(
        `${this.timeless} events carry no time: only their order is used; times and durations mean nothing there.`,
      );
    }
    if (this.ticked > 0) {
      said.push(
        'The time stamps count ticks of an unknown rate (a trace clock like x86-tsc): one tick is taken as 1 ns.',
      );
    }
    if (this.sumDifferences) {
      said.push('The time stamps are differences to the previous event (perf script --deltatime): they are summed up.');
    }
    return said;
  }
}
