import { describe, expect, it } from 'vitest';
import { RunSet } from '../../src/editor/session/run-set';
import { makeRun } from './make-run';

describe('runs of a trace', () => {
  it('compares with the policy that the trace was recorded under, and shows another', () => {
    const runs = new RunSet();
    const [lazy, strict] = [makeRun({ policy: 'lazy' }), makeRun({ policy: 'strict' })];
    runs.add([lazy, strict], 'strict');
    expect(runs.baseline).toBe(strict);
    expect(runs.shown).toBe(lazy);
  });

  it('shows the first alternative of several, and of each later replay', () => {
    const runs = new RunSet();
    const [strict, lazy, bound] = ['strict', 'lazy', 'no-iommu'].map(policy => makeRun({ policy }));
    runs.add([strict, lazy, bound], 'strict');
    expect(runs.shown).toBe(lazy);
    const reuse = makeRun({ policy: 'reuse' });
    runs.add([reuse], 'strict');
    expect(runs.shown).toBe(reuse);
  });

  it('compares with the first run where the recorded policy is not among them', () => {
    const runs = new RunSet();
    const [lazy, swiotlb] = [makeRun({ policy: 'lazy' }), makeRun({ policy: 'swiotlb' })];
    runs.add([lazy, swiotlb], 'unknown');
    expect(runs.baseline).toBe(lazy);
    expect(runs.shown).toBe(swiotlb);
  });

  it('keeps the baseline that the user picked when more runs come', () => {
    const runs = new RunSet();
    const [strict, lazy] = [makeRun({ policy: 'strict' }), makeRun({ policy: 'lazy' })];
    runs.add([strict, lazy], 'strict');
    runs.setBaseline(lazy.summary.runId);
    const reuse = makeRun({ policy: 'reuse' });
    runs.add([reuse], 'strict');
    expect(runs.baseline).toBe(lazy);
    expect(runs.shown).toBe(reuse);
  });

  it('shows the former baseline when the run on show becomes the baseline', () => {
    const runs = new RunSet();
    const [strict, lazy] = [makeRun({ policy: 'strict' }), makeRun({ policy: 'lazy' })];
    runs.add([strict, lazy], 'strict');
    runs.setBaseline(lazy.summary.runId);
    expect(runs.shown).toBe(strict);
    runs.show(lazy.summary.runId);
    expect(runs.shown).toBe(lazy);
  });

  it('a scenario replayed again takes the place, the name and the role of its former run', () => {
    const runs = new RunSet();
    const first = makeRun({ policy: 'strict' }, { params: { b: 1, a: 2 } });
    runs.add([first, makeRun({ policy: 'lazy' })], 'strict');
    first.name = 'before the fix';
    const again = makeRun({ policy: 'strict' }, { params: { a: 2, b: 1 } });
    expect(runs.add([again], 'strict')).toEqual([first.summary.runId]);
    expect(runs.all).toHaveLength(2);
    expect(runs.all[0]).toBe(again);
    expect(runs.baseline?.name).toBe('before the fix');
  });

  it('other parameters are another scenario', () => {
    const runs = new RunSet();
    runs.add([makeRun({}, { params: { size: 1 } })], 'strict');
    runs.add([makeRun({}, { params: { size: 2 } })], 'strict');
    expect(runs.all).toHaveLength(2);
  });

  it('always has a baseline and a shown run among those that are left', () => {
    const runs = new RunSet();
    const [strict, lazy] = [makeRun({ policy: 'strict' }), makeRun({ policy: 'lazy' })];
    runs.add([strict, lazy], 'strict');
    runs.remove(strict.summary.runId);
    expect(runs.baseline).toBe(lazy);
    expect(runs.shown).toBe(lazy);
    runs.remove(lazy.summary.runId);
    expect(runs.baseline).toBeUndefined();
    expect(runs.shown).toBeUndefined();
  });
});
