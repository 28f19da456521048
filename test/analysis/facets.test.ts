import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { facets, type Facet, type FacetField } from '../../src/analysis/facets';
import { selectOperations, type TimeRange } from '../../src/analysis/select';
import { directionWords, kindWords } from '../../src/analysis/words';
import { importTrace } from '../../src/trace/import';
import type { Trace } from '../../src/trace/operations';
import { fixtureTrace } from '../support/fixture-traces';
import { smallTrace, TraceText } from '../support/trace-text';

const ALL = 1000;

function facetOf(trace: Trace, field: FacetField, filter: string, limit = ALL, range?: TimeRange): Facet {
  return facets({ filter, ...(range && { range }) }, { trace }, limit).find(facet => facet.field === field)!;
}

const countsOf = ({ values }: Facet): [string, number][] => values.map(({ label, count }) => [label, count]);
const selected = (trace: Trace, filter: string, range?: TimeRange): Uint32Array =>
  selectOperations({ filter, ...(range && { range }) }, { trace }).operations;

describe('facets of a trace', () => {
  const trace = smallTrace().trace();

  it('count the operations of each value, most frequent first', () => {
    const found = facets({ filter: '' }, { trace }, ALL).map(facet => [facet.field, countsOf(facet)]);
    expect(Object.fromEntries(found)).toEqual({
      op: [
        ['map', 4],
        ['unmap', 4],
      ],
      device: [
        ['0000:00:04.0', 6],
        ['0000:00:06.0', 2],
      ],
      domain: [
        ['0000:00:04.0', 6],
        ['0000:00:06.0', 2],
      ],
      dir: [
        ['FROM_DEVICE', 6],
        ['TO_DEVICE', 2],
      ],
      size: [
        ['4 KiB', 4],
        ['64 KiB', 2],
        ['1,500 B', 2],
      ],
      cpu: [
        ['CPU 0', 6],
        ['CPU 1', 2],
      ],
    });
  });

  it('name their values in the filter language', () => {
    const [op] = facetOf(trace, 'op', 'size>4k').values;
    expect(op).toMatchObject({ state: 'open', include: 'size>4k op:map', exclude: 'size>4k !op:map' });
    const includes = facets({ filter: '' }, { trace }, ALL).flatMap(({ values }) => values.map(value => value.include));
    expect(includes).toEqual([
      ...['op:map', 'op:unmap', 'device:0000:00:04.0', 'device:0000:00:06.0'],
      ...['domain:0000:00:04.0', 'domain:0000:00:06.0', 'dir:from', 'dir:to'],
      ...['size:4k', 'size:64k', 'size:1500', 'cpu:0', 'cpu:1'],
    ]);
  });

  it('count without their own terms, with all others', () => {
    const filter = 'op:map device:04.0 size>4k';
    expect(countsOf(facetOf(trace, 'op', filter))).toEqual([
      ['map', 1],
      ['unmap', 1],
    ]);
    expect(countsOf(facetOf(trace, 'size', filter))).toEqual([['64 KiB', 1]]);
    expect(facetOf(trace, 'op', filter)).toMatchObject({ cleared: 'device:04.0 size>4k' });
    expect(facetOf(trace, 'size', filter)).not.toHaveProperty('cleared');
  });

  it('tell what the filter includes and excludes, however it was written', () => {
    const states = ({ values }: Facet): string[] => values.map(({ label, state }) => `${label} ${state}`);
    expect(states(facetOf(trace, 'device', 'dev:04'))).toEqual(['0000:00:04.0 included', '0000:00:06.0 open']);
    expect(states(facetOf(trace, 'size', '!size:4KiB'))).toEqual(['4 KiB excluded', '64 KiB open', '1,500 B open']);
  });

  it('keep values of the filter in the list, also where they count nothing', () => {
    const { time } = trace.operations;
    const range = { fromNs: time[6], toNs: Infinity };
    expect(countsOf(facetOf(trace, 'device', 'device:04.0', ALL, range))).toEqual([
      ['0000:00:06.0', 2],
      ['0000:00:04.0', 0],
    ]);
    expect(facetOf(trace, 'size', 'size:1500', 1)).toMatchObject({
      values: [{ label: '1,500 B', state: 'included' }],
      more: 2,
    });
  });

  it('ask the run that they are given about cost', () => {
    const operationNs = Float32Array.from([100, 900, 400, 950, 100, 900, 50, 2600]);
    const [op] = facets({ filter: 'cost>500' }, { trace, operationNs }, ALL);
    expect(countsOf(op)).toEqual([['unmap', 4]]);
  });

  it('tell a name from one that it is a part of', () => {
    const text = new TraceText();
    for (const device of ['net', 'net/1', 'net/1']) {
      text.map({ iova: 0xfff00000, device }).unmap({ iova: 0xfff00000, device });
    }
    const made = text.trace();
    const { values } = facetOf(made, 'device', '');
    for (const { label, count, include, exclude } of values) {
      const ofValue = selected(made, include);
      expect(ofValue).toHaveLength(count);
      for (const i of ofValue) expect(made.operations.devices[made.operations.device[i]].name).toBe(label);
      expect(selected(made, exclude)).toHaveLength(made.operations.count - count);
    }
    expect(values.map(({ label, count }) => [label, count])).toEqual([
      ['net/1', 4],
      ['net', 2],
    ]);
  });
});

