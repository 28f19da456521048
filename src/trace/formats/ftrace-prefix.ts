/**
 * The part of an ftrace or trace-cmd report line before the event's text (kernel/trace/trace_output.c):
 *
 *   normal    %16s-%-7d [(%7d) ][%03d] [flags ]sec.usec: event: text    flags: 4 to 8 columns, or none (noirq-info)
 *   latency   %8.8s-%-7d %3d flags %lldus%c: event: text                 (option latency-format, ftrace_dump)
 *   verbose   %16s %7d %3d %d %08x %08lx [%08llx] %ld.%03ldms (+%ld.%03ldms): event: text
 *   bare      event: text                                                (option nocontext-info)
 *
 * trace-cmd puts the name of the file or buffer before (`trace.dat: `), may print latency columns without brackets, a
 * time difference `(+123)` behind the time, and with -R `[001]-0x0`. An integer clock prints no dot.
 */
import { Ascii, Cursor, hexDigit, indexOfByte, isDigit, isPrintable, trimEnd } from '../cursor';
import type { LinePrefix } from '../line-prefix';
import { readSeconds, seesDigit, storeMicros, storeTicks } from './time-stamp';

/** An event; the head line of a stack trace; an entry without a name (function tracer); no entry. */
export type FtraceLine = 'event' | 'stack' | 'nameless' | 'none';

const MAX_CPU = 0x7fff;
const MIN_FLAGS = 4;
const MAX_FLAGS = 8;
const OPEN = 91;
const CLOSE = 93;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
const DOT = 46;
const STACK = '<stack trace>';

type Variant = 'normal' | 'latency' | 'verbose';
const VARIANTS: readonly Variant[] = ['normal', 'latency', 'verbose'];

/** Reads the prefixes of one trace's lines; tries first what fitted last. */
export class FtracePrefixReader {
  private readonly cursor = new Cursor();
  private last: Variant = 'normal';

  /** Fills `prefix`. Lines without any prefix are not recognised: see `readBare`. */
  read(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): FtraceLine {
    prefix.reset();
    if (this.tryVariant(this.last, bytes, start, end, prefix)) return this.readEvent(prefix);
    for (const variant of VARIANTS) {
      if (variant === this.last || !this.tryVariant(variant, bytes, start, end, prefix)) continue;
      this.last = variant;
      return this.readEvent(prefix);
    }
    return 'none';
  }

  /** `event: text` and nothing before it. */
  readBare(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): boolean {
    prefix.reset();
    this.cursor.reset(bytes, start, end);
    return this.readEvent(prefix) === 'event' && prefix.nameStart === start;
  }

  private tryVariant(variant: Variant, bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): boolean {
    switch (variant) {
      case 'normal':
        return this.readNormal(bytes, start, end, prefix);
      case 'latency':
        return this.readLatency(bytes, start, end, prefix);
      case 'verbose':
        return this.readVerbose(bytes, start, end, prefix);
    }
  }

  /** The first ` [digits]` that a thread precedes and a time follows. */
  private readNormal(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): boolean {
    const cursor = this.cursor;
    for (
      let open = indexOfByte(bytes, start + 1, end, OPEN);
      open > 0;
      open = indexOfByte(bytes, open + 1, end, OPEN)
    ) {
      if (bytes[open - 1] !== Ascii.Space || !isDigit(bytes[open + 1])) continue;
      cursor.reset(bytes, open + 1, end);
      const cpu = cursor.decimal();
      if (!cursor.take(CLOSE) || cpu > MAX_CPU) continue;
      if (cursor.literal('-0x')) cursor.hex();
      cursor.skipSpaces();
      if (!this.readFlagsAndTime(prefix) || !readThread(bytes, start, open, prefix)) continue;
      prefix.cpu = cpu;
      return true;
    }
    return false;
  }

  /** `[flags ]time:` at the cursor. */
  private readFlagsAndTime(prefix: LinePrefix): boolean {
    const cursor = this.cursor;
    const start = cursor.at;
    if (seesDigit(cursor) && this.readTime(prefix)) return true;
    cursor.at = start;
    cursor.skipWord();
    const flags = cursor.at - start;
    cursor.skipSpaces();
    return flags >= MIN_FLAGS && flags <= MAX_FLAGS && this.readTime(prefix);
  }

  /** `sec.fraction:`, `123us<mark>:` or, with an integer clock, `123:`. */
  private readTime(prefix: LinePrefix): boolean {
    const cursor = this.cursor;
    const start = cursor.at;
    const whole = cursor.decimal();
    if (whole < 0) return false;
    if (cursor.peek() === DOT) {
      cursor.at = start;
      if (!readSeconds(cursor, prefix, 3)) return false;
    } else if (cursor.literal('us')) {
      storeMicros(prefix, whole);
      // A mark for long gaps: blank, '+', '!', '#', '*', '@', '$'.
      if (cursor.peek() !== Ascii.Colon) cursor.at++;
    } else {
      storeTicks(prefix, whole);
    }
    return cursor.take(Ascii.Colon);
  }

