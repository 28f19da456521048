/** Brings a series down to the points that a screen can show. */
import type { Series } from '../../replay/result';
import type { SeriesReply } from './messages';

/**
 * The part of a series between two moments in at most `points` points.
 *
 * Of each group of buckets the smallest and the largest are kept, in order of time: no peak gets lost.
 *
 * @param fromNs ns since the first event; toNs likewise, exclusive
 * @param points at least 2
 */
export function decimate(series: Series, fromNs: number, toNs: number, points: number): Omit<SeriesReply, 'runId'> {
  const { bucketNs, values } = series;
  const first = Math.max(0, Math.floor(fromNs / bucketNs));
  const last = Math.min(values.length, Math.ceil(toNs / bucketNs));
  const count = Math.max(0, last - first);
  const kept = count <= points ? range(first, last) : extremes(values, first, last, Math.floor(points / 2));
  return {
    times: Float64Array.from(kept, bucket => bucket * bucketNs),
    values: Float64Array.from(kept, bucket => values[bucket]),
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
}

function extremes(values: Float64Array, first: number, last: number, groups: number): number[] {
  const kept: number[] = [];
  for (let group = 0; group < groups; group++) {
    const from = first + Math.floor((group * (last - first)) / groups);
    const to = first + Math.floor(((group + 1) * (last - first)) / groups);
    let low = from;
    let high = from;
    for (let i = from + 1; i < to; i++) {
      if (values[i] < values[low]) low = i;
      if (values[i] > values[high]) high = i;
    }
    if (low === high) kept.push(low);
    else kept.push(Math.min(low, high), Math.max(low, high));
  }
  return kept;
}
