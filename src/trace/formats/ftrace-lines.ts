import { Ascii, Cursor, indexOfByte, indexOfText, startsWith } from '../cursor';
import { EventSink, type LineFate, type LinePlace } from '../event-sink';
import { FastFtrace } from '../fast/ftrace';
import { LinePrefix } from '../line-prefix';
import { KNOWN_NAMES } from '../payloads/registry';
import { decodeText } from '../text';
import type { LineParser } from './format';
import { FtracePrefixReader } from './ftrace-prefix';

const OPEN = 91;
const CLOSE = 93;

/** Lines of ftrace and of trace-cmd report: they share all but their headers. */
export class FtraceLineParser implements LineParser {
  readonly sink = new EventSink({ hasSystem: false, sumDifferences: false });
  readonly fast = new FastFtrace(this.sink);
  private readonly prefix = new LinePrefix();
  private readonly prefixes = new FtracePrefixReader();
  private readonly cursor = new Cursor();

  /** @param isHeader lines without events that this tool prints */
  constructor(private readonly isHeader: (bytes: Uint8Array, start: number, end: number) => boolean) {}

  line(bytes: Uint8Array, lineStart: number, end: number, place: LinePlace): LineFate {
    const start = skipKernelLog(bytes, lineStart, end);
    if (start >= end) return 'ignored';
    if (bytes[start] === Ascii.Hash) return this.comment(bytes, start, end, place);
    if (startsWith(bytes, start, end, ' => ') || startsWith(bytes, start, end, '=> ')) {
      return this.frame(bytes, start, end);
    }
    switch (this.prefixes.read(bytes, start, end, this.prefix)) {
      case 'event':
        return this.sink.event(bytes, this.prefix, place);
      case 'stack':
        this.sink.chain.end();
        this.sink.chain.begin(this.sink.stackOwner(this.prefix.cpu));
        return 'ignored';
      case 'nameless':
        return 'ignored';
      case 'none':
        return this.unprefixed(bytes, start, end, place);
    }
  }

  assumptions(): string[] {
    return [];
  }

  private unprefixed(bytes: Uint8Array, start: number, end: number, place: LinePlace): LineFate {
    if (this.lostRemark(bytes, start, end, place) || this.isHeader(bytes, start, end)) return 'ignored';
    if (isKnownBareEvent(this.prefixes, bytes, start, end, this.prefix))
      return this.sink.event(bytes, this.prefix, place);
    return isNumbersOnly(bytes, start, end) ? 'ftraceNumbersOnly' : 'unrecognised';
  }

  /** ` => symbol[+0x..][ (address)]` */
  private frame(bytes: Uint8Array, start: number, end: number): LineFate {
    const from = indexOfText(bytes, start, end, '=> ') + 3;
    let to = from;
    while (to < end && bytes[to] !== Ascii.Space && bytes[to] !== 43) to++;
    this.sink.chain.frame(bytes, from, to);
    return 'ignored';
  }

  /** Headers say how many events were overwritten, and where a CPU's buffer begins after that. */
  private comment(bytes: Uint8Array, start: number, end: number, place: LinePlace): LineFate {
    const cursor = this.cursor;
    cursor.reset(bytes, start, end);
    if (cursor.literal('# entries-in-buffer/entries-written: ') || cursor.literal('# latency: ')) {
      if (bytes[start + 2] === 108) seekHash(cursor);
      const kept = cursor.decimal();
      const written = cursor.take(47) ? cursor.decimal() : -1;
      if (kept >= 0 && written > kept) this.sink.lost.begin(-1, written - kept, place.line);
    } else if (cursor.literal('##### CPU ')) {
      const cpu = cursor.decimal();
      if (cpu >= 0 && cursor.literal(' buffer started')) this.sink.lost.begin(cpu, 0, place.line);
    }
    return 'ignored';
  }

  /** `CPU:%d [LOST %lu EVENTS]` (ftrace), `CPU:%d [%lld EVENTS DROPPED]` (trace-cmd), both also without the number. */
  private lostRemark(bytes: Uint8Array, start: number, end: number, place: LinePlace): boolean {
    const at = indexOfText(bytes, start, end, 'CPU:');
    if (at < 0 || (at > start && bytes[at - 1] !== Ascii.Space)) return false;
    const cursor = this.cursor;
    cursor.reset(bytes, at + 4, end);
    const cpu = cursor.decimal();
    if (cpu < 0 || !cursor.literal(' [')) return false;
    if (cursor.sees('SUBBUFFER START')) return true;
    cursor.literal('LOST ');
    const events = cursor.decimal();
    cursor.skipSpaces();
    if (!cursor.sees('EVENTS')) return false;
    this.sink.lost.begin(cpu, Math.max(0, events), place.line);
    return true;
  }
}

/** To behind the `#` of `# latency: 0 us, #7434/7434, CPU#0`. */
function seekHash(cursor: Cursor): void {
  while (!cursor.done && cursor.peek() !== Ascii.Hash) cursor.at++;
  cursor.take(Ascii.Hash);
}

/** Whether a line is the name and text of an event that this product knows, and nothing else. */
export function isKnownBareEvent(
  prefixes: FtracePrefixReader,
  bytes: Uint8Array,
  start: number,
  end: number,
  prefix: LinePrefix,
): boolean {
  return (
    prefixes.readBare(bytes, start, end, prefix) && KNOWN_NAMES.has(decodeText(bytes, prefix.nameStart, prefix.nameEnd))
  );
}

/** Over what the kernel log puts before each line of ftrace_dump: `<4>[   12.345678][  T12] `. */
export function skipKernelLog(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] === 60) {
    const close = indexOfByte(bytes, at, Math.min(end, at + 5), 62);
    if (close < 0) return start;
    at = close + 1;
  }
  if (at >= end || bytes[at] !== OPEN) return start;
  while (at < end && bytes[at] === OPEN) {
    const close = indexOfByte(bytes, at, end, CLOSE);
    if (close < 0) return start;
    at = close + 1;
  }
  return at < end && bytes[at] === Ascii.Space ? at + 1 : at;
}

const NUMBERS_ONLY = /^(?:[0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{16}|\d+ \d+ \d+) type: \d+\s*$/;

/** The trace options raw (`413 1 47089734024 type: 1265`) and hex. */
export function isNumbersOnly(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start < 80 &&
    indexOfText(bytes, start, end, ' type: ') > 0 &&
    NUMBERS_ONLY.test(decodeText(bytes, start, end))
  );
}
