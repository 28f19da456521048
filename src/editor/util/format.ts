/** Numbers as people read them. The same words in annotations, hovers, trees, quick picks and the status bar. */

/** Real minus and thin signs: screen readers say "minus", and columns line up. */
const MINUS = '\u2212';

const TIME_UNITS: readonly [number, string][] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
];

const BYTE_UNITS: readonly [number, string][] = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];

/** Three significant digits and a unit: 18.4 µs. */
export function formatNs(ns: number): string {
  return withUnit(ns, TIME_UNITS, 'ns');
}

/** Three significant digits and a binary unit: 4 KiB. */
export function formatBytes(bytes: number): string {
  return withUnit(bytes, BYTE_UNITS, 'B');
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A signed difference in time: +1.2 µs, −300 ns, ±0. */
export function formatNsDelta(ns: number): string {
  if (ns === 0) return '±0';
  return `${ns > 0 ? '+' : MINUS}${formatNs(Math.abs(ns))}`;
}

/**
 * A signed relative difference: +38 %, −4 %, ±0 %; beyond tenfold as a factor (×12).
 *
 * @returns undefined where the baseline is 0: there is no such ratio.
 */
export function formatRatio(value: number, baseline: number): string | undefined {
  if (baseline === 0) return undefined;
  const ratio = value / baseline;
  if (ratio >= 10) return `×${significant(ratio)}`;
  const percent = Math.round((ratio - 1) * 100);
  if (percent === 0) return '±0 %';
  return `${percent > 0 ? '+' : MINUS}${Math.abs(percent)} %`;
}

function withUnit(value: number, units: readonly [number, string][], smallest: string): string {
  // 999.7 rounds to 1000 of the smaller unit: the larger one reads better.
  const unit = units.find(([size]) => Math.abs(value) >= size * 0.9995);
  return unit === undefined ? `${significant(value)} ${smallest}` : `${significant(value / unit[0])} ${unit[1]}`;
}

function significant(value: number): string {
  return Math.abs(value) >= 1000 ? formatCount(value) : String(Number(value.toPrecision(3)));
}
