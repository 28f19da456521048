const END = -1;

/** Pieces of mappings that are made piece by piece (a scatter-gather list bounced entry by entry), as linked records. */
export class PartPool {
  private readonly address: number[] = [];
  private readonly pages: number[] = [];
  private readonly slot: number[] = [];
  private readonly bytes: number[] = [];
  private readonly next: number[] = [];
  private freeList = END;

  /**
   * A new record in front of a list.
   * @param next head of the list, -1 for none
   * @param slot bounce slot, -1 for none
   * @returns the new head
   */
  add(next: number, address: number, pages: number, slot: number, bytes: number): number {
    let part = this.freeList;
    if (part === END) part = this.next.length;
    else this.freeList = this.next[part];
    this.address[part] = address;
    this.pages[part] = pages;
    this.slot[part] = slot;
    this.bytes[part] = bytes;
    this.next[part] = next;
    return part;
  }

  /** Visits the list's records, newest first. */
  forEach(head: number, visit: (address: number, pages: number, slot: number, bytes: number) => void): void {
    for (let part = head; part !== END; part = this.next[part]) {
      visit(this.address[part], this.pages[part], this.slot[part], this.bytes[part]);
    }
  }

  release(head: number): void {
    let part = head;
    while (part !== END) {
      const next = this.next[part];
      this.next[part] = this.freeList;
      this.freeList = part;
      part = next;
    }
  }
}
