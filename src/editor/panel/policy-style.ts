/** The look of each policy: the same palette index and symbol in charts, tables, trees and annotations. */
import type { PolicyStyle } from './messages';

/** Colours of the page's palette. */
const COLOURS = 12;

/**
 * A policy keeps its look from one version to the next. Bounds borrow the colour of the policy that they bound; their
 * symbols are their own. Each symbol is in the fonts that VS Code ships with.
 */
const STYLES: Partial<Record<string, PolicyStyle>> = {
  strict: { palette: 0, symbol: '●' },
  lazy: { palette: 1, symbol: '■' },
  passthrough: { palette: 2, symbol: '▲' },
  swiotlb: { palette: 3, symbol: '◆' },
  'bounce-dynamic': { palette: 4, symbol: '▼' },
  reuse: { palette: 5, symbol: '★' },
  untrusted: { palette: 6, symbol: '○' },
  'ro-identity': { palette: 7, symbol: '□' },
  'pasid-bypass': { palette: 8, symbol: '△' },
  'pasid-iova': { palette: 9, symbol: '◇' },
  'pasid-kva-fast': { palette: 10, symbol: '▽' },
  'pasid-kva-strict': { palette: 11, symbol: '☆' },
  'no-iommu': { palette: 2, symbol: '✕' },
  'perfect-reuse': { palette: 5, symbol: '✚' },
};

/** A policy without a place of its own gets a colour by its id, so that it too looks the same everywhere. */
export function policyStyle(policy: string): PolicyStyle {
  const code = Array.from(policy, c => c.charCodeAt(0)).reduce((sum, value) => sum + value, 0);
  return STYLES[policy] ?? { palette: code % COLOURS, symbol: '✦' };
}
