/**
 * The part of a perf script line before the event's text (tools/perf/builtin-script.c):
 *
 *   %16s %7d [%03d] %5lu.%06lu: %*s: text        comm, tid, cpu, time, system:event
 *
 * and with -F: `pid/tid` for tid, a fraction of nine digits (--ns), a period before the event, flags and a time of day
 * before the time, any of them missing. With call chains comm is not padded.
 */
import { Ascii, Cursor, indexOfByte, isDigit, isPrintable, startsWith, trimEnd } from '../cursor';
import type { LinePrefix } from '../line-prefix';
import { readSeconds } from './time-stamp';

/** An event, a remark of perf itself (PERF_RECORD_...), or nothing of the kind. */
export type PerfLine = 'event' | 'record' | 'none';

const MAX_CPU = 0x7fff;
const MAX_WORDS = 16;
const OPEN = 91;
const CLOSE = 93;
const SLASH = 47;
const RECORD = 'PERF_RECORD_';

/** Reads the prefixes of one trace's lines; keeps a cursor between lines. */
export class PerfPrefixReader {
  private readonly cursor = new Cursor();

  /** Fills `prefix`. For a record, the text begins with its name. */
  read(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): PerfLine {
    prefix.reset();
    const cursor = this.cursor;
    cursor.reset(bytes, start, end);
    for (let words = 0; words < MAX_WORDS; words++) {
      cursor.skipSpaces();
      if (cursor.done) return 'none';
      const word = cursor.at;
      if (isDigit(bytes[word]) && readSeconds(cursor, prefix, 6) && cursor.take(Ascii.Colon)) {
        return this.readEvent(prefix) && readHead(bytes, start, word, prefix) ? this.kind(prefix) : 'none';
      }
      cursor.at = word;
      cursor.skipWord();
      if (isQualifiedName(bytes, word, cursor.at)) {
        prefix.reset();
        cursor.at = word;
        return this.readEvent(prefix) && readHead(bytes, start, word, prefix) ? 'event' : 'none';
      }
    }
    return 'none';
  }

  private kind(prefix: LinePrefix): PerfLine {
    return prefix.nameEnd > prefix.nameStart ? 'event' : 'record';
  }

  /** `[period] name: text`, or a record. */
  private readEvent(prefix: LinePrefix): boolean {
    const cursor = this.cursor;
    cursor.skipSpaces();
    let word = cursor.at;
    if (cursor.decimal() >= 0 && cursor.peek() === Ascii.Space) {
      cursor.skipSpaces();
      word = cursor.at;
    }
    cursor.at = word;
    if (cursor.sees(RECORD)) {
      setText(prefix, word, word, word, cursor.end);
      return true;
    }
    cursor.skipWord();
    const end = cursor.at;
    if (end - word < 2 || cursor.bytes[end - 1] !== Ascii.Colon) return false;
    cursor.skipSpaces();
    setText(prefix, word, end - 1, cursor.at, cursor.end);
    return true;
  }
}

function setText(prefix: LinePrefix, nameStart: number, nameEnd: number, textStart: number, textEnd: number): void {
  prefix.nameStart = nameStart;
  prefix.nameEnd = nameEnd;
  prefix.textStart = textStart;
  prefix.textEnd = textEnd;
}

/** `system:event:` */
function isQualifiedName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || bytes[end - 1] !== Ascii.Colon) return false;
  const inner = indexOfByte(bytes, start + 1, end - 2, Ascii.Colon);
  return inner > start && !isDigit(bytes[start]) && bytes[start] !== Ascii.Colon;
}

/** `comm tid [cpu] ...` in `bytes[start..end)`, any part missing. False if a CPU number is out of range, or the name binary. */
function readHead(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): boolean {
  const open = findCpu(bytes, start, end);
  let rest = end;
  if (open >= 0) {
    let cpu = 0;
    for (let i = open + 1; bytes[i] !== CLOSE; i++) cpu = cpu * 10 + bytes[i] - Ascii.Zero;
    if (cpu > MAX_CPU) return false;
    prefix.cpu = cpu;
    rest = open;
  }
  readThread(bytes, start, trimEnd(bytes, start, rest), prefix);
  return isPrintable(bytes, prefix.commStart, prefix.commEnd);
}

/** Position of the last `[digits]`, -1 none. */
function findCpu(bytes: Uint8Array, start: number, end: number): number {
  for (let close = end - 1; close > start; close--) {
    if (bytes[close] !== CLOSE) continue;
    let i = close - 1;
    while (i > start && isDigit(bytes[i])) i--;
    if (bytes[i] === OPEN && close - i > 1) return i;
  }
  return -1;
}

function readThread(bytes: Uint8Array, start: number, end: number, prefix: LinePrefix): void {
  let first = end;
  while (first > start && isDigit(bytes[first - 1])) first--;
  let word = first;
  if (first < end) {
    if (bytes[word - 1] === Ascii.Dash && word > start) word--;
    const isNegative = word < first;
    if (bytes[word - 1] === SLASH && word > start) {
      word--;
      while (word > start && (isDigit(bytes[word - 1]) || bytes[word - 1] === Ascii.Dash)) word--;
    }
    if (word === start || bytes[word - 1] === Ascii.Space) {
      let pid = 0;
      for (let i = first; i < end; i++) pid = pid * 10 + bytes[i] - Ascii.Zero;
      prefix.pid = isNegative ? -pid : pid;
      end = word;
    }
  }
  let comm = start;
  while (comm < end && bytes[comm] === Ascii.Space) comm++;
  prefix.commStart = comm;
  prefix.commEnd = trimEnd(bytes, comm, end);
}

/** Whether the name of an event whose prefix was read has a system: no other format prints one. */
export function hasSystem(bytes: Uint8Array, prefix: LinePrefix): boolean {
  return isQualifiedName(bytes, prefix.nameStart, prefix.nameEnd + 1);
}

/** Whether the text of a record is `name`. */
export function isRecord(bytes: Uint8Array, prefix: LinePrefix, name: string): boolean {
  return startsWith(bytes, prefix.textStart, prefix.textEnd, RECORD + name);
}
