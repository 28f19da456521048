import type { EventSink } from '../event-sink';
import { COMM_COLUMNS, FastLines } from './fast-lines';

const SPACE = 32;
const SLASH = 47;

/** `%16s %7d [%03d] %5lu.%06lu: %*s: text`, and `pid/tid` in place of tid. */
export class FastPerfScript extends FastLines {
  constructor(sink: EventSink) {
    super(sink, true);
  }

  protected override prefix(at: number): boolean {
    const { text } = this;
    const { bytes } = text;
    if (bytes[at + COMM_COLUMNS] !== SPACE || !this.takeComm(at)) return false;
    this.pid = text.decimal(this.skipBlanks(at + COMM_COLUMNS + 1));
    if (bytes[text.end] === SLASH) this.pid = text.decimal(text.end + 1);
    if (this.pid < 0 || bytes[text.end] !== SPACE) return false;
    return this.takeCpu(this.skipBlanks(text.end)) && this.takeTime(this.skipBlanks(this.next));
  }
}
