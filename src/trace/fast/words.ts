/**
 * Four bytes at a time. A text parser spends its time on bytes that it expects (keys, blanks) and on hexadecimal digits;
 * both are compared and converted a 32-bit word at a time, as DataView reads them without leaving integer arithmetic.
 */

/** Four ASCII characters as DataView.getInt32 reads them in little-endian order. */
export function word(text: string): number {
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8) | (text.charCodeAt(2) << 16) | (text.charCodeAt(3) << 24);
}

/**
 * ASCII text of 4 to 16 characters that a line is expected to contain at a known place. Always four words, which overlap
 * in shorter texts: plain fields and no loop are what the compiler turns into few instructions.
 */
export class Literal {
  readonly length: number;
  private readonly second: number;
  private readonly third: number;
  private readonly last: number;
  private readonly word0: number;
  private readonly word1: number;
  private readonly word2: number;
  private readonly word3: number;

  constructor(text: string) {
    this.length = text.length;
    this.last = text.length - 4;
    this.second = Math.min(4, this.last);
    this.third = Math.min(8, this.last);
    this.word0 = word(text);
    this.word1 = word(text.slice(this.second));
    this.word2 = word(text.slice(this.third));
    this.word3 = word(text.slice(this.last));
  }

  /** Whether the text stands at `at`. */
  matches(view: DataView, at: number): boolean {
    return (
      view.getInt32(at, true) === this.word0 &&
      view.getInt32(at + this.last, true) === this.word3 &&
      view.getInt32(at + this.second, true) === this.word1 &&
      view.getInt32(at + this.third, true) === this.word2
    );
  }
}

/** Hexadecimal digit by byte, -1 for all others (upper case too: the kernel prints lower case). */
export const HEX_DIGITS = new Int8Array(256).fill(-1);
for (let i = 0; i < 10; i++) HEX_DIGITS[48 + i] = i;
for (let i = 0; i < 6; i++) HEX_DIGITS[97 + i] = 10 + i;

const ZEROES = word('0000');

/**
 * Four lower-case hexadecimal digits, read in big-endian order, as a number; -1 if one of them is no digit.
 *
 * Letters have bit 6 set: their value is the low nibble plus 9. A byte is a digit exactly if its upper nibble is 3, or 6
 * for letters, and its value is 10 or more only for letters and never 16 or more.
 */
export function hex4(digits: number): number {
  if (digits === ZEROES) return 0;
  const letters = (digits >>> 6) & 0x01010101;
  const values = ((digits & 0x0f0f0f0f) + Math.imul(letters, 9)) | 0;
  const wrong =
    ((digits & 0xf0f0f0f0) ^ (0x30303030 + Math.imul(letters, 0x30))) |
    (values & 0x10101010) |
    ((((values + 0x06060606) >>> 4) & 0x01010101) ^ letters);
  if (wrong !== 0) return -1;
  const pairs = (values | (values >>> 4)) & 0x00ff00ff;
  return (pairs | (pairs >>> 8)) & 0xffff;
}

/** Four decimal digits, read in little-endian order, as a number; -1 if one of them is no digit. */
export function decimal4(digits: number): number {
  const wrong = ((digits & 0xf0f0f0f0) | (((digits + 0x06060606) & 0xf0f0f0f0) >>> 4)) ^ 0x33333333;
  if (wrong !== 0) return -1;
  const values = digits & 0x0f0f0f0f;
  const pairs = Math.imul(values, 10) + (values >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
}

const BLANKS = word('    ');
const SPACE = 32;

/** Position of the first byte from `at` on that is no blank. */
export function skipBlanks(bytes: Uint8Array, view: DataView, at: number): number {
  while (view.getInt32(at, true) === BLANKS) at += 4;
  while (bytes[at] === SPACE) at++;
  return at;
}
