import { Ascii, Cursor, isDigit } from '../cursor';
import { EventSink, type LineFate, type LinePlace } from '../event-sink';
import { LinePrefix, TimeUnit } from '../line-prefix';
import { QEMU_FAMILIES } from '../payloads/registry';
import { decodeText } from '../text';
import type { LineParser, TraceFormat } from './format';
import type { Sample } from './sample';
import { readSeconds } from './time-stamp';

const AT = 64;
const UNDERSCORE = 95;
const OPEN_ROUND = 40;

type QemuLine = 'event' | 'message';

/**
 * Line styles of QEMU's log trace back end:
 *
 *   tid@sec.usec:name text                     up to about 10.1 with -msg timestamp=on
 *   name text                                  without: only order is known
 *   2025-08-19T20:12:25.123456Z [(tid) ]name text   newer, with timestamps
 */
class QemuPrefixReader {
  private readonly cursor = new Cursor();

  /** Fills `prefix`; a message of QEMU has no event name. */
  read(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): QemuLine {
    prefix.reset();
    const cursor = this.cursor;
    cursor.reset(bytes, start, end);
    const isStamped = this.readThreadStamp(start, prefix) || this.readIsoStamp(start, prefix);
    const name = cursor.at;
    let underscores = 0;
    while (!cursor.done && isNameByte(cursor.peek())) if (bytes[cursor.at++] === UNDERSCORE) underscores++;
    if (cursor.at === name || (!cursor.done && cursor.peek() !== Ascii.Space)) return 'message';
    // Without a stamp any word could open a line of text; event names have at least one underscore.
    if (!isStamped && underscores === 0) return 'message';
    prefix.nameStart = name;
    prefix.nameEnd = cursor.at;
    cursor.skipSpaces();
    prefix.textStart = cursor.at;
    prefix.textEnd = end;
    return 'event';
  }

  private readThreadStamp(start: number, prefix: LinePrefix): boolean {
    const cursor = this.cursor;
    const thread = cursor.decimal();
    if (thread >= 0 && cursor.take(AT) && readSeconds(cursor, prefix, 6) && cursor.take(Ascii.Colon)) {
      prefix.pid = thread;
      return true;
    }
    prefix.reset();
    cursor.at = start;
    return false;
  }

  private readIsoStamp(start: number, prefix: LinePrefix): boolean {
    const cursor = this.cursor;
    const midnight = readIsoDate(cursor);
    const hour = cursor.decimal();
    const minute = cursor.take(Ascii.Colon) ? cursor.decimal() : -1;
    if (
      midnight < 0 ||
      hour < 0 ||
      minute < 0 ||
      !cursor.take(Ascii.Colon) ||
      !readSeconds(cursor, prefix, 1) ||
      !cursor.literal('Z ')
    ) {
      prefix.reset();
      cursor.at = start;
      return false;
    }
    prefix.seconds += midnight + hour * 3600 + minute * 60;
    if (cursor.take(OPEN_ROUND)) {
      prefix.pid = cursor.decimal();
      cursor.literal(') ');
    }
    return true;
  }
}

/** `yyyy-mm-ddT`, always UTC, as seconds since the epoch; -1 if it is none. */
function readIsoDate(cursor: Cursor): number {
  const year = cursor.decimal();
  const month = cursor.take(Ascii.Dash) ? cursor.decimal() : -1;
  const day = cursor.take(Ascii.Dash) ? cursor.decimal() : -1;
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || !cursor.literal('T')) return -1;
  return Date.UTC(year, month - 1, day) / 1000;
}

function isNameByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || isDigit(byte) || byte === UNDERSCORE || (byte >= 65 && byte <= 90);
}

class QemuLogParser implements LineParser {
  readonly sink = new EventSink({ hasSystem: false, sumDifferences: false });
  readonly fast = null;
  private readonly prefix = new LinePrefix();
  private readonly prefixes = new QemuPrefixReader();

  line(bytes: Uint8Array, start: number, end: number, place: LinePlace): LineFate {
    if (start === end) return 'ignored';
    if (this.prefixes.read(bytes, start, end, this.prefix) === 'message') return 'qemuMessage';
    return this.sink.event(bytes, this.prefix, place);
  }

  assumptions(): string[] {
    return [];
  }
}

/** A stamp of a thread is QEMU's alone; a bare line counts if its name is one of the families read here. */
function sniff(sample: Sample): number {
  const prefix = new LinePrefix();
  const prefixes = new QemuPrefixReader();
  return sample.count((start, end) => {
    if (prefixes.read(sample.bytes, start, end, prefix) === 'message') return false;
    const isThreadStamped = prefix.timeUnit === TimeUnit.Seconds && prefix.pid >= 0;
    return isThreadStamped || QEMU_FAMILIES.test(decodeText(sample.bytes, prefix.nameStart, prefix.nameEnd));
  });
}

export const qemuLog: TraceFormat = {
  id: 'qemu-log',
  title: 'QEMU log',
  description: "QEMU's trace events of its emulated VT-d, virtio-iommu and VFIO, from its log back end.",
  record:
    "qemu-system-x86_64 ... -msg timestamp=on -D trace.log -trace 'vtd_*' -trace 'vfio_*' -trace 'virtio_iommu_*'",
  sniff,
  open: () => new QemuLogParser(),
};
