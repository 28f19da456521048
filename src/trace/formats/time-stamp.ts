import { isDigit, type Cursor } from '../cursor';
import { TimeUnit, type LinePrefix } from '../line-prefix';

const MICROS_PER_SECOND = 1e6;
/** By the number of digits of a fraction of a second: what one unit of its last digit is in nanoseconds. */
const NANOS_OF_LAST_DIGIT = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 100, 10, 1] as const;

/**
 * Reads `sec.fraction` (up to nine digits) at the cursor. False, and the cursor anywhere, if it is none.
 *
 * @param minDigits of the fraction
 */
export function readSeconds(cursor: Cursor, prefix: LinePrefix, minDigits: number): boolean {
  const seconds = cursor.decimal();
  if (seconds < 0 || !cursor.take(46)) return false;
  const start = cursor.at;
  const fraction = cursor.decimal();
  const digits = cursor.at - start;
  if (digits < minDigits || digits > 9) return false;
  prefix.timeUnit = TimeUnit.Seconds;
  prefix.seconds = seconds;
  prefix.nanos = fraction * NANOS_OF_LAST_DIGIT[digits];
  return true;
}

/** Stores a time in microseconds. */
export function storeMicros(prefix: LinePrefix, micros: number): void {
  prefix.timeUnit = TimeUnit.Seconds;
  prefix.seconds = Math.floor(micros / MICROS_PER_SECOND);
  prefix.nanos = (micros % MICROS_PER_SECOND) * 1000;
}

/** Stores a count of ticks. */
export function storeTicks(prefix: LinePrefix, ticks: number): void {
  prefix.timeUnit = TimeUnit.Ticks;
  prefix.seconds = 0;
  prefix.nanos = ticks;
}

/** Whether the next byte is a digit. */
export function seesDigit(cursor: Cursor): boolean {
  return !cursor.done && isDigit(cursor.bytes[cursor.at]);
}
