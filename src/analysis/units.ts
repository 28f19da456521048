/** Numbers as people read them. Always the same words for the same number: tables, hovers and reports agree. */

/** A thin grouping that survives copy and paste: 1,234,567. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '–';
  const text = countText(Math.abs(value));
  const [whole, fraction] = text.split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${value < 0 ? '−' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

function countText(magnitude: number): string {
  if (Number.isInteger(magnitude)) return String(magnitude);
  return magnitude < 0.01 ? magnitude.toPrecision(2) : magnitude.toFixed(2);
}

/** ns as ns, µs, ms or s with three significant digits. */
export function formatNs(ns: number): string {
  return scaled(ns, 1000, ['ns', 'µs', 'ms', 's']);
}

/** Bytes in binary units with three significant digits. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/** Bytes in the largest binary unit that they are a whole number of: no two sizes share the words. */
export function exactBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [number, unit] = [bytes, 0];
  while (unit < units.length - 1 && number > 0 && number % 1024 === 0) {
    number /= 1024;
    unit++;
  }
  return `${formatCount(number)} ${units[unit]}`;
}

/** Beyond this, a percentage is read more easily as a factor. */
const FACTOR_FROM = 10;

/** A ratio as a signed percentage: 0.1 is +10 %, 15 is ×16. */
export function formatPercent(ratio: number): string {
  if (!Number.isFinite(ratio)) return '–';
  if (ratio >= FACTOR_FROM) return `×${formatCount(Math.round(1 + ratio))}`;
  const percent = ratio * 100;
  const digits = Math.abs(percent) >= 100 ? 0 : 1;
  const text = Math.abs(percent).toFixed(digits);
  if (Number(text) === 0) return '0 %';
  return `${percent < 0 ? '−' : '+'}${text} %`;
}

function scaled(value: number, step: number, units: readonly string[]): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '–';
  let magnitude = Math.abs(value);
  let unit = 0;
  while (unit < units.length - 1 && Number(significant(magnitude)) >= step) {
    magnitude /= step;
    unit++;
  }
  return `${value < 0 ? '−' : ''}${significant(magnitude)} ${units[unit]}`;
}

function significant(magnitude: number): string {
  if (Number.isInteger(magnitude) && magnitude < 10_000) return String(magnitude);
  if (magnitude >= 100) return magnitude.toFixed(0);
  return magnitude >= 10 ? magnitude.toFixed(1) : magnitude.toFixed(2);
}

/** A 64-bit address as the kernel prints it. Bytes; exact to a multiple of 16 above 2^53. */
export function formatAddress(address: number): string {
  return `0x${address.toString(16)}`;
}
