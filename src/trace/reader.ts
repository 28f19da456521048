import { Ascii, indexOfByte, lastIndexOfByte } from './cursor';
import { FAST_MARGIN } from './fast/fast-lines';
import type { LineFate } from './event-sink';
import type { EventTable } from './events';
import type { LineParser, TraceFormat } from './formats/format';
import { recogniseFormat } from './formats/registry';
import { Sample, SAMPLE_BYTES } from './formats/sample';
import type { ImportReport } from './operations';
import { SkipCounter } from './skip-reasons';

/** The part of the import report that the bytes alone tell; the operations add the rest. */
export type ReadReport = Omit<ImportReport, 'operations' | 'mapSegments' | 'unpaired' | 'recordedPolicy'>;

export interface ReadResult {
  events: EventTable;
  report: ReadReport;
}

export interface ReaderOptions {
  /** Size of the whole input, where known: saves copies of growing columns. */
  expectedBytes?: number;
  /** Leaves the fast readers out: to check that they change nothing. */
  generalOnly?: boolean;
}

/** Longer lines are skipped: no recorder writes them, and memory stays bounded. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** The CPU column is 16 bits wide, with a sign. */
const MAX_CPUS = 0x8000;
const INITIAL_BUFFER = 256 * 1024;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * Reads a trace from pieces of any size; where the pieces end never matters. Feed it with `push`, or without a copy by
 * writing into `space()` and saying how much with `advance`. Both throw UnsupportedTraceError once enough has been seen to
 * know that the input is no trace.
 *
 * Accounts for every byte: parsed + ignored + skipped = bytes. Line ends count with their line.
 */
export class TraceReader {
  private buffer = new Uint8Array(INITIAL_BUFFER);
  /** Bytes of the buffer in use; those before `at` have been consumed. */
  private filled = 0;
  private at = 0;
  /** Offset in the input of the buffer's first byte. */
  private base = 0;
  private format: TraceFormat | null = null;
  private parser: LineParser | null = null;
  private readonly place = { line: 0, offset: 0 };
  private parsedBytes = 0;
  private ignoredBytes = 0;
  private readonly skips = new SkipCounter();
  /** Bytes of an overlong line that have been dropped; 0: not inside one. */
  private overlong = 0;

  constructor(private readonly options: ReaderOptions = {}) {}