describe('facets of a recording', () => {
  /** The kernel's own words of each facet, read from the columns. */
  const NAIVE: Readonly<Record<FacetField, (trace: Trace, operation: number) => string>> = {
    op: ({ operations }, i) => kindWords(operations.kind[i]),
    device: ({ operations }, i) => operations.devices[operations.device[i]].name,
    domain: ({ operations }, i) => operations.domains[operations.domain[i]].name,
    dir: ({ operations }, i) => directionWords(operations.direction[i]),
    size: ({ operations }, i) => (operations.size[i] === 1024 ? '1 KiB' : `${operations.size[i]} B`),
    cpu: ({ operations }, i) => `CPU ${operations.cpu[i]}`,
  };
  const FIELDS = Object.keys(NAIVE) as FacetField[];

  let twoCards: Trace;
  let manySizes: Trace;

  beforeAll(async () => {
    twoCards = importTrace(await fixtureTrace('612-untrusted/igb-rx-8m/ftrace.txt.xz'));
    manySizes = importTrace(await fixtureTrace('612-strict/igb-tx-8m/perf-script.txt.xz'));
  });

  function naive(trace: Trace, field: FacetField, operations: Iterable<number>): [string, number][] {
    const counts = new Map<string, number>();
    for (const i of operations) {
      const label = NAIVE[field](trace, i);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    return [...counts].sort();
  }

  it.each(FIELDS)('%s counts what the columns hold', field => {
    const range = { fromNs: twoCards.operations.time[100], toNs: twoCards.operations.time[900] };
    for (const filter of ['', 'cpu>0 pages:1', 'line>500']) {
      expect(countsOf(facetOf(twoCards, field, filter, ALL, range)).sort()).toEqual(
        naive(twoCards, field, selected(twoCards, filter, range)),
      );
    }
  });

  it('lists no more than it is asked for, and tells how many there are', () => {
    const { values, more } = facetOf(manySizes, 'size', '', 12);
    expect(values.slice(0, 3).map(({ label, count, include }) => [label, count, include])).toEqual([
      ['54 B', 3044, 'size:54'],
      ['1 KiB', 744, 'size:1k'],
      ['1,460 B', 544, 'size:1460'],
    ]);
    expect(values).toHaveLength(12);
    expect(more).toBe(new Set(manySizes.operations.size).size - 12);
  });

  it('has in each facet that the filter leaves alone as many operations as match', () => {
    const terms = fc.subarray([
      'op:map',
      '!cpu:1',
      'dir:to,from',
      'size:54,1522',
      '!device:01.00',
      'line>300',
      'pages:1',
    ]);
    fc.assert(
      fc.property(terms, list => {
        const filter = list.join(' ');
        const matched = selected(twoCards, filter).length;
        for (const { values, cleared } of facets({ filter }, { trace: twoCards }, ALL)) {
          const sum = values.reduce((total, { count }) => total + count, 0);
          if (cleared === undefined) expect(sum).toBe(matched);
          else expect(sum).toBe(selected(twoCards, cleared).length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('quotes a name of several words', async () => {
    const guest = importTrace(await fixtureTrace('nested/05-switch-1dev/l2-switch.ftrace.txt.xz'));
    const [group] = facetOf(guest, 'domain', '').values;
    expect(group).toMatchObject({ label: 'group 1', count: guest.operations.count, include: 'domain:"group 1"' });
    expect(selected(guest, group.include)).toHaveLength(group.count);
  });

  it('counts just what a click would select, and leave', () => {
    for (const filter of ['', 'size>60', 'op:map size>60']) {
      for (const { values, cleared } of facets({ filter }, { trace: twoCards }, ALL)) {
        if (cleared !== undefined) continue;
        const matched = selected(twoCards, filter).length;
        for (const { count, include, exclude } of values) {
          expect(selected(twoCards, include), include).toHaveLength(count);
          expect(selected(twoCards, exclude), exclude).toHaveLength(matched - count);
        }
      }
    }
  });
});
