import { describe, expect, it } from 'vitest';
import type { DmaBuffer } from '../../src/iommu/buffer';
import { runsOf } from '../../src/iommu/buffer-runs';
import { NO_RUN, RunPool } from '../../src/iommu/run-pool';

const PAGE = 4096;
const ELSEWHERE = 2 ** 45;

/** Runs of a buffer of `pages` at IOVA page 100, each as [iova, phys, pages, offset, bytes]. */
function runs(pages: number, segments: [phys: number, size: number][]): number[][] {
  const pool = new RunPool();
  const buffer: DmaBuffer = {
    direction: 0,
    coherent: false,
    pages,
    segmentCount: segments.length,
    segmentPhys: i => segments[i][0],
    segmentSize: i => segments[i][1],
  };
  const list: number[][] = [];
  for (let run = runsOf(buffer, 100, pool, ELSEWHERE); run !== NO_RUN; run = pool.next[run]) {
    list.push([pool.iovaPage[run], pool.physPage[run], pool.pages[run], pool.offset[run], pool.bytes[run]]);
  }
  return list;
}

describe('the runs of a buffer', () => {
  it('cover each page that the buffer touches', () => {
    expect(runs(2, [[5 * PAGE + 4000, 200]])).toEqual([[100, 5, 2, 4000, 200]]);
  });

  it('join entries whose pages follow each other', () => {
    const segments: [number, number][] = [
      [5 * PAGE, PAGE],
      [6 * PAGE, 2 * PAGE],
      [9 * PAGE, 100],
    ];
    expect(runs(4, segments)).toEqual([
      [100, 5, 3, 0, 3 * PAGE],
      [103, 9, 1, 0, 100],
    ]);
  });

  it('keep entries in the same page apart: each has a page of IOVA', () => {
    const segments: [number, number][] = [
      [5 * PAGE, 1000],
      [5 * PAGE + 2048, 1000],
    ];
    expect(runs(2, segments)).toEqual([
      [100, 5, 1, 0, 1000],
      [101, 5, 1, 2048, 1000],
    ]);
  });

  it('stop at the end of the mapping', () => {
    expect(runs(2, [[5 * PAGE, 8 * PAGE]])).toEqual([[100, 5, 2, 0, 8 * PAGE]]);
  });

  it('go on behind what the trace tells, or lie elsewhere when it tells nothing', () => {
    expect(runs(3, [[5 * PAGE, PAGE]])).toEqual([[100, 5, 3, 0, 3 * PAGE]]);
    expect(runs(3, [])).toEqual([[100, ELSEWHERE, 3, 0, 3 * PAGE]]);
  });
});
