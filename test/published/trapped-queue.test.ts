import { describe, expect, it } from 'vitest';
import { errorOf } from './measure';
import { trappedRows } from './trapped-queue';

describe('unmap in an SMMUv3 guest on Grace, one thread', () => {
  const rows = trappedRows();

  it.each(rows)('$pages pages, trapped queue: $publishedTrapped us are met within 5 %', row => {
    expect(Math.abs(errorOf(row.trapped, row.publishedTrapped))).toBeLessThan(0.05);
  });

  it('a queue of the hardware saves the share that was published, within 4 points', () => {
    for (const row of rows) {
      const published = 1 - row.publishedHardware / row.publishedTrapped;
      expect(Math.abs(1 - row.hardware / row.trapped - published)).toBeLessThan(0.04);
    }
  });

  it('a hardware queue costs the more the longer the range, within 1 us of the published time', () => {
    for (const row of rows) expect(Math.abs(row.hardware - row.publishedHardware)).toBeLessThan(1);
  });
});
