/** Bytes that the parsers ask for by name. */
export const Ascii = { Tab: 9, LineFeed: 10, Return: 13, Space: 32, Hash: 35, Dash: 45, Zero: 48, Colon: 58 } as const;

const TWO_32 = 2 ** 32;
const MAX_HEX_DIGITS = 16;

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Value of a hexadecimal digit, -1 for any other byte. */
export function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** A position in a stretch of bytes that moves forward only. One is reused for all lines: nothing is allocated per line. */
export class Cursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  /** Exclusive. */
  end = 0;
  /** Upper and lower 32 bits of the last number read by `hex`, exact where the Float64 is not. */
  high = 0;
  low = 0;

  reset(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** The byte here, -1 at the end. */
  peek(): number {
    return this.at < this.end ? this.bytes[this.at] : -1;
  }

  skipSpaces(): void {
    while (this.at < this.end && this.bytes[this.at] === Ascii.Space) this.at++;
  }

  /** Moves to the next space or to the end. */
  skipWord(): void {
    while (this.at < this.end && this.bytes[this.at] !== Ascii.Space) this.at++;
  }

  /** Moves behind the next `byte`, or to the end. */
  skipPast(byte: number): void {
    while (this.at < this.end && this.bytes[this.at++] !== byte);
  }

  /** Consumes one byte if it is `byte`. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  /** Whether ASCII `text` stands here. */
  sees(text: string): boolean {
    return startsWith(this.bytes, this.at, this.end, text);
  }

  /** Consumes ASCII `text` if it stands here. */
  literal(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Consumes a decimal number; -1 where there is none. Above 2^53 the nearest Float64. */
  decimal(): number {
    const start = this.at;
    let value = 0;
    while (this.at < this.end && isDigit(this.bytes[this.at])) value = value * 10 + this.bytes[this.at++] - 48;
    return this.at === start ? -1 : value;
  }

  /** Consumes a hexadecimal number with or without 0x; -1 where there is none or it exceeds 64 bits. Nearest Float64. */
  hex(): number {
    if (this.peek() === Ascii.Zero && (this.bytes[this.at + 1] | 32) === 120 && this.at + 1 < this.end) this.at += 2;
    const start = this.at;
    let high = 0;
    let low = 0;
    while (this.at < this.end) {
      const digit = hexDigit(this.bytes[this.at]);
      if (digit < 0) break;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
      this.at++;
    }
    this.high = high >>> 0;
    this.low = low >>> 0;
    const digits = this.at - start;
    return digits === 0 || digits > MAX_HEX_DIGITS ? -1 : this.high * TWO_32 + this.low;
  }
}

/** Whether ASCII `text` stands at `at`. */
export function startsWith(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Position from which only blanks stand before `end`; not before `start`. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && bytes[end - 1] === Ascii.Space) end--;
  return end;
}

/** Whether no control character stands in `bytes[start..end)`. */
export function isPrintable(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] < Ascii.Space) return false;
  return true;
}

/** Position of `byte` in `bytes[at..end)`, -1 if it is not there. */
export function indexOfByte(bytes: Uint8Array, at: number, end: number, byte: number): number {
  for (let i = at; i < end; i++) if (bytes[i] === byte) return i;
  return -1;
}

/** Last position of `byte` in `bytes[at..end)`, -1 if it is not there. */
export function lastIndexOfByte(bytes: Uint8Array, at: number, end: number, byte: number): number {
  for (let i = end - 1; i >= at; i--) if (bytes[i] === byte) return i;
  return -1;
}

/** Position of ASCII `text` in `bytes[at..end)`, -1 if it is not there. */
export function indexOfText(bytes: Uint8Array, at: number, end: number, text: string): number {
  const first = text.charCodeAt(0);
  for (let i = at; i + text.length <= end; i++) {
    if (bytes[i] === first && startsWith(bytes, i, end, text)) return i;
  }
  return -1;
}
