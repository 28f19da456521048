import { formatBytes, formatCount, formatNs } from '../analysis/units';

/** A price, ns: four digits tell all that any source knows. */
export function formatPrice(ns: number): string {
  return String(ns >= 1000 ? Math.round(ns) : Number(ns.toPrecision(4)));
}

/** A figure in its unit: ns, bytes, page·ns, bytes/s, ×, pages, or a plain count. */
export function formatValue(value: number, unit: string): string {
  switch (unit) {
    case 'ns':
      return formatNs(value);
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case 'page·ns':
      return formatNs(value).replace(' ', ' page·');
    case '×':
      return `${value.toFixed(value < 10 ? 3 : 1)}×`;
    default:
      return formatCount(value);
  }
}
