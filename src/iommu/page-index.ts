const CHUNK = 512;
const EMPTY = -1;

/**
 * Page numbers (any size up to 2^52) to dense slots, 512 neighbours at a time: what a page needs to have kept lies in
 * typed arrays by slot, and runs of pages cost one look-up.
 */
export class PageIndex {
  private keys = new Float64Array(64).fill(EMPTY);
  private values = new Int32Array(64);
  private chunks = 0;
  private lastKey = EMPTY;
  private lastBase = 0;

  /** Slots handed out so far: owners size their arrays by it. */
  get capacity(): number {
    return this.chunks * CHUNK;
  }

  /** Slot of the page, made on first use. Neighbours within the same aligned 512 pages have neighbouring slots. */
  slot(page: number): number {
    const key = Math.floor(page / CHUNK);
    if (key !== this.lastKey) this.lookUp(key);
    return this.lastBase + (page - key * CHUNK);
  }

  /** How many pages from this slot's on have the slots that follow. */
  static neighbours(slot: number): number {
    return CHUNK - (slot % CHUNK);
  }

  private lookUp(key: number): void {
    const mask = this.keys.length - 1;
    let i = hashPage(key) & mask;
    while (this.keys[i] !== EMPTY && this.keys[i] !== key) i = (i + 1) & mask;
    if (this.keys[i] === EMPTY) {
      if ((this.chunks + 1) * 2 > mask) {
        this.grow();
        this.lookUp(key);
        return;
      }
      this.keys[i] = key;
      this.values[i] = this.chunks * CHUNK;
      this.chunks += 1;
    }
    this.lastKey = key;
    this.lastBase = this.values[i]!;
  }

  private grow(): void {
    const keys = this.keys;
    const values = this.values;
    this.keys = new Float64Array(keys.length * 2).fill(EMPTY);
    this.values = new Int32Array(keys.length * 2);
    const mask = this.keys.length - 1;
    for (let j = 0; j < keys.length; j++) {
      const key = keys[j];
      if (key === EMPTY) continue;
      let i = hashPage(key) & mask;
      while (this.keys[i] !== EMPTY) i = (i + 1) & mask;
      this.keys[i] = key;
      this.values[i] = values[j]!;
    }
  }
}

/** A 32-bit hash of a page number, of which the low bits are good. */
export function hashPage(page: number): number {
  // `| 0` takes the number modulo 2^32; the rest is folded in so that high addresses spread as well.
  const low = page | 0;
  const high = (page / 4294967296) | 0;
  const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** The array itself, or a copy of at least `needed` entries. */
export function grownInt32(array: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  if (array.length >= needed) return array;
  const grown = new Int32Array(Math.max(needed, array.length * 2));
  grown.set(array);
  return grown;
}

/** The array itself, or a copy of at least `needed` entries. */
export function grownFloat64(array: Float64Array<ArrayBuffer>, needed: number): Float64Array<ArrayBuffer> {
  if (array.length >= needed) return array;
  const grown = new Float64Array(Math.max(needed, array.length * 2));
  grown.set(array);
  return grown;
}
