import { describe, expect, it } from 'vitest';
import { priceRows } from './unit-prices';

describe('prices taken from one published figure', () => {
  it.each(priceRows())('$what, $pages pages: the band of the platform reaches the published figure', row => {
    const [low, high] = row.published;
    expect(row.low).toBeLessThanOrEqual(high * 1.01);
    expect(row.high).toBeGreaterThanOrEqual(low * 0.97);
  });
});