  /** `-pid cpu<flags> time:` from the left. */
  private readLatency(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): boolean {
    const cursor = this.cursor;
    for (
      let dash = indexOfByte(bytes, start, end, Ascii.Dash);
      dash >= 0;
      dash = indexOfByte(bytes, dash + 1, end, Ascii.Dash)
    ) {
      cursor.reset(bytes, dash + 1, end);
      const pid = cursor.decimal();
      if (pid < 0 || cursor.peek() !== Ascii.Space) continue;
      cursor.skipSpaces();
      const cpu = cursor.decimal();
      const flags = cursor.at;
      cursor.skipWord();
      const width = cursor.at - flags;
      if (cpu < 0 || cpu > MAX_CPU || width < MIN_FLAGS || width > MAX_FLAGS) continue;
      cursor.skipSpaces();
      if (!this.readTime(prefix)) continue;
      prefix.cpu = cpu;
      prefix.pid = pid;
      return setComm(bytes, start, dash, prefix);
    }
    return false;
  }

  /** The absolute time stands in brackets, in hexadecimal microseconds. */
  private readVerbose(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): boolean {
    const cursor = this.cursor;
    const open = indexOfByte(bytes, start, end, OPEN);
    if (open <= start) return false;
    cursor.reset(bytes, open + 1, end);
    const micros = cursor.hex();
    if (micros < 0 || !cursor.take(CLOSE)) return false;
    cursor.skipSpaces();
    cursor.skipWord();
    if (!cursor.literal(' (+')) return false;
    cursor.skipWord();
    if (bytes[cursor.at - 1] !== Ascii.Colon) return false;
    storeMicros(prefix, micros);
    return readColumns(bytes, start, open, prefix);
  }

  /** Behind the time: `[(+difference) ]name: text`. */
  private readEvent(prefix: LinePrefix): FtraceLine {
    const cursor = this.cursor;
    cursor.skipSpaces();
    if (cursor.peek() === OPEN_ROUND) {
      cursor.skipWord();
      cursor.skipSpaces();
    }
    if (cursor.sees(STACK)) return 'stack';
    let start = cursor.at;
    let end = this.skipName();
    if (end === start || !cursor.take(Ascii.Colon)) return 'nameless';
    // Some tools put the system before the name, some leave out the blank behind it.
    const second = cursor.at;
    const secondEnd = this.skipName();
    if (secondEnd > second && !isDigit(cursor.bytes[second]) && cursor.take(Ascii.Colon)) {
      start = second;
      end = secondEnd;
    } else {
      cursor.at = second;
    }
    cursor.skipSpaces();
    if (cursor.sees(STACK)) return 'stack';
    prefix.nameStart = start;
    prefix.nameEnd = end;
    prefix.textStart = cursor.at;
    prefix.textEnd = cursor.end;
    return 'event';
  }

  private skipName(): number {
    const cursor = this.cursor;
    while (!cursor.done && isNameByte(cursor.peek())) cursor.at++;
    return cursor.at;
  }
}

/** `comm-pid[ (tgid)]` before the CPU. */
function readThread(bytes: Uint8Array, start: number, before: number, prefix: LinePrefix): boolean {
  let end = trimEnd(bytes, start, before);
  if (end > start && bytes[end - 1] === CLOSE_ROUND) {
    const open = bytes.lastIndexOf(OPEN_ROUND, end - 1);
    if (open < start) return false;
    end = trimEnd(bytes, start, open);
  }
  let first = end;
  while (first > start && isDigit(bytes[first - 1])) first--;
  if (first === end || first === start || bytes[first - 1] !== Ascii.Dash) return false;
  prefix.pid = decimalOf(bytes, first, end);
  return setComm(bytes, start, first - 1, prefix);
}

/** `comm pid cpu flags preempt sequence` before the time of a verbose line, from the right. */
function readColumns(bytes: Uint8Array, start: number, before: number, prefix: LinePrefix): boolean {
  const columns: number[] = [];
  let end = before;
  for (let column = 0; column < 5; column++) {
    end = trimEnd(bytes, start, end);
    let first = end;
    while (first > start && hexDigit(bytes[first - 1]) >= 0) first--;
    if (first === end || first === start || bytes[first - 1] !== Ascii.Space) return false;
    columns.push(decimalOf(bytes, first, end));
    end = first;
  }
  prefix.cpu = columns[3]!;
  prefix.pid = columns[4]!;
  return setComm(bytes, start, end, prefix) && prefix.cpu <= MAX_CPU;
}

/** Sets the command name, without the name of the file or buffer that trace-cmd may put before it (`tc:   fio`). False if it is binary. */
function setComm(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): boolean {
  let from = start;
  while (from < end && bytes[from] === Ascii.Space) from++;
  const colon = indexOfByte(bytes, from, end - 1, Ascii.Colon);
  if (colon >= 0 && bytes[colon + 1] === Ascii.Space) {
    from = colon + 1;
    while (from < end && bytes[from] === Ascii.Space) from++;
  }
  prefix.commStart = from;
  prefix.commEnd = trimEnd(bytes, from, end);
  return isPrintable(bytes, from, prefix.commEnd);
}

function decimalOf(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + bytes[i] - Ascii.Zero;
  return value;
}

/** Event names, with the group that probe events may carry: `probes/x`, `kvm:exit` are not names here. */
function isNameByte(byte: number): boolean {
  const lower = byte | 32;
  return (lower >= 97 && lower <= 122) || isDigit(byte) || byte === 95 || byte === DOT || byte === Ascii.Dash;
}
