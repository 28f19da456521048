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

  constructor(private readonly gauges: Gauges) {}

  /**
   * Nothing restrains some device: it reaches all of memory, whatever is mapped besides.
   * @param pages of memory, 4 KiB each
   */
  open(pages: number, access: number): void {
    const news = access & ~this.openAccess;
    this.openAccess |= access;
    if (news & Access.Read) this.raise(Gauge.ReadablePages, pages);
    if (news & Access.Write) this.raise(Gauge.WritablePages, pages);
    if (news !== 0) this.raise(Gauge.SubPageBytes, pages * PAGE_BYTES);
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
    let reads = 0;
    let writes = 0;
    let others = 0;
    let left = bytes;
    let room = PAGE_BYTES - offset;
    for (let i = 0; i < pages; i++) {
      const own = left < room ? left : room;
      left -= own;
      room = PAGE_BYTES;
      const cell = this.cell(page + i);
      const cells = this.cells;
      const before = otherBytes(cells, cell);
      if (access & Access.Read) {
        const count = (cells[cell + READERS] += by);
        if (by === 1 ? count === 1 : count === 0) reads += by;
      }
      if (access & Access.Write) {
        const count = (cells[cell + WRITERS] += by);
        if (by === 1 ? count === 1 : count === 0) writes += by;
      }
      cells[cell + OWN_BYTES] += by * own;
      others += otherBytes(cells, cell) - before;
    }
    if (reads !== 0 && !(this.openAccess & Access.Read)) this.gauges.add(Gauge.ReadablePages, reads);
    if (writes !== 0 && !(this.openAccess & Access.Write)) this.gauges.add(Gauge.WritablePages, writes);
    if (others !== 0 && this.openAccess === 0) this.gauges.add(Gauge.SubPageBytes, others);
  }

  private cell(page: number): number {
    const slot = this.index.slot(page);
    if (this.cells.length < this.index.capacity * STRIDE) {
      this.cells = grownInt32(this.cells, this.index.capacity * STRIDE);
    }
    return slot * STRIDE;
  }
}

function otherBytes(cells: Int32Array, cell: number): number {
  if (cells[cell + READERS] === 0 && cells[cell + WRITERS] === 0) return 0;
  const own = cells[cell + OWN_BYTES];
  return own < PAGE_BYTES ? PAGE_BYTES - own : 0;
}