  /** Adds the next bytes of the input, and reads all complete lines. */
  push(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length; from += MAX_LINE_BYTES) {
      const part = chunk.subarray(from, from + MAX_LINE_BYTES);
      this.space(part.length).set(part);
      this.advance(part.length);
    }
  }

  /** Room for at least `bytes` bytes, to be filled from its start; valid until the next call. */
  space(bytes: number): Uint8Array {
    this.compact();
    if (this.filled + bytes + FAST_MARGIN > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.filled + bytes + FAST_MARGIN));
      grown.set(this.buffer.subarray(0, this.filled));
      this.buffer = grown;
    }
    return this.buffer.subarray(this.filled, this.buffer.length - FAST_MARGIN);
  }

  /** Reads `bytes` bytes that have been written into `space()`. */
  advance(bytes: number): void {
    this.filled += bytes;
    if (this.parser === null) {
      if (this.filled < SAMPLE_BYTES) return;
      this.recognise();
    }
    this.readLines();
  }

  /** The end of the input. The reader must not be used afterwards. */
  finish(): ReadResult {
    if (this.parser === null) this.recognise();
    this.readLines();
    this.readLastLine();
    return { events: this.opened.sink.table.finish(), report: this.report() };
  }

  private get opened(): LineParser {
    if (this.parser === null) throw new Error('The format has not been recognised yet.');
    return this.parser;
  }

  private recognise(): void {
    if (BYTE_ORDER_MARK.every((byte, i) => this.buffer[i] === byte) && this.filled >= 3) {
      this.at = 3;
      this.ignoredBytes = 3;
    }
    const sample = new Sample(this.buffer.subarray(this.at, Math.min(this.filled, SAMPLE_BYTES)));
    this.format = recogniseFormat(sample);
    this.parser = this.format.open(sample);
    this.reserveRows(sample);
  }

  /** Capacity for all rows at the sample's bytes per line, and a little more. */
  private reserveRows(sample: Sample): void {
    const expected = this.options.expectedBytes ?? 0;
    const last = sample.lines.at(-1);
    if (expected <= SAMPLE_BYTES || last === undefined) return;
    const bytesPerLine = Math.max(32, last.end / sample.lines.length);
    this.opened.sink.table.reserve(Math.ceil((expected / bytesPerLine) * 1.1));
  }

  /** Moves what has not been consumed to the buffer's start. */
  private compact(): void {
    if (this.at === 0) return;
    this.buffer.copyWithin(0, this.at, this.filled);
    this.base += this.at;
    this.filled -= this.at;
    this.at = 0;
  }

  private readLines(): void {
    const complete =
      this.opened.fast === null ? 0 : lastIndexOfByte(this.buffer, this.at, this.filled, Ascii.LineFeed) + 1;
    for (;;) {
      this.readFast(complete);
      const feed = indexOfByte(this.buffer, this.at, this.filled, Ascii.LineFeed);
      if (feed < 0) break;
      if (this.overlong > 0) this.endOverlong(feed + 1);
      else this.readLine(feed, feed + 1, false);
    }
    const pending = this.filled - this.at;
    if (this.overlong > 0 || pending > MAX_LINE_BYTES) {
      this.overlong += pending;
      this.at = this.filled;
    }
  }

  /** Lines up to `complete` that the format's fast reader knows. */
  private readFast(complete: number): void {
    const { fast } = this.opened;
    if (fast === null || this.overlong > 0 || this.at >= complete || this.options.generalOnly === true) return;
    const next = fast.run(this.buffer, this.at, complete, this.base, this.place);
    this.parsedBytes += next - this.at;
    this.at = next;
  }

  private readLastLine(): void {
    if (this.overlong > 0) this.endOverlong(this.filled);
    else if (this.at < this.filled) this.readLine(this.filled, this.filled, true);
    this.opened.sink.chain.end();
  }

  private endOverlong(next: number): void {
    this.place.line++;
    this.skips.add('tooLong', this.place.line, this.overlong + next - this.at);
    this.overlong = 0;
    this.at = next;
  }

  /** One line ends before `end`; the next starts at `next`. */
  private readLine(end: number, next: number, isLast: boolean): void {
    const start = this.at;
    const bytes = next - start;
    this.at = next;
    this.place.line++;
    this.place.offset = this.base + start;
    if (bytes > MAX_LINE_BYTES) {
      this.skips.add('tooLong', this.place.line, bytes);
      return;
    }
    const stop = end > start && this.buffer[end - 1] === Ascii.Return ? end - 1 : end;
    this.account(this.opened.line(this.buffer, start, stop, this.place), start, stop, bytes, isLast);
  }

  private account(fate: LineFate, start: number, stop: number, bytes: number, isLast: boolean): void {
    if (fate === 'event') this.parsedBytes += bytes;
    else if (fate === 'ignored') this.ignoredBytes += bytes;
    else {
      const hasNul = indexOfByte(this.buffer, start, stop, 0) >= 0;
      const isCutOff = isLast && (fate === 'malformedEvent' || fate === 'unrecognised');
      this.skips.add(hasNul ? 'binary' : isCutOff ? 'cutOff' : fate, this.place.line, bytes);
    }
  }

  private report(): ReadReport {
    const { sink } = this.opened;
    const { count, columns } = sink.table;
    const summary = summarise(columns.time, columns.cpu, count);
    return {
      format: this.format!.id,
      bytes: this.base + this.filled,
      lines: this.place.line,
      parsedBytes: this.parsedBytes,
      ignoredBytes: this.ignoredBytes,
      skippedBytes: this.skips.bytes,
      events: sink.counts.reportKnown(),
      otherEvents: sink.counts.reportOther(),
      skipped: this.skips.report(),
      lost: sink.lost.report(summary.lastNs),
      lostEvents: sink.lost.total,
      spanNs: summary.lastNs - summary.firstNs,
      cpus: summary.cpus,
      assumptions: [...sink.clock.assumptions(), ...this.opened.assumptions(), ...summary.remarks],
    };
  }
}

interface Summary {
  firstNs: number;
  lastNs: number;
  cpus: number[];
  remarks: string[];
}

function summarise(time: Float64Array, cpu: Int16Array, count: number): Summary {
  const isSeen = new Uint8Array(MAX_CPUS);
  let firstNs = 0;
  let lastNs = 0;
  let backwards = 0;
  for (let row = 0; row < count; row++) {
    const now = time[row];
    if (row > 0 && now < time[row - 1]) backwards++;
    if (now < firstNs) firstNs = now;
    if (now > lastNs) lastNs = now;
    if (cpu[row] >= 0) isSeen[cpu[row]] = 1;
  }
  const remarks =
    backwards > 0
      ? [`${backwards} events carry an earlier time than the event before them: the order of the file is kept.`]
      : [];
  const cpus: number[] = [];
  for (let number = isSeen.indexOf(1); number >= 0; number = isSeen.indexOf(1, number + 1)) cpus.push(number);
  return { firstNs, lastNs, cpus, remarks };
}
