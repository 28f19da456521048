import type { EventSink, LinePlace } from '../event-sink';
import { EventKind } from '../events';
import type { EventColumns } from '../event-table';
import { EventText } from './event-text';
import { NameCache } from './name-cache';
import { decimal4, skipBlanks, type Literal } from './words';

const SPACE = 32;
const COLON = 58;
const EQUALS = 61;
const OPEN = 91;
const CLOSE = 93;
const DOT = 46;
/** The columns that both perf script and ftrace give to the command name. */
export const COMM_COLUMNS = 16;
/** Bytes that a reader may look at behind the end of the last line. */
export const FAST_MARGIN = 256;
const MAX_CPU_DIGITS = 4;
const MAX_SECOND_DIGITS = 9;
const NANOS_PER_MICRO = 1000;

/** The events that are read fast; values index `FastLines.ids`. */
export enum FastEvent {
  None = -1,
  IommuMap,
  IommuUnmap,
  DmaMap,
  DmaMapPhys,
  DmaUnmap,
  DmaUnmapPhys,
  QiSubmit,
  DmaSyncForCpu,
  DmaSyncForDevice,
}

const EVENTS = 9;

/**
 * Reads runs of lines that are exactly as expected, forward only and without making a string. Stops at the first line
 * that is not; the general parser takes that one. One subclass a line format: it reads what stands before the text.
 */
export abstract class FastLines {
  protected readonly text: EventText;
  /** Of the line being read. */
  protected pid = 0;
  protected cpu = 0;
  protected seconds = 0;
  protected nanos = 0;
  /** Position behind what was read last. */
  protected next = 0;
  private readonly comms: NameCache;
  /** Numbers of the events in the sink's counts; -1: not met yet. */
  private readonly ids = new Int32Array(EVENTS).fill(-1);
  private commId = -1;

  constructor(private readonly sink: EventSink) {
    this.text = new EventText(sink.table.strings);
    this.comms = new NameCache(sink.table.strings);
  }

  /**
   * Reads lines of `bytes[at..end)`; returns where the first line begins that it left. `end` must be behind a line feed and
   * FAST_MARGIN bytes before the end of `bytes`.
   *
   * @param base offset in the input of the first byte of `bytes`
   * @param place of the line before; moved along
   */
  run(bytes: Uint8Array, at: number, end: number, base: number, place: LinePlace): number {
    if (this.sink.lost.pending) return at;
    if (this.text.bytes !== bytes) this.text.setBuffer(bytes);
    const { table, chain } = this.sink;
    const start = at;
    while (at < end) {
      table.grow();
      const next = this.line(at, end, table.columns, table.count);
      if (next < 0) break;
      if (at === start) chain.end();
      place.line++;
      this.finishRow(at, base + at, place.line);
      at = next;
    }
    return at;
  }

  /** Reads up to the event's name: sets thread, CPU and time, and `next`. False if a byte is not as expected. */
  protected abstract prefix(at: number): boolean;

  /** The event whose name stands at `at`, followed by `: `; sets `next` behind that. */
  protected abstract name(at: number): FastEvent;

  /** Takes the 16 columns of the command name. False if they could be something else. */
  protected takeComm(at: number): boolean {
    const { view } = this.text;
    const w0 = view.getInt32(at, true);
    const w1 = view.getInt32(at + 4, true);
    const w2 = view.getInt32(at + 8, true);
    this.commId = this.comms.find(w0, w1, w2, view.getInt32(at + 12, true));
    return this.commId >= 0 || isPlainComm(this.text.bytes, at);
  }

  /** `[%03d] ` */
  protected takeCpu(at: number): boolean {
    const { bytes } = this.text;
    let next = at + 1;
    let cpu = 0;
    for (let digit = bytes[next] - 48; digit >= 0 && digit <= 9; digit = bytes[++next] - 48) cpu = cpu * 10 + digit;
    this.cpu = cpu;
    this.next = next + 2;
    return (
      bytes[at] === OPEN &&
      bytes[next] === CLOSE &&
      bytes[next + 1] === SPACE &&
      next - at > 1 &&
      next - at <= MAX_CPU_DIGITS + 1
    );
  }

