import { hashPage } from './page-index';

const NONE = -1;

/** A set of at most `capacity` keys (page numbers) that forgets the least recently used one. */
export class LruSet {
  private readonly keys: Float64Array;
  private readonly newer: Int32Array;
  private readonly older: Int32Array;
  private readonly slots: Int32Array;
  private newest = NONE;
  private oldest = NONE;
  private freeList = NONE;
  private used = 0;
  size = 0;

  constructor(private readonly capacity: number) {
    this.keys = new Float64Array(capacity);
    this.newer = new Int32Array(capacity);
    this.older = new Int32Array(capacity);
    let slots = 4;
    while (slots < capacity * 4) slots *= 2;
    this.slots = new Int32Array(slots).fill(NONE);
  }

  /** Looks the key up and makes it the newest; enters it when it is missing. Returns whether it was there. */
  touch(key: number): boolean {
    if (this.capacity === 0) return false;
    const at = this.position(key);
    const found = this.slots[at];
    if (found !== NONE) {
      if (found !== this.newest) {
        this.unlink(found);
        this.linkNewest(found);
      }
      return true;
    }
    if (this.size === this.capacity) this.delete(this.keys[this.oldest]);
    const entry = this.newEntry();
    this.keys[entry] = key;
    this.slots[this.position(key)] = entry;
    this.linkNewest(entry);
    this.size += 1;
    return false;
  }

  has(key: number): boolean {
    return this.slots[this.position(key)] !== NONE;
  }

  delete(key: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let hole = this.position(key);
    const entry = slots[hole];
    if (entry === NONE) return;
    let i = hole;
    for (;;) {
      i = (i + 1) & mask;
      const moved = slots[i];
      if (moved === NONE) break;
      const home = hashPage(this.keys[moved]) & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        slots[hole] = moved;
        hole = i;
      }
    }
    slots[hole] = NONE;
    this.unlink(entry);
    this.older[entry] = this.freeList;
    this.freeList = entry;
    this.size -= 1;
  }

  /** Deletes the keys in [from, to). */
  deleteRange(from: number, to: number): void {
    if (this.size === 0) return;
    if (to - from <= this.size) {
      for (let key = from; key < to; key++) this.delete(key);
      return;
    }
    for (let entry = this.newest; entry !== NONE;) {
      const next = this.older[entry];
      const key = this.keys[entry];
      if (key >= from && key < to) this.delete(key);
      entry = next;
    }
  }

  private position(key: number): number {
    const { slots, keys } = this;
    const mask = slots.length - 1;
    let i = hashPage(key) & mask;
    while (slots[i] !== NONE && keys[slots[i]] !== key) i = (i + 1) & mask;
    return i;
  }

  private newEntry(): number {
    if (this.freeList === NONE) return this.used++;
    const entry = this.freeList;
    this.freeList = this.older[entry]!;
    return entry;
  }

  private linkNewest(entry: number): void {
    this.newer[entry] = NONE;
    this.older[entry] = this.newest;
    if (this.newest !== NONE) this.newer[this.newest] = entry;
    else this.oldest = entry;
    this.newest = entry;
  }

  private unlink(entry: number): void {
    const newer = this.newer[entry];
    const older = this.older[entry];
    if (newer !== NONE) this.older[newer] = older;
    else this.newest = older;
    if (older !== NONE) this.newer[older] = newer;
    else this.oldest = newer;
  }
}
