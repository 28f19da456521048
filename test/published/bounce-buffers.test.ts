import { describe, expect, it } from 'vitest';
import { bounceBufferRows, PUBLISHED_MAP_SAVED } from './bounce-buffers';
import { errorOf } from './measure';

describe('dynamic bounce buffers on virtio-iommu, against the published fio table', () => {
  const rows = bounceBufferRows();

  it.each(rows)('$kib KiB: the throughput gain of × $publishedGain is met within 5 %', row => {
    expect(Math.abs(errorOf(row.gain, row.publishedGain))).toBeLessThan(0.05);
  });

  it.each(rows)('$kib KiB: the $publishedUnmapSaved % less time in unmap are met within 1.5 points', row => {
    expect(Math.abs(row.unmapSaved - row.publishedUnmapSaved)).toBeLessThan(1.5);
  });

  it.each(rows)('$kib KiB: more than 99 % of the time in map are gone, growing the pool included', row => {
    expect(row.mapSaved).toBeGreaterThan(PUBLISHED_MAP_SAVED);
  });

  it('the gain peaks at 16 KiB, because larger blocks are bound by the drive', () => {
    const gains = rows.map(row => row.gain);
    expect(Math.max(...gains)).toBe(gains[1]);
    expect(rows.map(row => row.bound)).toEqual(['CPU', 'drive', 'drive', 'drive']);
  });
});