  /** `sec.fraction: ` with six or nine digits, and the blanks that follow. */
  protected takeTime(at: number): boolean {
    const { bytes, view } = this.text;
    let dot = at;
    let seconds = 0;
    for (let digit = bytes[dot] - 48; digit >= 0 && digit <= 9; digit = bytes[++dot] - 48)
      seconds = seconds * 10 + digit;
    if (bytes[dot] !== DOT || dot === at || dot - at > MAX_SECOND_DIGITS) return false;
    this.seconds = seconds;
    if (bytes[dot + 7] === COLON) {
      const first = decimal4(view.getInt32(dot + 1, true));
      const last = decimal4(view.getInt32(dot + 3, true));
      this.nanos = (first * 100 + (last % 100)) * NANOS_PER_MICRO;
      this.next = this.skipBlanks(dot + 9);
      return (first | last) >= 0 && bytes[dot + 8] === SPACE;
    }
    const first = decimal4(view.getInt32(dot + 1, true));
    const second = decimal4(view.getInt32(dot + 5, true));
    const digit = bytes[dot + 9] - 48;
    this.nanos = first * 100_000 + second * 10 + digit;
    this.next = this.skipBlanks(dot + 12);
    return (first | second) >= 0 && digit >= 0 && digit <= 9 && bytes[dot + 10] === COLON && bytes[dot + 11] === SPACE;
  }

  /** `event` and `next` behind `literal` if that stands at `at`. */
  protected ifMatches(at: number, literal: Literal, event: FastEvent): FastEvent {
    this.next = at + literal.length;
    return literal.matches(this.text.view, at) ? event : FastEvent.None;
  }

  protected skipBlanks(at: number): number {
    return skipBlanks(this.text.bytes, this.text.view, at);
  }

  /** Reads one line into a row; returns where the next line begins, -1 if it is not as expected. */
  private line(at: number, end: number, to: EventColumns, row: number): number {
    if (!this.prefix(at)) return -1;
    const name = this.next;
    const event = this.name(name);
    const next = this.event(event, to, row);
    if (next < 0 || next > end) return -1;
    if (this.ids[event] === -1) this.ids[event] = this.sink.counts.lookUp(this.text.bytes, name, this.next - 2);
    this.sink.counts.countKnown(this.ids[event]);
    return next;
  }

  private event(event: FastEvent, to: EventColumns, row: number): number {
    switch (event) {
      case FastEvent.IommuMap:
        return this.text.iommuMap(this.next, to, row);
      case FastEvent.IommuUnmap:
        return this.text.iommuUnmap(this.next, to, row);
      case FastEvent.DmaMap:
      case FastEvent.DmaMapPhys:
        return this.text.dmaMap(this.next, to, row);
      case FastEvent.DmaUnmap:
      case FastEvent.DmaUnmapPhys:
        return this.text.dmaUnmap(this.next, to, row);
      case FastEvent.DmaSyncForCpu:
        return this.text.dmaSync(this.next, to, row, EventKind.DmaSyncForCpu);
      case FastEvent.DmaSyncForDevice:
        return this.text.dmaSync(this.next, to, row, EventKind.DmaSyncForDevice);
      case FastEvent.QiSubmit:
        return this.text.qiSubmit(this.next, to, row);
      case FastEvent.None:
        return -1;
    }
  }

  /** The columns that the text does not tell. Names are interned here, for lines that were read completely. */
  private finishRow(at: number, offset: number, line: number): void {
    const { table } = this.sink;
    const to = table.columns;
    const row = table.count++;
    to.line[row] = line;
    to.offset[row] = offset;
    this.sink.clock.store(to.time, row, this.seconds, this.nanos);
    to.cpu[row] = this.cpu;
    to.pid[row] = this.pid;
    to.comm[row] = this.commId >= 0 ? this.commId : this.addComm(at);
    to.device[row] = this.text.internDevice();
    to.callChain[row] = -1;
  }

  private addComm(at: number): number {
    const { bytes, view } = this.text;
    let start = at;
    let end = at + COMM_COLUMNS;
    while (bytes[start] === SPACE) start++;
    while (bytes[end - 1] === SPACE) end--;
    const w0 = view.getInt32(at, true);
    const w1 = view.getInt32(at + 4, true);
    const w2 = view.getInt32(at + 8, true);
    return this.comms.add(w0, w1, w2, view.getInt32(at + 12, true), bytes, start, end);
  }
}

/**
 * Whether 16 columns can only be a command name: it is shorter than that (TASK_COMM_LEN counts a final NUL), printable,
 * and without what the general parser could take for a time, an event, a CPU or a stack frame.
 */
function isPlainComm(bytes: Uint8Array, at: number): boolean {
  let visible = 0;
  for (let i = at; i < at + COMM_COLUMNS; i++) {
    const byte = bytes[i];
    if (byte < SPACE || byte === OPEN || byte === EQUALS) return false;
    if (byte === COLON && (i === at + COMM_COLUMNS - 1 || bytes[i + 1] === SPACE)) return false;
    if (byte !== SPACE) visible++;
  }
  return visible > 0 && bytes[at] === SPACE;
}
