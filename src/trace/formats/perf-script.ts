import { Ascii, Cursor, hexDigit, indexOfText, startsWith } from '../cursor';
import { EventSink, type LineFate, type LinePlace } from '../event-sink';
import type { FastLines } from '../fast/fast-lines';
import { FastPerfScript } from '../fast/perf-script';
import { LinePrefix } from '../line-prefix';
import { decodeText } from '../text';
import type { LineParser, TraceFormat } from './format';
import { hasSystem, isRecord, PerfPrefixReader } from './perf-prefix';
import type { Sample } from './sample';

/** A stretch of the sample long enough to tell differences from absolute times. */
const MIN_EVENTS_FOR_DELTA = 8;
const MAX_WARNINGS = 3;
const NS_PER_SECOND = 1e9;

class PerfScriptParser implements LineParser {
  readonly sink: EventSink;
  readonly fast: FastLines;
  private readonly prefix = new LinePrefix();
  private readonly prefixes = new PerfPrefixReader();
  private readonly cursor = new Cursor();
  /** Last line that was an event or a frame of its chain. */
  private chainLine = 0;
  private readonly warnings: string[] = [];

  constructor(sumDifferences: boolean) {
    this.sink = new EventSink({ hasSystem: true, sumDifferences });
    this.fast = new FastPerfScript(this.sink);
  }

  line(bytes: Uint8Array, start: number, end: number, place: LinePlace): LineFate {
    if (start === end || bytes[start] === Ascii.Hash) {
      return 'ignored';
    }
    if (bytes[start] === Ascii.Tab && this.frame(bytes, start, end, place.line)) return 'ignored';
    switch (this.prefixes.read(bytes, start, end, this.prefix)) {
      case 'event':
        return this.event(bytes, place);
      case 'record':
        return this.record(bytes, place);
      case 'none':
        if (this.frame(bytes, start, end, place.line) || this.warning(bytes, start, end)) return 'ignored';
        return 'unrecognised';
    }
  }

  assumptions(): string[] {
    return this.warnings.map(
      text => `perf reports "${text}" Where events are missing is known only from perf script --show-lost-events.`,
    );
  }

  private event(bytes: Uint8Array, place: LinePlace): LineFate {
    const { table, chain } = this.sink;
    const rows = table.count;
    const fate = this.sink.event(bytes, this.prefix, place);
    chain.begin(table.count > rows ? rows : -1);
    this.chainLine = place.line;
    return fate;
  }

  /** Of perf's own remarks only those about lost events matter. */
  private record(bytes: Uint8Array, place: LinePlace): LineFate {
    if (isRecord(bytes, this.prefix, 'LOST')) {
      const at = indexOfText(bytes, this.prefix.textStart, this.prefix.textEnd, ' lost ');
      this.cursor.reset(bytes, at + 6, this.prefix.textEnd);
      this.sink.lost.begin(this.prefix.cpu, at < 0 ? 0 : Math.max(0, this.cursor.decimal()), place.line);
    }
    return 'ignored';
  }

  /** `<blank>address symbol+0xoffset (object)`. False if it is none. */
  private frame(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    if (!this.followsEvent(line)) return false;
    const cursor = this.cursor;
    cursor.reset(bytes, start, end);
    while (cursor.peek() === Ascii.Tab || cursor.peek() === Ascii.Space) cursor.at++;
    if (cursor.at === start || hexDigit(cursor.peek()) < 0 || cursor.hex() < 0 || !cursor.take(Ascii.Space))
      return false;
    this.sink.chain.frame(bytes, cursor.at, symbolEnd(bytes, cursor.at, end));
    this.chainLine = line;
    return true;
  }

  /** Whether the line before is an event or part of its chain. An event that the fast reader took is found by its row. */
  private followsEvent(line: number): boolean {
    if (this.chainLine === line - 1) return true;
    const { table, chain } = this.sink;
    const row = table.count - 1;
    if (row < 0 || table.columns.line[row] !== line - 1) return false;
    chain.begin(row);
    this.chainLine = line - 1;
    return true;
  }

  /** perf's warnings, which go to standard error and so sometimes into the same file. */
  private warning(bytes: Uint8Array, start: number, end: number): boolean {
    const cursor = this.cursor;
    cursor.reset(bytes, start, end);
    cursor.skipSpaces();
    if (cursor.sees('Warning:') || cursor.sees('Check IO/CPU overload!')) return true;
    if (!cursor.sees('Processed ') || indexOfText(bytes, start, end, ' lost ') < 0) return false;
    if (this.warnings.length < MAX_WARNINGS) this.warnings.push(decodeText(bytes, cursor.at, end));
    return true;
  }
}

/** Where the symbol ends: before its offset, else before its object, else with the line. */
function symbolEnd(bytes: Uint8Array, start: number, end: number): number {
  const offset = indexOfText(bytes, start, end, '+0x');
  if (offset > start) return offset;
  const object = indexOfText(bytes, start, end, ' (');
  return object > start ? object : end;
}

/** perf script --deltatime begins at 0 and then goes up and down; other times begin at 0 too (--reltime) but only rise. */
function isDeltaTime(sample: Sample): boolean {
  const prefix = new LinePrefix();
  const prefixes = new PerfPrefixReader();
  const times: number[] = [];
  for (const { start, end } of sample.lines) {
    if (prefixes.read(sample.bytes, start, end, prefix) === 'event') {
      times.push(prefix.seconds * NS_PER_SECOND + prefix.nanos);
    }
  }
  const falls = times.filter((time, i) => i > 0 && time < times[i - 1]).length;
  return times.length >= MIN_EVENTS_FOR_DELTA && times[0] === 0 && falls * 4 > times.length;
}

function sniff(sample: Sample): number {
  const prefix = new LinePrefix();
  const prefixes = new PerfPrefixReader();
  let score = 0;
  for (const { start, end } of sample.lines) {
    const kind = prefixes.read(sample.bytes, start, end, prefix);
    if (kind === 'record') score++;
    else if (kind === 'event') score += hasSystem(sample.bytes, prefix) ? 1 : 0.01;
    else if (startsWith(sample.bytes, start, end, '# captured on')) score += 0.01;
  }
  return score;
}

export const perfScript: TraceFormat = {
  id: 'perf-script',
  title: 'perf script',
  description: 'Text that `perf script` prints from a perf.data file, with or without call chains and -F fields.',
  record:
    "perf record -a -e 'iommu:*,dma:*,swiotlb:*,intel_iommu:*' -- <workload> && perf script --ns --show-lost-events > trace.txt",
  sniff,
  open: sample => new PerfScriptParser(isDeltaTime(sample)),
};
