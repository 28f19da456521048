import type { EventSink } from '../event-sink';
import { COMM_COLUMNS, FastLines } from './fast-lines';

const SPACE = 32;
const DASH = 45;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
/** `(%7d)` or `(-------)` */
const TGID_COLUMNS = 9;
const MIN_FLAGS = 4;
const MAX_FLAGS = 8;

/** `%16s-%-7d [(%7d) ][%03d] [flags ]sec.usec: event: text` */
export class FastFtrace extends FastLines {
  constructor(sink: EventSink) {
    super(sink, false);
  }

  protected override prefix(at: number): boolean {
    const { text } = this;
    const { bytes } = text;
    if (bytes[at + COMM_COLUMNS] !== DASH || !this.takeComm(at)) return false;
    this.pid = text.decimal(at + COMM_COLUMNS + 1);
    if (this.pid < 0 || bytes[text.end] !== SPACE) return false;
    let next = this.skipBlanks(text.end);
    if (bytes[next] === OPEN_ROUND) next = this.skipGroup(next);
    return next > 0 && this.takeCpu(next) && this.takeTime(this.skipFlags(this.skipBlanks(this.next)));
  }

  private skipGroup(at: number): number {
    const { bytes } = this.text;
    const end = at + TGID_COLUMNS;
    if (bytes[end - 1] !== CLOSE_ROUND || bytes[end] !== SPACE) return -1;
    for (let i = at + 1; i < end - 1; i++) if (bytes[i] < SPACE || bytes[i] === CLOSE_ROUND) return -1;
    return end + 1;
  }

  /** Over the irq-info columns; where there are none, or too many, time is expected at once. */
  private skipFlags(at: number): number {
    const { bytes } = this.text;
    let end = at;
    while (bytes[end] > SPACE && end - at <= MAX_FLAGS) end++;
    const width = end - at;
    const isDigit = bytes[at] >= 48 && bytes[at] <= 57;
    if (isDigit || width < MIN_FLAGS || width > MAX_FLAGS || bytes[end] !== SPACE) return at;
    return this.skipBlanks(end);
  }
}
