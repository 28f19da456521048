import { describe, expect, it } from 'vitest';
import { nestedRows } from './nested-guest';
import { pasidRows, type1Rows } from './questions';
import { swiotlbRows } from './swiotlb';

describe('a nested VT-d guest', () => {
  it.each(nestedRows())('$name costs what was measured less the 0.5 to 1 us of its probe', row => {
    expect(row.predicted).toBeGreaterThan(row.low);
    expect(row.predicted).toBeLessThan(row.high);
  });
});

describe('swiotlb=force in a guest', () => {
  const [read, write] = swiotlbRows();

  it.each([read, write])('$direction: the DMA part is less than the whole CPU time of the I/O', row => {
    expect(row.perIo).toBeGreaterThan(0.1 * row.publishedPerIo);
    expect(row.high).toBeLessThan(row.publishedPerIo);
  });

  it('a read costs one copy more than a write; the published difference lies in the band of the copy price', () => {
    const published = read.publishedPerIo - write.publishedPerIo;
    expect(read.low - write.low).toBeLessThan(published);
    expect(read.high - write.high).toBeGreaterThan(published);
  });
});

describe('questions of the lists, as figures', () => {
  it.each(pasidRows())('$platform, $kib KiB: a PASID with IOVAs saves nothing and needs one more invalidation', row => {
    expect(row.pasidDescriptors).toBe(2 * row.plainDescriptors);
    expect(row.pasidNs).toBeGreaterThanOrEqual(row.plainNs);
  });

  it.each(type1Rows())('$kib KiB: type1 costs two ioctls per page for dynamic mappings, none for static ones', row => {
    expect(row.dynamicIoctls).toBe((2 * row.kib) / 4);
    expect(row.staticIoctls).toBe(0);
    expect(row.gain).toBeGreaterThan(2);
    expect(row.breakEvenIos).toBeLessThan(10_000);
  });
});
