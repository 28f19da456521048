/** One parameter over a range: which values to try, and where more of it stops helping. */

/** A parameter of a run's policy or platform that can be swept. */
export interface SweepParameter {
  name: string;
  description: string;
  unit: string;
  from: number;
  to: number;
  current: number;
}

export interface SweepPoint {
  value: number;
  cpuNs: number;
  band: [number, number];
  stalePageNs: number;
  memoryBytes: number;
  iotlbMissesPer4k: number;
}

/** Where more stops helping. */
export interface Knee {
  /** Index into the points of the sweep. */
  index: number;
  /** What it is a knee of: the size of the IOTLB changes its misses, and no time of a CPU. */
  of: 'cost' | 'misses';
  reason: string;
}

export interface Sweep {
  parameter: SweepParameter;
  points: SweepPoint[];
  /** Absent: more gains something all the way, or nothing at all. */
  knee?: Knee;
}

const WIDE = 16;

/**
 * At most `count` values from `from` to `to`, both included: even steps over a narrow range, even factors over a wide
 * one (16 times and more), rounded to whole numbers where the parameter is one: to powers of two over a wide range, as
 * sizes and counts of kernels are.
 */
export function sweepValues(from: number, to: number, count: number, integer: boolean): number[] {
  const [low, high] = from <= to ? [from, to] : [to, from];
  const geometric = low >= 0 && high >= WIDE * Math.max(low, 1);
  const start = Math.max(low, geometric ? 1 : low);
  const values = Array.from({ length: count }, (_, i) => {
    const step = count === 1 ? 0 : i / (count - 1);
    return geometric ? start * (high / start) ** step : low + (high - low) * step;
  });
  if (geometric) values[0] = low;
  values[values.length - 1] = high;
  if (!integer) return [...new Set(values)];
  const inside = (value: number): number =>
    geometric && value >= 1 ? 2 ** Math.round(Math.log2(value)) : Math.round(value);
  return [
    ...new Set(values.map((value, i) => (i === 0 || i === values.length - 1 ? Math.round(value) : inside(value)))),
  ];
}

/** Past the knee all remaining steps together gain less than this part of the whole gain. */
const LITTLE = 0.05;

/** First point from which on the cost, or the misses, fall by less than a twentieth of what the whole sweep gains. */
export function findKnee(points: readonly SweepPoint[], of: Knee['of'] = 'cost'): Knee | undefined {
  if (points.length < 3) return undefined;
  const costs = points.map(point => (of === 'cost' ? point.cpuNs : point.iotlbMissesPer4k));
  const best = Math.min(...costs);
  const gain = Math.max(...costs) - best;
  if (gain <= 0) return undefined;
  const index = costs.findIndex(cost => cost - best <= LITTLE * gain);
  if (index <= 0 || index === points.length - 1) return undefined;
  return { index, of, reason: `the remaining values gain less than ${LITTLE * 100} % of what the sweep gains in all` };
}
