/**
 * Four bytes at a time. A text parser spends its time on bytes that it expects (keys, blanks) and on hexadecimal digits;
 * both are compared and converted a 32-bit word at a time, as DataView reads them without leaving integer arithmetic.
 */

/** Four ASCII characters as DataView.getInt32 reads them in little-endian order. */
export function word(text: string): number {
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8) | (text.charCodeAt(2) << 16) | (text.charCodeAt(3) << 24);
}

/** ASCII text of at least four characters that a line is expected to contain at a known place. */
export class Literal {
  readonly length: number;
  private readonly words: Int32Array;

  constructor(text: string) {
    this.length = text.length;
    const count = Math.ceil(text.length / 4);
    this.words = Int32Array.from({ length: count }, (_, i) => word(text.slice(this.offset(i, count))));
  }

  /** Whether the text stands at `at`. Reads no byte behind it. */
  matches(view: DataView, at: number): boolean {
    const { words } = this;
    const last = words.length - 1;
    for (let i = 0; i < last; i++) if (view.getInt32(at + 4 * i, true) !== words[i]) return false;
    return view.getInt32(at + this.length - 4, true) === words[last];
  }

  /** The last word overlaps the one before, so that no byte is compared on its own. */
  private offset(i: number, count: number): number {
    return i === count - 1 ? this.length - 4 : 4 * i;
  }
}

/** Hexadecimal digit by byte, -1 for all others (upper case too: the kernel prints lower case). */
export const HEX_DIGITS = new Int8Array(256).fill(-1);
for (let i = 0; i < 10; i++) HEX_DIGITS[48 + i] = i;
for (let i = 0; i < 6; i++) HEX_DIGITS[97 + i] = 10 + i;

/**
 * Four lower-case hexadecimal digits, read in big-endian order, as a number; -1 if one of them is no digit.
 *
 * Letters have bit 6 set: their value is the low nibble plus 9. A byte is a digit exactly if its upper nibble is 3, or 6
 * for letters, and its value is 10 or more only for letters and never 16 or more.
 */
export function hex4(digits: number): number {
  const letters = (digits >>> 6) & 0x01010101;
  const values = ((digits & 0x0f0f0f0f) + letters * 9) | 0;
  const wrong =
    ((digits & 0xf0f0f0f0) ^ ((0x30303030 + letters * 0x30) | 0)) |
    (values & 0x10101010) |
    ((((values + 0x06060606) >>> 4) & 0x01010101) ^ letters);
  if (wrong !== 0) return -1;
  const pairs = (values | (values >>> 4)) & 0x00ff00ff;
  return (pairs | (pairs >>> 8)) & 0xffff;
}
