import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimateIndices, decimateSeries } from '../../src/analysis/decimate';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 400 });

describe('decimation', () => {
  it('keeps the extremes and the ends, and no more points than asked for', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 4, max: 100 }), (list, points) => {
        const column = Float64Array.from(list);
        const kept = decimateIndices(column, 0, column.length, points);
        const heights = kept.map(i => column[i]);
        expect(kept.length).toBeLessThanOrEqual(points);
        expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
        expect(kept[0]).toBe(0);
        expect(kept.at(-1)).toBe(column.length - 1);
        expect(Math.max(...heights)).toBe(Math.max(...list));
        expect(Math.min(...heights)).toBe(Math.min(...list));
      }),
    );
  });

  const series = {
    id: 'x',
    title: 'x',
    unit: '',
    modelled: false,
    bucketNs: 10,
    values: Float64Array.from([1, 5, 2, 8, 3]),
  };

  it('returns the buckets of the range whole when they are few', () => {
    const { times, values: heights } = decimateSeries(series, 10, 35, 100);
    expect([...times]).toEqual([10, 20, 30]);
    expect([...heights]).toEqual([5, 2, 8]);
  });

  it('returns nothing outside the trace', () => {
    expect(decimateSeries(series, 500, 900, 100).times).toHaveLength(0);
    expect(decimateSeries(series, -90, -10, 100).times).toHaveLength(0);
  });
});
