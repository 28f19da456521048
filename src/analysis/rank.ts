/** Operations by cost. */

/** Costs in order, costliest first, and the place of each operation in it. */
export interface Ranking {
  /** Operation numbers, costliest first; equal costs in trace order. */
  order: Uint32Array;
  /** Rank of each operation, 1 = costliest. */
  rank: Uint32Array;
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Ranks operations by modelled cost. `ns`: cost of each operation, ≥ 0.
 *
 * A radix sort over the bit patterns: those of non-negative floats sort as the numbers do, and a stable sort keeps
 * equal costs in trace order, so that ranks never depend on the engine's sort.
 */
export function rankByCost(ns: Float32Array): Ranking {
  const count = ns.length;
  const bits = new Uint32Array(ns.buffer, ns.byteOffset, count);
  let order = new Uint32Array(count).map((_, i) => i);
  let next = new Uint32Array(count);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    const starts = new Uint32Array(DIGITS + 1);
    // Descending: the largest digit comes first.
    for (let i = 0; i < count; i++) starts[DIGITS - ((bits[i] >>> shift) & (DIGITS - 1))]++;
    for (let d = 0; d < DIGITS; d++) starts[d + 1] += starts[d];
    for (let i = 0; i < count; i++) {
      const operation = order[i];
      next[starts[DIGITS - 1 - ((bits[operation] >>> shift) & (DIGITS - 1))]++] = operation;
    }
    [order, next] = [next, order];
  }
  const rank = next;
  for (let place = 0; place < count; place++) rank[order[place]] = place + 1;
  return { order, rank };
}
