import type { EventTable } from '../events';
import type { SegmentColumns } from '../operations';
import { PAGE_BYTES } from './rows';

/** Collects segments into growing columns. */
export class SegmentWriter {
  count = 0;
  /** Lists of which the trace shows the total but not the size of each segment. */
  estimatedLists = 0;
  private phys = new Float64Array(1024);
  private size = new Float64Array(1024);
  /** Start of the operation that is being written; segments before it are never merged with its own. */
  private first = 0;

  begin(): number {
    this.first = this.count;
    return this.count;
  }

  /** Adds a segment; one that continues the previous one of the same operation lengthens it. */
  addMerged(phys: number, size: number): void {
    const last = this.count - 1;
    if (last >= this.first && this.phys[last] + this.size[last] === phys) this.size[last] += size;
    else this.add(phys, size);
  }

  add(phys: number, size: number): void {
    if (this.count === this.phys.length) {
      this.phys = doubled(this.phys);
      this.size = doubled(this.size);
    }
    this.phys[this.count] = phys;
    this.size[this.count] = size;
    this.count++;
  }

  /** Cuts the bytes off both ends of the operation's segments that its buffer does not use. */
  trim(head: number, tail: number): void {
    const last = this.count - 1;
    if (last < this.first) return;
    if (head > 0 && head < this.size[this.first]) {
      this.phys[this.first] += head;
      this.size[this.first] -= head;
    }
    if (tail > 0 && tail < this.size[last]) this.size[last] -= tail;
  }

  /**
   * Adds the segments of a scatter-gather list as its dma:* event prints them. Sizes belong to the mapped entries, of which
   * there may be fewer than segments; then `total` is divided: evenly if that gives whole pages, else each but the last
   * segment runs to the end of its page.
   */
  addList(events: EventTable, row: number, total: number): void {
    const { lists } = events;
    const start = events.listStart[row];
    const count = events.listCount[row];
    let sizes = 0;
    while (sizes < count && lists.size[start + sizes] > 0) sizes++;
    if (sizes === count) {
      for (let entry = start; entry < start + count; entry++) this.addMerged(lists.phys[entry], lists.size[entry]);
      return;
    }
    this.estimatedLists++;
    const share = total / count;
    let rest = total;
    for (let entry = start; entry < start + count; entry++) {
      const phys = lists.phys[entry];
      const isLast = entry === start + count - 1;
      const wanted = share % PAGE_BYTES === 0 ? share : PAGE_BYTES - (phys % PAGE_BYTES);
      const size = isLast ? rest : Math.min(wanted, rest);
      if (size > 0) this.addMerged(phys, size);
      rest -= size;
    }
  }

  columns(): SegmentColumns {
    return { count: this.count, phys: this.phys.slice(0, this.count), size: this.size.slice(0, this.count) };
  }
}

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
