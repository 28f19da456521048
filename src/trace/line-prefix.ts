/** What a line's time stamp counts. */
export enum TimeUnit {
  /** The line has no time: only order is known. */
  None,
  /** Seconds and a fraction, held as seconds and nanoseconds. */
  Seconds,
  /** A counter of unknown rate (trace_clock x86-tsc, counter, uptime), held in `nanos`. */
  Ticks,
}

/** What stands before an event's text, as positions and numbers. One is reused for all lines. */
export class LinePrefix {
  /** Command name, blanks trimmed; equal: the line has none. */
  commStart = 0;
  commEnd = 0;
  /** Thread; -1 unknown. */
  pid = -1;
  cpu = -1;
  timeUnit = TimeUnit.None;
  seconds = 0;
  nanos = 0;
  nameStart = 0;
  nameEnd = 0;
  textStart = 0;
  textEnd = 0;

  reset(): void {
    this.commStart = 0;
    this.commEnd = 0;
    this.pid = -1;
    this.cpu = -1;
    this.timeUnit = TimeUnit.None;
    this.seconds = 0;
    this.nanos = 0;
  }
}
