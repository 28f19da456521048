import { describe, expect, it } from 'vitest';
import { costDistribution, traceDistributions } from '../../src/analysis/distributions';
import { diverge } from '../../src/analysis/divergence';
import { operationPage, sortOperations } from '../../src/analysis/operation-page';
import { outline } from '../../src/analysis/outline';
import { selectLines, selectOperations } from '../../src/analysis/select';
import { workload } from '../../src/analysis/workload';
import { smallTrace, TraceText } from '../support/trace-text';

const trace = smallTrace().trace();
const all = selectOperations({ filter: '' }, { trace }).operations;
const ns = Float32Array.from([100, 900, 400, 950, 100, 900, 50, 600]);

describe('a selection', () => {
  it('is everything without a filter', () => expect([...all]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]));

  it('is what begins in a half-open range', () => {
    const { time } = trace.operations;
    const range = { fromNs: time[2], toNs: time[4] };
    expect([...selectOperations({ filter: '', range }, { trace }).operations]).toEqual([2, 3]);
  });

  it('gives the lines of the operations, and says when there are more', () => {
    const found = selectLines({ filter: 'op:unmap' }, { trace }, 4);
    expect([...found.lines]).toEqual([3, 4, 5, 8]);
    expect(found).toMatchObject({ matched: 4, total: 8, truncated: true, errors: [] });
    expect(selectLines({ filter: 'device:06.0' }, { trace }, 5)).toMatchObject({ matched: 2, truncated: false });
  });
});

describe('operations as a table', () => {
  it('come a page at a time, with their costs', () => {
    const page = operationPage(trace, all, [ns], 6, 5);
    expect(page).toMatchObject({ matched: 8, total: 8 });
    expect(page.rows).toEqual([
      {
        operation: 6,
        line: 16,
        timeNs: trace.operations.time[6],
        kind: 'map',
        device: '0000:00:06.0',
        direction: 'TO_DEVICE',
        size: 1500,
        cpu: 1,
        costs: [50],
      },
      expect.objectContaining({ operation: 7, kind: 'unmap' }),
    ]);
  });

  it('sort by any column, equal ones as recorded', () => {
    expect([...sortOperations(trace, all, 'cost', true, ns)]).toEqual([3, 1, 5, 7, 2, 0, 4, 6]);
    expect([...sortOperations(trace, all, 'size', false)]).toEqual([6, 7, 0, 1, 4, 5, 2, 3]);
    expect([...sortOperations(trace, all, 'kind', true)]).toEqual([1, 3, 5, 7, 0, 2, 4, 6]);
    expect([...sortOperations(trace, all, 'cpu', true).subarray(0, 2)]).toEqual([6, 7]);
  });
});

describe('distributions', () => {
  const [sizes, lifetimes, alive] = traceDistributions(trace, all);

  it('put sizes into powers of two', () => {
    expect(sizes.edges).toEqual([1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072]);
    expect(sizes.sets).toEqual([
      {
        runId: null,
        counts: [1, 0, 2, 0, 0, 0, 1],
        count: 4,
        mean: 18_807,
        p50: 4096,
        p90: 65536,
        p99: 65536,
        max: 65536,
      },
    ]);
  });

  it('measure lifetimes and concurrency', () => {
    expect(lifetimes.sets[0]).toMatchObject({ count: 4, max: 2000 });
    expect(alive.sets[0]).toMatchObject({ count: 4, max: 1 });
  });

  it('count mappings alive at once', () => {
    const nested = new TraceText().map({ iova: 0xf000000 }).map({ iova: 0xe000000 }).map({ iova: 0xd000000 }).trace();
    expect(traceDistributions(nested, Uint32Array.of(0, 1, 2))[2].sets[0]).toMatchObject({ max: 3, p50: 2 });
  });

  it('set the costs of runs side by side over the same buckets', () => {
    const runs = [
      { runId: 'a', name: 'A', operationNs: ns },
      { runId: 'b', name: 'B', operationNs: ns.map(cost => cost / 100) },
    ];
    const costs = costDistribution(all, runs);
    expect(costs.edges[0]).toBe(0);
    expect(costs.edges.at(-1)).toBe(1024);
    expect(costs.sets.map(set => set.counts.reduce((sum, count) => sum + count, 0))).toEqual([8, 8]);
    expect(costs.modelled).toBe(true);
  });

  it('are empty where nothing is selected', () => {
    expect(traceDistributions(trace, new Uint32Array(0))[0]).toMatchObject({
      edges: [],
      sets: [{ count: 0, mean: 0, max: 0 }],
    });
  });
});

describe('divergence', () => {
  const baseline = Float32Array.from([100, 90, 400, 95, 100, 90, 50, 700]);

  it('finds where two runs part, widest first, whichever sign', () => {
    const found = diverge(trace, ns, baseline, 100, 2);
    expect(found).toMatchObject({ agreeing: 4, differing: 4 });
    expect(found.lines.map(({ line, ns: cost, baselineNs }) => [line, cost, baselineNs])).toEqual([
      [8, 950, 95],
      [3, 900, 90],
    ]);
  });

  it('adds the difference up over time', () => {
    const { times, cumulativeNs } = diverge(trace, ns, baseline, 100, 0);
    expect([...times]).toEqual([...trace.operations.time]);
    expect([...cumulativeNs]).toEqual([0, 810, 810, 1665, 1665, 2475, 2475, 2375]);
  });

  it('looks at a range alone', () => {
    const { time } = trace.operations;
    const found = diverge(trace, ns, baseline, 100, 9, { fromNs: time[6], toNs: Infinity });
    expect(found).toMatchObject({ agreeing: 1, differing: 1 });
    expect(found.lines).toHaveLength(1);
  });
});

describe('the outline', () => {
  it('splits at pauses into phases, devices and bursts, with their costs', () => {
    const text = new TraceText();
    for (const at of [0, 10_000, 900_000, 910_000]) text.map({ iova: 0xf0000000 + at * 4096, at });
    text.map({ iova: 0xd0000000, at: 920_000, device: '0000:00:06.0' });
    const made = text.trace();
    const phases = outline(made, { ns: Float32Array.from([1, 2, 3, 4, 5]) });
    expect(
      phases.map(({ name, fromLine, toLine, operations, ns: cost }) => [name, fromLine, toLine, operations, cost]),
    ).toEqual([
      ['Phase 1', 1, 4, 2, 3],
      ['Phase 2', 5, 10, 3, 12],
    ]);
    expect(phases[1].children.map(({ kind, name, operations }) => [kind, name, operations])).toEqual([
      ['device', '0000:00:04.0', 2],
      ['device', '0000:00:06.0', 1],
    ]);
    expect(phases[0].detail).toMatch(/^2 operations, 8 KiB in /);
  });
});

describe('the workload', () => {
  const valueOf = (title: string) => workload(trace, all).facts.find(fact => fact.title === title)?.value;

  it('is counted', () => {
    expect(valueOf('maps')).toBe(4);
    expect(valueOf('unmaps')).toBe(4);
    expect(valueOf('bytes mapped')).toBe(4096 + 65536 + 4096 + 1500);
    expect(valueOf('4 KiB pages mapped')).toBe(1 + 16 + 1 + 1);
  });

  it('of a part is that part’s', () => {
    const maps = workload(trace, selectOperations({ filter: 'size>8k' }, { trace }).operations).facts;
    expect(maps.find(fact => fact.title === 'bytes mapped')?.value).toBe(65536);
  });
});
