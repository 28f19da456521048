import { CallChain } from './call-chain';
import { Clock } from './clock';
import { EventCounts } from './event-counts';
import { EventDraft } from './event-draft';
import { EventTableBuilder, type RowOrigin } from './event-table';
import type { LinePrefix } from './line-prefix';
import { LostEvents } from './lost-events';
import { Payload } from './payloads/payload';
import type { SkipId } from './skip-reasons';

/** Rows between an event and its stack trace that an interrupt may have put there. */
const MAX_STACK_DISTANCE = 16;

/** What became of a line: an event of a known family, understood and of no use here, or skipped for a reason. */
export type LineFate = 'event' | 'ignored' | SkipId;

/** Where a line stands in the input. */
export interface LinePlace {
  /** 1-based. */
  line: number;
  /** Byte offset of its start. */
  offset: number;
}

export interface SinkOptions {
  /** Event names are printed as `system:event`. */
  hasSystem: boolean;
  /** Time stamps are differences to the event before. */
  sumDifferences: boolean;
}

/** Where all formats deliver events: names are looked up, texts parsed, rows added, gaps and call chains attached. */
export class EventSink {
  readonly table = new EventTableBuilder();
  readonly counts: EventCounts;
  readonly clock: Clock;
  readonly lost = new LostEvents(this.table);
  readonly chain = new CallChain(this.table);
  /** Line of the last event of another family on each CPU: a stack trace that follows belongs to that one. */
  private readonly lastOtherLine = new Map<number, number>();
  private readonly payload = new Payload();
  private readonly draft = new EventDraft();
  private readonly origin: RowOrigin = { line: 0, offset: 0, time: 0, cpu: -1, pid: -1, comm: -1 };
  private readonly hasSystem: boolean;

  constructor(options: SinkOptions) {
    this.hasSystem = options.hasSystem;
    this.counts = new EventCounts(options.hasSystem);
    this.clock = new Clock(options.sumDifferences);
  }

  /** An event whose prefix has been read. */
  event(bytes: Uint8Array, prefix: LinePrefix, place: LinePlace): LineFate {
    this.chain.end();
    const id = this.counts.lookUp(bytes, prefix.nameStart, prefix.nameEnd);
    const definition = this.counts.definition(id);
    if (definition === null) return this.otherEvent(id, prefix, place);
    this.payload.reset(bytes, prefix.textStart, prefix.textEnd);
    if (definition.kind !== null) this.draft.reset(definition.kind);
    switch (definition.parse(this.payload, this.draft)) {
      case 'row':
        this.counts.countKnown(id);
        this.append(bytes, prefix, place);
        return 'event';
      case 'known':
        this.counts.countKnown(id);
        this.lastOtherLine.set(prefix.cpu, place.line);
        return 'ignored';
      case 'foreign':
        return this.hasSystem ? 'malformedEvent' : this.otherEvent(id, prefix, place);
      case 'malformed':
        return 'malformedEvent';
    }
  }

  /**
   * Row of the event that a stack trace printed next for `cpu` belongs to; -1: to none of use. It is the CPU's last event,
   * or one before it, where an interrupt left its own event and stack trace between the two.
   */
  stackOwner(cpu: number): number {
    const { columns } = this.table;
    const last = this.lost.lastRowOn(cpu);
    if (last < 0 || columns.line[last] < (this.lastOtherLine.get(cpu) ?? 0)) return -1;
    for (let row = last; row >= Math.max(0, last - MAX_STACK_DISTANCE); row--) {
      if (columns.cpu[row] === cpu && columns.callChain[row] === -1) return row;
    }
    return -1;
  }

  private otherEvent(id: number, prefix: LinePrefix, place: LinePlace): LineFate {
    this.counts.countOther(id);
    this.lastOtherLine.set(prefix.cpu, place.line);
    return 'ignored';
  }

  private append(bytes: Uint8Array, prefix: LinePrefix, place: LinePlace): void {
    const origin = this.origin;
    origin.line = place.line;
    origin.offset = place.offset;
    origin.time = this.clock.read(prefix);
    origin.cpu = prefix.cpu;
    origin.pid = prefix.pid;
    origin.comm =
      prefix.commEnd > prefix.commStart ? this.table.strings.intern(bytes, prefix.commStart, prefix.commEnd) : -1;
    this.table.append(origin, this.draft, bytes);
    if (this.lost.pending) this.lost.eventAt(prefix.cpu, origin.time);
  }
}
