import type { ByteInterner } from '../byte-interner';

const SLOTS = 256;

/** Names of up to 16 bytes by their words: a small direct-mapped cache in front of the interner. */
export class NameCache {
  private readonly words = new Int32Array(SLOTS * 4);
  private readonly ids = new Int32Array(SLOTS).fill(-1);

  constructor(private readonly strings: ByteInterner) {}

  /** Index of the name that these words were stored for, -1 if it is not here. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    const { words } = this;
    const slot = slotOf(w0, w1, w2, w3);
    const at = slot * 4;
    return words[at + 3] === w3 && words[at + 2] === w2 && words[at + 1] === w1 && words[at] === w0
      ? this.ids[slot]
      : -1;
  }

  /** Index of the name of 12 bytes at `at`, -1 if it is not here. */
  find12(view: DataView, at: number): number {
    return this.find(view.getInt32(at, true), view.getInt32(at + 4, true), view.getInt32(at + 8, true), 0);
  }

  /** Interns `bytes[start..end)` and stores it under the words. */
  add(w0: number, w1: number, w2: number, w3: number, bytes: Uint8Array, start: number, end: number): number {
    const slot = slotOf(w0, w1, w2, w3);
    const id = this.strings.intern(bytes, start, end);
    this.words.set([w0, w1, w2, w3], slot * 4);
    this.ids[slot] = id;
    return id;
  }
}

function slotOf(w0: number, w1: number, w2: number, w3: number): number {
  return (Math.imul(w0 ^ (w1 << 7) ^ (w2 << 3) ^ w3, 0x9e3779b1) >>> 24) & (SLOTS - 1);
}
