import { Gauge, type Gauges } from './gauges';
import { grownInt32, PageIndex } from './page-index';

/** Bits of what a device may do with a page. */
export const Access = { Read: 1, Write: 2, Both: 3 } as const;

export const PAGE_BYTES = 4096;

const READERS = 0;
const WRITERS = 1;
/** Bytes of the page that belong to mapped buffers, counted once per mapping. */
const OWN_BYTES = 2;
const STRIDE = 3;

/**
 * The memory that devices can reach, page by page, with the number of translations that lead there.
 * A page leaves when the last translation to it has gone from the IOTLB, not when it is unmapped.
 */
export class Exposure {
  private readonly index = new PageIndex();
  private cells = new Int32Array(0);
  private openAccess = 0;
  /** Who opened all of memory, for each kind of access. */
  private readonly openers: { read: number; write: number } = { read: 0, write: 0 };
  /** Reach through mappings alone: pages to read, pages to write, bytes of other data. */
  private readonly mapped: [reads: number, writes: number, others: number] = [0, 0, 0];
  /** Net changes of the call at work. */
  private reads = 0;
  private writes = 0;
  private others = 0;

  constructor(private readonly gauges: Gauges) {}

  /**
   * Nothing restrains some device: it reaches all of memory, whatever is mapped besides.
   * @param pages of memory, 4 KiB each
   */
  open(pages: number, access: number): void {
    if (access & Access.Read) this.openers.read += 1;
    if (access & Access.Write) this.openers.write += 1;
    const news = access & ~this.openAccess;
    this.openAccess |= access;
    if (news & Access.Read) this.raise(Gauge.ReadablePages, pages);
    if (news & Access.Write) this.raise(Gauge.WritablePages, pages);
    if (news !== 0) this.raise(Gauge.SubPageBytes, pages * PAGE_BYTES);
  }

  /** Someone who opened all of memory with that access restrains its devices again. */
  close(access: number): void {
    const { openers, mapped } = this;
    if (access & Access.Read && --openers.read === 0) {
      this.openAccess &= ~Access.Read;
      this.raise(Gauge.ReadablePages, mapped[0]);
    }
    if (access & Access.Write && --openers.write === 0) {
      this.openAccess &= ~Access.Write;
      this.raise(Gauge.WritablePages, mapped[1]);
    }
    if (this.openAccess === 0) this.raise(Gauge.SubPageBytes, mapped[2]);
  }

  private raise(gauge: Gauge, level: number): void {
    this.gauges.add(gauge, level - this.gauges.current[gauge]);
  }

  /**
   * A translation to `pages` pages from `page` on appears.
   * @param offset of the buffer in its first page, bytes
   * @param bytes of the buffer; what else lies in the pages is other data
   */
  add(page: number, pages: number, access: number, offset: number, bytes: number): void {
    this.change(page, pages, access, offset, bytes, 1);
  }

  /** The translation is gone; arguments as given to `add`. */
  remove(page: number, pages: number, access: number, offset: number, bytes: number): void {
    this.change(page, pages, access, offset, bytes, -1);
  }

  private change(page: number, pages: number, access: number, offset: number, bytes: number, by: 1 | -1): void {
    this.reads = 0;
    this.writes = 0;
    this.others = 0;
    const { index } = this;
    let left = bytes;
    let room = PAGE_BYTES - offset;
    for (let i = 0; i < pages;) {
      const slot = index.slot(page + i);
      if (this.cells.length < index.capacity * STRIDE) this.cells = grownInt32(this.cells, index.capacity * STRIDE);
      const stop = Math.min(pages, i + PageIndex.neighbours(slot));
      for (let cell = slot * STRIDE; i < stop; i++, cell += STRIDE) {
        const own = left < room ? left : room;
        left -= own;
        room = PAGE_BYTES;
        this.changePage(cell, access, own, by);
      }
    }
    const { gauges, openAccess, mapped } = this;
    mapped[0] += this.reads;
    mapped[1] += this.writes;
    mapped[2] += this.others;
    if (this.reads !== 0 && !(openAccess & Access.Read)) gauges.add(Gauge.ReadablePages, this.reads);
    if (this.writes !== 0 && !(openAccess & Access.Write)) gauges.add(Gauge.WritablePages, this.writes);
    if (this.others !== 0 && openAccess === 0) gauges.add(Gauge.SubPageBytes, this.others);
  }

  private changePage(cell: number, access: number, own: number, by: 1 | -1): void {
    const { cells } = this;
    const readers = cells[cell + READERS];
    const writers = cells[cell + WRITERS];
    const bytes = cells[cell + OWN_BYTES];
    const readersNow = access & Access.Read ? readers + by : readers;
    const writersNow = access & Access.Write ? writers + by : writers;
    cells[cell + READERS] = readersNow;
    cells[cell + WRITERS] = writersNow;
    cells[cell + OWN_BYTES] = bytes + by * own;
    if (readers === 0 || readersNow === 0) this.reads += readersNow - readers;
    if (writers === 0 || writersNow === 0) this.writes += writersNow - writers;
    const before = readers + writers === 0 || bytes >= PAGE_BYTES ? 0 : PAGE_BYTES - bytes;
    const now = readersNow + writersNow === 0 || bytes + by * own >= PAGE_BYTES ? 0 : PAGE_BYTES - bytes - by * own;
    this.others += now - before;
  }
}
