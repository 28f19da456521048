import { describe, expect, it } from 'vitest';
import { pairRate, queueRows, tlbiRows, worstQueueError } from './command-queue';
import { errorOf, shipped } from './measure';

describe('one SMMUv3 command queue for many CPUs, against the Kunpeng 920 table', () => {
  const rows = queueRows();

  it.each(rows)('$cpus CPUs: the rates of both kernels are met within 10 %', row => {
    expect(worstQueueError([row])).toBeLessThan(0.1);
  });

  it('yields less in all, not only per CPU, from 8 to 64 CPUs', () => {
    const totals = rows.map(row => row.cpus * row.mainline);
    expect(totals).toEqual([...totals].sort((a, b) => b - a));
    expect(totals[3]).toBeLessThan(0.5 * totals[0]);
  });

  it('does not slow a CPU that is alone', () => {
    const alone = pairRate(shipped('smmuv3'), 1);
    expect(pairRate({ ...shipped('smmuv3'), contention: [] }, 1)).toBe(alone);
    expect(alone).toBeGreaterThan(rows[0].mainline);
  });
});

describe('one TLBI per page, against dma_map_benchmark on Morello and Snapdragon X', () => {
  it.each(tlbiRows().filter(row => row.pages === 256))('$machine: unmap of 1 MiB within 5 %', row => {
    expect(Math.abs(errorOf(row.unmap, row.publishedUnmap))).toBeLessThan(0.05);
  });

  it('Morello: map and unmap of one page to the printed 0.1 us', () => {
    const [row] = tlbiRows();
    expect(Math.abs(row.unmap - row.publishedUnmap)).toBeLessThan(0.1);
    expect(Math.abs(row.map - row.publishedMap)).toBeLessThan(0.05);
  });
});
