import { describe, expect, it } from 'vitest';
import { errorOf } from './measure';
import { gbpsByPublishedReads, linux60, PUBLISHED_RECEIVE, receiveRow } from './receive';

describe('five flows into a 100 Gb/s NIC under strict', () => {
  const row = receiveRow('strict', linux60());

  it('every page misses the IOTLB, because it is a new mapping', () => {
    expect(row.iotlbMisses).toBe(1);
  });

  it('unmaps of other flows empty the paging-structure caches: memory reads within 10 % of the published', () => {
    expect(Math.abs(errorOf(row.memoryReads, PUBLISHED_RECEIVE.memoryReads))).toBeLessThan(0.1);
    expect(row.memoryReads).toBeCloseTo(row.iotlbMisses + row.upperMisses.reduce((sum, misses) => sum + misses, 0), 9);
  });

  it('the throughput bound is within 10 % of the published, and exact with the published reads', () => {
    expect(Math.abs(errorOf(row.deviceGbps, PUBLISHED_RECEIVE.deviceGbps))).toBeLessThan(0.1);
    expect(gbpsByPublishedReads()).toBeCloseTo(79.6, 1);
  });

  it('lazy keeps the paging-structure caches: hardly a read beyond the leaf, and a bound above the wire', () => {
    const lazy = receiveRow('lazy', linux60());
    expect(lazy.memoryReads).toBeLessThan(1.05);
    expect(lazy.deviceGbps).toBeGreaterThan(100);
  });
});
