/** Level of detail, made here and not by the chart: what is dropped cannot be seen, and nothing that can be is dropped. */
import type { Series } from '../replay/result';

/** Points for a chart. Times in ns since the first event, ascending. */
export interface Points {
  times: Float64Array;
  values: Float64Array;
}

/** Points per pixel column that draw the same picture as all of them: first, least, greatest, last. */
export const POINTS_PER_PIXEL = 4;

/**
 * At most `points` points of a series between two times (ns), in time order. Each group of buckets keeps its first,
 * least, greatest and last value; a stretch with fewer buckets than points is returned whole.
 */
export function decimateSeries(series: Series, fromNs: number, toNs: number, points: number): Points {
  const first = Math.max(0, Math.floor(fromNs / series.bucketNs));
  const end = Math.min(series.values.length, Math.floor(toNs / series.bucketNs) + 1);
  const kept = first < end ? decimateIndices(series.values, first, end, points) : [];
  return {
    times: Float64Array.from(kept, i => i * series.bucketNs),
    values: Float64Array.from(kept, i => series.values[i]),
  };
}

/** Indices first <= i < end that stand for all of them: at most `points`, ascending. */
export function decimateIndices(values: Float64Array, first: number, end: number, points: number): number[] {
  const count = end - first;
  if (count <= points) return Array.from({ length: count }, (_, i) => first + i);
  const columns = Math.max(1, Math.floor(points / POINTS_PER_PIXEL));
  const kept: number[] = [];
  for (let column = 0; column < columns; column++) {
    const from = first + Math.floor((column * count) / columns);
    const to = first + Math.floor(((column + 1) * count) / columns);
    kept.push(...extremes(values, from, to));
  }
  return kept;
}

function extremes(values: Float64Array, from: number, to: number): number[] {
  let least = from;
  let greatest = from;
  for (let i = from + 1; i < to; i++) {
    if (values[i] < values[least]) least = i;
    if (values[i] > values[greatest]) greatest = i;
  }
  return [...new Set([from, least, greatest, to - 1])].sort((a, b) => a - b);
}
