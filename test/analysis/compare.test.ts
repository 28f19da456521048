import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/analysis/compare';
import { pareto } from '../../src/analysis/pareto';
import { sensitivity } from '../../src/analysis/sensitivity';
import { findKnee, sweepValues } from '../../src/analysis/sweep';
import { LAZY, makeRun } from '../support/make-run';

const strict = makeRun();
const lazy = makeRun({
  ...LAZY,
  time: { cpuNs: 1000 },
  counters: { invalidations: { page: 0, domain: 1, global: 0, device: 0 } },
});

function rowOf(comparison: ReturnType<typeof compareRuns>, id: string) {
  return comparison.rows.find(row => row.id === id);
}

describe('a comparison', () => {
  const comparison = compareRuns([strict, lazy], 'run-1');

  it('tells difference and ratio from the baseline', () => {
    expect(rowOf(comparison, 'time.cpuNs')).toEqual({
      id: 'time.cpuNs',
      metric: 'CPU time in DMA calls',
      unit: 'ns',
      modelled: true,
      smallerIsBetter: true,
      values: [4000, 1000],
      deltas: [0, -3000],
      ratios: [0, -0.75],
    });
  });

  it('has no ratio to a baseline of zero', () => {
    expect(rowOf(comparison, 'counters.invalidations.domain')).toMatchObject({
      deltas: [0, 1],
      ratios: [undefined, undefined],
    });
  });

  it('tells counted from modelled', () => {
    expect(rowOf(comparison, 'counters.pteWrites')?.modelled).toBe(false);
    expect(rowOf(comparison, 'exposure.stalePageNs')?.modelled).toBe(true);
  });

  it('leaves out what is zero everywhere', () => expect(rowOf(comparison, 'counters.exits')).toBeUndefined());

  it('says why a number is missing, and for which run', () => {
    const tracked = makeRun({
      runId: 'run-3',
      name: 'Tracked',
      dirtyTracking: 'hw-read-clear',
      dirty: { truthPages: 5 },
    });
    const row = rowOf(compareRuns([strict, tracked], 'run-1'), 'dirty.truth');
    expect(row?.values).toEqual([undefined, 5]);
    expect(row?.deltas).toEqual([undefined, undefined]);
    expect(row?.absent).toBe('Strict · Intel VT-d: the run tracks no dirty pages (--dirty)');
  });

  it('takes the first run when the baseline is not among them', () => {
    expect(compareRuns([strict, lazy], 'gone').baseline).toBe('run-1');
  });

  it.each([
    [{ fingerprint: 'other' }, /^Different traces: Lazy · Intel VT-d did not replay the trace of Strict/],
    [{ platform: 'amd' }, /^Different platforms: the prices behind Lazy/],
    [{ loop: 'closed' as const }, /^Different loops/],
    [{ dirtyTracking: 'vfio-pinned' as const }, /^Different dirty tracking/],
    [{ counters: { failedMaps: 3 } }, /^Failed maps: Lazy · Intel VT-d did less work/],
  ])('warns when %o stands against it', (change, warning) => {
    const { warnings } = compareRuns([strict, makeRun({ ...LAZY, ...change })], 'run-1');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
  });

  it('warns of nothing when runs are comparable', () => expect(comparison.warnings).toEqual([]));
});

describe('the trade-off', () => {
  it('keeps what nothing beats, and names what beats the rest', () => {
    const dear = makeRun({ runId: 'dear', time: { cpuNs: 9000 } });
    const exposed = makeRun({ runId: 'exposed', time: { cpuNs: 10 }, exposure: { writablePagesPeak: 1e6 } });
    const { points } = pareto([strict, dear, exposed]);
    expect(points.map(point => point.dominatedBy)).toEqual([[], ['run-1'], []]);
  });

  it('counts unmapped pages in flush queues as in reach', () => {
    const waiting = makeRun({ ...LAZY, memory: { queuedPagesPeak: 62 } });
    expect(pareto([waiting]).points[0].exposure).toBe(1 + 2 + 62);
  });

  it('does not let equal runs beat each other', () => {
    expect(pareto([strict, makeRun({ runId: 'twin' })]).points.map(point => point.dominatedBy)).toEqual([[], []]);
  });
});

describe('the weight of prices', () => {
  const price = { component: 'invalidation', source: 'a paper', low: 500, ns: 1000, high: 2000 } as const;

  it('varies one price at a time, widest first', () => {
    const { bars } = sensitivity(strict.time, [
      { ...price, work: 'Rare', amount: 1 },
      { ...price, work: 'Common', amount: 2 },
      { ...price, work: 'Never', amount: 0 },
      { ...price, work: 'Certain', amount: 9, low: 1000, high: 1000 },
    ]);
    expect(bars.map(({ work, cpuNsLow, cpuNsHigh }) => [work, cpuNsLow, cpuNsHigh])).toEqual([
      ['Common', 3000, 6000],
      ['Rare', 3500, 5000],
    ]);
  });
});

describe('a sweep', () => {
  it('takes even steps over a narrow range and even factors over a wide one', () => {
    expect(sweepValues(1, 5, 5, true)).toEqual([1, 2, 3, 4, 5]);
    expect(sweepValues(1, 256, 9, true)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256]);
    expect(sweepValues(0, 64, 4, true)).toEqual([0, 4, 16, 64]);
    expect(sweepValues(0, 512, 9, true)).toEqual([0, 2, 4, 8, 32, 64, 128, 256, 512]);
    expect(sweepValues(1, 100, 4, true)).toEqual([1, 4, 16, 100]);
    expect(sweepValues(0.5, 1, 3, false)).toEqual([0.5, 0.75, 1]);
  });

  it('does not repeat values', () => expect(sweepValues(3, 4, 9, true)).toEqual([3, 4]));

  const points = (costs: number[]) =>
    costs.map((cpuNs, value) => ({
      value,
      cpuNs,
      band: [cpuNs, cpuNs] as [number, number],
      stalePageNs: 0,
      memoryBytes: 0,
      iotlbMissesPer4k: cpuNs / 100,
    }));

  it('finds the knee where more stops helping', () => {
    expect(findKnee(points([1000, 500, 110, 100, 101, 100]))?.index).toBe(2);
  });

  it('looks at the misses where they are what changes', () => {
    const still = points([1000, 500, 110, 100, 101, 100]).map(point => ({ ...point, cpuNs: 7 }));
    expect(findKnee(still)).toBeUndefined();
    expect(findKnee(still, 'misses')).toMatchObject({ index: 2, of: 'misses' });
  });

  it('finds none where every step helps, or none does', () => {
    expect(findKnee(points([1000, 800, 600, 400]))).toBeUndefined();
    expect(findKnee(points([7, 7, 7, 7]))).toBeUndefined();
  });
});
