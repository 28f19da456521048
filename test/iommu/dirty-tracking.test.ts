import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIRTY_RULES, type DirtyMode } from '../../src/iommu/dirty/dirty-mode';
import { DirtyCount, DirtyTracking } from '../../src/iommu/dirty/dirty-tracking';
import { Access } from '../../src/iommu/exposure';
import { GatedLog } from '../../src/iommu/gated-log';
import { Gauge, Gauges } from '../../src/iommu/gauges';
import { CountingLog } from '../../src/iommu/work';
import { ReferenceDirty, type Range } from '../reference/reference-dirty';

const RAM_PAGES = 64;
const LEAF_PAGES = 8;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('map' as const),
      page: fc.integer({ min: 0, max: RAM_PAGES - 8 }),
      pages: fc.integer({ min: 1, max: 6 }),
      access: fc.constantFrom(Access.Read, Access.Write, Access.Both),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('unmap' as const), which: fc.nat(100) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('stray' as const, 'open' as const),
      page: fc.integer({ min: 0, max: RAM_PAGES - 1 }),
      duringCall: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Both sides live through the steps; their levels and counts agree after each, their summaries at the end. */
function compare(mode: DirtyMode, open: boolean, steps: readonly Step[]): void {
  const gauges = new Gauges();
  const fast = new DirtyTracking(mode, new GatedLog(new CountingLog()), gauges, RAM_PAGES, LEAF_PAGES * 4096);
  if (open) fast.opened(Access.Both);
  const naive = new ReferenceDirty(mode, RAM_PAGES, open ? LEAF_PAGES : 0);
  const live: Range[] = [];
  const { coveredUntil, readsAtIntervals } = DIRTY_RULES[mode];
  for (const event of steps) {
    if (event.kind === 'map') {
      const range = { page: event.page, pages: event.pages, access: event.access };
      live.push(range);
      fast.mapped(range.page, range.pages, range.access);
      naive.map(range);
    } else if (event.kind === 'unmap') {
      if (live.length === 0) continue;
      const [range] = live.splice(event.which % live.length, 1);
      fast.unmapped(range.page, range.pages, range.access);
      naive.unmap(range);
    } else if (event.kind === 'stray') {
      fast.strayWrite(event.page, event.duringCall);
      naive.write(event.page, coveredUntil === 'window' || (coveredUntil === 'call' && event.duringCall));
    } else if (event.kind === 'open' && open) {
      fast.wroteOpen(event.page, 1);
      naive.write(event.page, false);
    } else if (event.kind === 'read' && readsAtIntervals) {
      fast.readTable(1, () => undefined);
      fast.reportRead();
      naive.read(true);
    }
    expect({ dirty: gauges.current[Gauge.DirtyPages], left: gauges.current[Gauge.LostPages] }).toEqual(naive.levels());
    expect({
      written: fast.counts[DirtyCount.Written],
      reported: fast.counts[DirtyCount.Reported],
      overReported: fast.counts[DirtyCount.OverReported],
    }).toEqual(naive.counts);
  }
  naive.read(false);
  expect(fast.finish()).toMatchObject(naive.summary());
}

describe('dirty tracking agrees with a naive one that goes through all mappings for each page', () => {
  it.each(Object.keys(DIRTY_RULES) as DirtyMode[])('%s', mode => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { maxLength: 60 }), (open, steps) => {
        compare(mode, open, steps);
      }),
      { numRuns: 500 },
    );
  });
});
