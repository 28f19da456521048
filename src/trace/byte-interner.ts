import { decodeText } from './text';

/** Grows where more than half full. */
const INITIAL_SLOTS = 256;

/**
 * Names as small numbers: equal byte sequences get the same index, and the string is made once, not once per line.
 * Open addressing over a hash of the bytes; the bytes themselves are kept end to end in one buffer.
 */
export class ByteInterner {
  readonly strings: string[] = [];
  private starts: number[] = [];
  private lengths: number[] = [];
  private hashes: number[] = [];
  private pool = new Uint8Array(4096);
  private poolEnd = 0;
  /** Index + 1; 0 is empty. */
  private slots = new Int32Array(INITIAL_SLOTS);

  /** Index of `bytes[start..end)`; a new one gets the next index. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = this.slots[slot] - 1;
      if (this.hashes[index] === hash && this.equals(index, bytes, start, end)) return index;
    }
    return this.add(bytes, start, end, hash, slot);
  }

  private equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const length = this.lengths[index];
    if (length !== end - start) return false;
    const from = this.starts[index];
    for (let i = 0; i < length; i++) if (this.pool[from + i] !== bytes[start + i]) return false;
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const index = this.strings.length;
    const length = end - start;
    this.reserve(length);
    this.pool.set(bytes.subarray(start, end), this.poolEnd);
    this.strings.push(decodeText(bytes, start, end));
    this.starts.push(this.poolEnd);
    this.lengths.push(length);
    this.hashes.push(hash);
    this.poolEnd += length;
    this.slots[slot] = index + 1;
    if (this.strings.length * 2 > this.slots.length) this.rehash();
    return index;
  }

  private reserve(length: number): void {
    if (this.poolEnd + length <= this.pool.length) return;
    const grown = new Uint8Array(Math.max(this.pool.length * 2, this.poolEnd + length));
    grown.set(this.pool);
    this.pool = grown;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.strings.length; index++) {
      let slot = this.hashes[index] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.slots = slots;
  }
}

/** FNV-1a (Fowler, Noll, Vo), 32 bits, with a final mix because the table uses the low bits only. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash ^ (hash >>> 15);
}
