import { ByteInterner } from './byte-interner';
import type { EventDraft } from './event-draft';
import type { EventTable, ListColumns } from './events';

const FIRST_ROWS = 1024;
const FIRST_LIST_ENTRIES = 256;
const MAX_LIST = 0xffff;

/** Columns with one value a row; the arrays exceed `count`. */
export type EventColumns = Omit<EventTable, 'count' | 'lists' | 'strings'>;

/** Where an event was recorded: the part of a row that the line format knows. */
export interface RowOrigin {
  /** 1-based. */
  line: number;
  /** Byte offset of the line's start in the input. */
  offset: number;
  /** ns since the first event. */
  time: number;
  cpu: number;
  pid: number;
  comm: number;
}

/**
 * Event columns under construction. Capacity doubles; a hint of the number of rows to come avoids the copies, and costs
 * no memory where it is too high, because untouched pages of a fresh array are not backed.
 *
 * Whoever adds a row writes all columns of it, but may leave flags, detail, nents and the list, which are zero in a fresh row.
 */
export class EventTableBuilder {
  count = 0;
  capacity = 0;
  columns: EventColumns = allocate(0);
  readonly strings = new ByteInterner();
  private lists: ListColumns = allocateLists(0);

  /** Ensures room for at least one more row. */
  grow(): void {
    if (this.count < this.capacity) return;
    this.reserve(Math.max(FIRST_ROWS, this.capacity * 2));
  }

  /** Ensures room for `rows` rows in total. */
  reserve(rows: number): void {
    if (rows <= this.capacity) return;
    const columns = allocate(rows);
    copyColumns(this.columns, columns);
    this.columns = columns;
    this.capacity = rows;
  }

  /** Adds a row; `bytes` is where the draft's device name lies. Returns its number. */
  append(origin: RowOrigin, draft: EventDraft, bytes: Uint8Array): number {
    this.grow();
    const row = this.count++;
    const to = this.columns;
    to.line[row] = origin.line;
    to.offset[row] = origin.offset;
    to.time[row] = origin.time;
    to.cpu[row] = origin.cpu;
    to.pid[row] = origin.pid;
    to.comm[row] = origin.comm;
    to.kind[row] = draft.kind;
    to.device[row] =
      draft.deviceEnd > draft.deviceStart ? this.strings.intern(bytes, draft.deviceStart, draft.deviceEnd) : -1;
    to.direction[row] = draft.direction;
    to.address[row] = draft.address;
    to.phys[row] = draft.phys;
    to.size[row] = draft.size;
    to.flags[row] = draft.flags;
    to.detail[row] = draft.detail;
    to.domainId[row] = draft.domainId;
    to.nents[row] = Math.min(draft.nents, MAX_LIST);
    to.callChain[row] = -1;
    this.appendList(row, draft);
    return row;
  }

  /** The table so far. It shares the builder's arrays: no rows may be added afterwards. */
  finish(): EventTable {
    return { ...this.columns, count: this.count, lists: this.lists, strings: this.strings.strings };
  }

  private appendList(row: number, draft: EventDraft): void {
    const count = Math.min(draft.listCount, MAX_LIST);
    if (count === 0) return;
    this.reserveList(this.lists.count + count);
    const start = this.lists.count;
    this.columns.listStart[row] = start;
    this.columns.listCount[row] = count;
    for (let i = 0; i < count; i++) {
      this.lists.address[start + i] = i < draft.listAddressCount ? draft.listAddress[i] : 0;
      this.lists.phys[start + i] = i < draft.listPhysCount ? draft.listPhys[i] : 0;
      this.lists.size[start + i] = i < draft.listSizeCount ? draft.listSize[i] : 0;
    }
    this.lists.count = start + count;
  }

  private reserveList(entries: number): void {
    const capacity = this.lists.address.length;
    if (entries <= capacity) return;
    const lists = allocateLists(Math.max(entries, capacity * 2, FIRST_LIST_ENTRIES));
    lists.count = this.lists.count;
    lists.address.set(this.lists.address);
    lists.phys.set(this.lists.phys);
    lists.size.set(this.lists.size);
    this.lists = lists;
  }
}

function allocate(rows: number): EventColumns {
  return {
    kind: new Uint8Array(rows),
    line: new Uint32Array(rows),
    offset: new Float64Array(rows),
    time: new Float64Array(rows),
    cpu: new Int16Array(rows),
    pid: new Int32Array(rows),
    comm: new Int32Array(rows),
    device: new Int32Array(rows),
    direction: new Uint8Array(rows),
    address: new Float64Array(rows),
    phys: new Float64Array(rows),
    size: new Float64Array(rows),
    flags: new Uint8Array(rows),
    detail: new Int32Array(rows),
    domainId: new Int32Array(rows),
    nents: new Uint16Array(rows),
    listStart: new Uint32Array(rows),
    listCount: new Uint16Array(rows),
    callChain: new Int32Array(rows),
  };
}

function copyColumns(from: EventColumns, to: EventColumns): void {
  for (const name of Object.keys(to) as (keyof EventColumns)[]) to[name].set(from[name]);
}

function allocateLists(entries: number): ListColumns {
  return {
    count: 0,
    address: new Float64Array(entries),
    phys: new Float64Array(entries),
    size: new Float64Array(entries),
  };
}
