/** The look of each policy: the same palette index and symbol in charts, tables, trees and annotations. */
import type { PolicyStyle } from './messages';

/** Filled shapes first; each is in the fonts that VS Code ships with. */
const SYMBOLS = ['●', '■', '▲', '◆', '▼', '★', '○', '□', '△', '◇', '▽', '☆'] as const;

/** The order is part of the product: a policy keeps its colour from one version to the next. */
const KNOWN = [
  'strict',
  'lazy',
  'passthrough',
  'swiotlb',
  'bounce-dynamic',
  'reuse',
  'untrusted',
  'ro-identity',
  'pasid-bypass',
  'pasid-iova',
  'pasid-kva-fast',
  'pasid-kva-strict',
] as const;

/** Policies that are not listed share the last places by their id, so that they too look the same everywhere. */
export function policyStyle(policy: string): PolicyStyle {
  const known = KNOWN.findIndex(id => id === policy);
  const palette =
    known === -1
      ? Array.from(policy, c => c.charCodeAt(0)).reduce((sum, code) => sum + code, 0) % SYMBOLS.length
      : known;
  return { palette, symbol: SYMBOLS[palette] };
}
