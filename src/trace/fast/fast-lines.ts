import type { EventSink, LinePlace } from '../event-sink';
import { EventKind } from '../events';
import { EventText } from './event-text';
import { NameCache } from './name-cache';
import { Literal } from './words';

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
const MAX_CPU = 9999;
const NANOS_PER_MICRO = 1000;

/** Events that are read fast, with the part of their name that all recorders print. */
const EVENTS = [
  { system: 'iommu', name: 'map' },
  { system: 'iommu', name: 'unmap' },
  { system: 'dma', name: 'dma_map_page' },
  { system: 'dma', name: 'dma_unmap_page' },
  { system: 'intel_iommu', name: 'qi_submit' },
  { system: 'dma', name: 'dma_map_phys' },
  { system: 'dma', name: 'dma_unmap_phys' },
] as const;

interface FastEvent {
  literal: Literal;
  nameLength: number;
  /** Number in the sink's counts; -1: not met yet. */
  id: number;
}

/**
 * Reads runs of lines that are exactly as expected, forward only and without making a string. Stops at the first line
 * that is not; the general parser takes that one. One subclass a line format; each reads what stands before the event.
 */
export abstract class FastLines {
  protected readonly text = new EventText();
  /** Of the line being read. */
  protected pid = 0;
  protected cpu = 0;
  protected seconds = 0;
  protected nanos = 0;
  /** Position behind what was read last. */
  protected next = 0;
  private readonly comms: NameCache;
  private readonly devices: NameCache;
  private readonly events: FastEvent[];
  private commId = -1;
  private readonly comm = new Int32Array(4);

  constructor(
    private readonly sink: EventSink,
    hasSystem: boolean,
  ) {
    this.comms = new NameCache(sink.table.strings);
    this.devices = new NameCache(sink.table.strings);
    this.events = EVENTS.map(({ system, name }) => {
      const printed = hasSystem ? `${system}:${name}` : name;
      return { literal: new Literal(`${printed}: `), nameLength: printed.length, id: -1 };
    });
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
    while (at < end) {
      const next = this.line(at, end, base + at, place.line + 1);
      if (next < 0) break;
      place.line++;
      at = next;
    }
    return at;
  }

  /** Reads up to the event's name: sets thread, CPU and time, and `next`. False if a byte is not as expected. */
  protected abstract prefix(at: number): boolean;

  /** Takes the 16 columns of the command name. False if they could be something else. */
  protected takeComm(at: number): boolean {
    const { view } = this.text;
    const { comm } = this;
    comm[0] = view.getInt32(at, true);
    comm[1] = view.getInt32(at + 4, true);
    comm[2] = view.getInt32(at + 8, true);
    comm[3] = view.getInt32(at + 12, true);
    this.commId = this.comms.find(comm[0], comm[1], comm[2], comm[3]);
    return this.commId >= 0 || isPlainComm(this.text.bytes, at);
  }

  /** `[%03d] ` */
  protected takeCpu(at: number): boolean {
    const { text } = this;
    if (text.bytes[at] !== OPEN) return false;
    this.cpu = text.decimal(at + 1);
    this.next = text.end + 2;
    return this.cpu >= 0 && this.cpu <= MAX_CPU && text.bytes[text.end] === CLOSE && text.bytes[text.end + 1] === SPACE;
  }

  /** `sec.fraction: ` with six or nine digits, and the blanks that follow. */
  protected takeTime(at: number): boolean {
    const { text } = this;
    const { bytes } = text;
    this.seconds = text.decimal(at);
    const dot = text.end;
    if (this.seconds < 0 || bytes[dot] !== DOT) return false;
    const fraction = text.decimal(dot + 1);
    const digits = text.end - dot - 1;
    if (digits === 6) this.nanos = fraction * NANOS_PER_MICRO;
    else if (digits === 9) this.nanos = fraction;
    else return false;
    if (fraction < 0 || bytes[text.end] !== COLON || bytes[text.end + 1] !== SPACE) return false;
    this.next = this.skipBlanks(text.end + 2);
    return true;
  }

  protected skipBlanks(at: number): number {
    const { bytes } = this.text;
    while (bytes[at] === SPACE) at++;
    return at;
  }

  private line(at: number, end: number, offset: number, line: number): number {
    if (!this.prefix(at)) return -1;
    const { events } = this;
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      if (!event.literal.matches(this.text.view, this.next)) continue;
      const next = this.event(i, this.next + event.literal.length);
      if (next < 0 || next > end) return -1;
      this.count(event, this.next);
      this.append(at, offset, line);
      return next;
    }
    return -1;
  }

  /** By position in EVENTS. */
  private event(i: number, at: number): number {
    switch (i) {
      case 0:
        return this.text.iommuMap(at);
      case 1:
        return this.text.iommuUnmap(at);
      case 2:
      case 5:
        return this.text.dmaSingle(at, EventKind.DmaMap);
      case 4:
        return this.text.qiSubmit(at);
      default:
        return this.text.dmaSingle(at, EventKind.DmaUnmap);
    }
  }

  private count(event: FastEvent, name: number): void {
    const { counts } = this.sink;
    if (event.id < 0) event.id = counts.lookUp(this.text.bytes, name, name + event.nameLength);
    counts.countKnown(event.id);
  }

  private append(at: number, offset: number, line: number): void {
    const { table } = this.sink;
    const { draft } = this.text;
    if (table.count === table.capacity) table.grow();
    const row = table.count++;
    const to = table.columns;
    to.line[row] = line;
    to.offset[row] = offset;
    to.time[row] = this.sink.clock.at(this.seconds, this.nanos);
    to.cpu[row] = this.cpu;
    to.pid[row] = this.pid;
    to.comm[row] = this.commId >= 0 ? this.commId : this.addComm(at);
    to.kind[row] = draft.kind;
    to.device[row] = draft.deviceEnd > 0 ? this.device() : -1;
    to.direction[row] = draft.direction;
    to.address[row] = draft.address;
    to.size[row] = draft.size;
    to.domainId[row] = draft.domainId;
    to.callChain[row] = -1;
    // These are zero in a fresh row.
    if (draft.phys !== 0) to.phys[row] = draft.phys;
    if (draft.flags !== 0) to.flags[row] = draft.flags;
    if (draft.detail !== 0) to.detail[row] = draft.detail;
  }

  private addComm(at: number): number {
    const { bytes } = this.text;
    let start = at;
    let end = at + COMM_COLUMNS;
    while (bytes[start] === SPACE) start++;
    while (bytes[end - 1] === SPACE) end--;
    const [w0, w1, w2, w3] = this.comm;
    return this.comms.add(w0, w1, w2, w3, bytes, start, end);
  }

  /** Devices of 12 characters (`0000:00:04.0`) are found by their words. */
  private device(): number {
    const { bytes, view, draft } = this.text;
    const start = draft.deviceStart;
    const end = draft.deviceEnd;
    if (end - start !== 12) return this.sink.table.strings.intern(bytes, start, end);
    const w0 = view.getInt32(start, true);
    const w1 = view.getInt32(start + 4, true);
    const w2 = view.getInt32(start + 8, true);
    const found = this.devices.find(w0, w1, w2, 0);
    return found >= 0 ? found : this.devices.add(w0, w1, w2, 0, bytes, start, end);
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
