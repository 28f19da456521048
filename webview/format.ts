/** Numbers as people read them: the words are those of the annotations, hovers and reports. */

/** A real minus: screen readers say it, and columns line up. */
const MINUS = '\u2212';

/** What stands in a cell that has no number. */
export const ABSENT = '\u2013';

const TIME_UNITS: readonly [number, string][] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
];

const BYTE_UNITS: readonly [number, string][] = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];

/** Grouped by thousands. Made once: a table asks for hundreds of numbers. */
const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** ns as ns, µs, ms or s with three significant digits. */
export function formatNs(ns: number): string {
  return scaled(ns, TIME_UNITS, 'ns');
}

/** Bytes in binary units with three significant digits. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, BYTE_UNITS, 'B');
}

/** Grouped by thousands; at most two decimals. */
export function formatCount(value: number): string {
  return COUNT.format(value).replace('-', MINUS);
}

/** A value in one of the engine's units: ns, bytes, bytes/s, pages, page·ns, ×, or none. */
export function formatValue(value: number, unit: string): string {
  switch (unit) {
    case 'ns':
      return formatNs(value);
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case 'page·ns':
      return scaled(
        value,
        [
          [1e9, 'page·s'],
          [1e6, 'page·ms'],
          [1e3, 'page·µs'],
        ],
        'page·ns',
      );
    case '×':
      return `${significant(value)}\u00d7`;
    case 'pages':
      return value === 1 ? '1 page' : `${formatCount(value)} pages`;
    case '':
      return formatCount(value);
    default:
      return `${formatCount(value)} ${unit}`;
  }
}

/** A difference with its sign: +1.2 µs, −300 ns, ±0. */
export function formatDelta(delta: number, unit: string): string {
  if (delta === 0) return '±0';
  return `${delta > 0 ? '+' : MINUS}${formatValue(Math.abs(delta), unit)}`;
}

/** A relative difference, 0.1 = 10 %: +10 %, −4.2 %, ±0 %; from tenfold on as a factor (×12). */
export function formatRatio(ratio: number): string {
  if (ratio >= 9) return `×${significant(ratio + 1)}`;
  const percent = Math.abs(ratio * 100);
  const text = percent >= 10 ? percent.toFixed(0) : percent.toFixed(1);
  if (Number(text) === 0) return '±0 %';
  return `${ratio > 0 ? '+' : MINUS}${text} %`;
}

/** A part of a whole, 0..1. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent >= 10 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

/** A time since the trace began, with the digits that tell neighbours `stepNs` apart. */
export function formatMoment(ns: number, stepNs: number): string {
  const [size, unit] = TIME_UNITS.find(([unitSize]) => Math.abs(ns) >= unitSize) ?? [1, 'ns'];
  const digits = Math.min(9, Math.max(0, Math.ceil(Math.log10(size / Math.max(stepNs, 1)))));
  return `${(ns / size).toFixed(digits)} ${unit}`;
}

function scaled(value: number, units: readonly [number, string][], smallest: string): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : ABSENT;
  // 999.7 rounds to 1000 of the smaller unit: the larger one reads better.
  const unit = units.find(([size]) => Math.abs(value) >= size * 0.9995);
  return unit === undefined ? `${significant(value)} ${smallest}` : `${significant(value / unit[0])} ${unit[1]}`;
}

function significant(value: number): string {
  const magnitude = Math.abs(value);
  const text = magnitude >= 1000 ? formatCount(Math.round(magnitude)) : fixed(magnitude);
  return value < 0 ? `${MINUS}${text}` : text;
}

/** Three significant digits; whole numbers keep no decimals. */
function fixed(magnitude: number): string {
  if (Number.isInteger(magnitude)) return String(magnitude);
  if (magnitude < 0.01) return magnitude.toPrecision(2);
  return magnitude.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
}
