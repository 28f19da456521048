import { describe, expect, it } from 'vitest';
import { replay } from '../../src/replay/replay';
import type { ReplayResult } from '../../src/replay/result';
import { DIRTY_TRACKING } from '../../src/replay/scenario';
import { buildScenario } from '../../src/replay/scenario-build';
import { Direction } from '../../src/trace/events';
import { OpKind, type OperationTable } from '../../src/trace/operations';
import { makeOperations, mapsAndUnmaps } from './make-operations';

function track(
  operations: OperationTable,
  policy: string,
  dirtyTracking: string,
  rogueWriteAfterNs?: number,
): ReplayResult {
  const rogue = rogueWriteAfterNs === undefined ? {} : { rogueWriteAfterNs };
  return replay(operations, buildScenario({ policy, platform: 'vtd-bare-metal', dirtyTracking, ...rogue }));
}

/** Half of the buffers are written by the device, half are only read by it. */
function bothWays(): OperationTable {
  return makeOperations(
    Array.from({ length: 200 }, (_, i) => {
      const common = { mapping: i, direction: i % 2 === 0 ? Direction.FromDevice : Direction.ToDevice };
      return [
        { ...common, kind: OpKind.Map, time: i * 10_000 },
        { ...common, kind: OpKind.Unmap, time: i * 10_000 + 5000 },
      ];
    }).flat(),
  );
}

describe('what is reported dirty', () => {
  it.each(DIRTY_TRACKING.filter(mode => mode !== 'none'))('%s: no device, no dirty page', mode => {
    expect(track(makeOperations([]), 'strict', mode).dirty).toMatchObject({ truthPages: 0, missedPages: 0 });
  });

  it('vfio-pinned: every page that was mapped, written or not; all of memory under passthrough', () => {
    expect(track(bothWays(), 'strict', 'vfio-pinned').dirty).toMatchObject({
      truthPages: 100,
      reportedPages: 200,
      missedPages: 0,
      overReportedPages: 100,
    });
    const { dirty, exposure } = track(bothWays(), 'passthrough', 'vfio-pinned');
    expect(dirty.reportedPages).toBe(exposure.writablePagesPeak);
    expect(dirty).toMatchObject({ truthPages: 100, missedPages: 0, overReportedPages: dirty.reportedPages - 100 });
  });

  it('viommu-invalidations: read-only mappings too, unless a read-only identity spares their invalidations', () => {
    expect(track(bothWays(), 'strict', 'viommu-invalidations').dirty).toMatchObject({
      truthPages: 100,
      reportedPages: 200,
      overReportedPages: 100,
    });
    expect(track(bothWays(), 'ro-identity', 'viommu-invalidations').dirty).toMatchObject({
      truthPages: 100,
      reportedPages: 100,
      missedPages: 0,
      overReportedPages: 0,
    });
  });

  it('viommu-invalidations: nothing under passthrough, where nothing is invalidated', () => {
    expect(track(bothWays(), 'passthrough', 'viommu-invalidations').dirty).toMatchObject({
      reportedPages: 0,
      missedPages: 100,
    });
  });

  it('hw-read-clear: loses what is unmapped between two reads, sees what lives through one', () => {
    const short = mapsAndUnmaps(100, { gapNs: 4e6, lifeNs: 1e6 });
    const { dirty, counters } = track(short, 'strict', 'hw-read-clear');
    expect(dirty.missedPages).toBeGreaterThan(90);
    expect(counters.invalidations.domain).toBe(dirty.extraInvalidations);
    const long = mapsAndUnmaps(10, { gapNs: 1e6, lifeNs: 250e6 });
    const seen = track(long, 'strict', 'hw-read-clear').dirty;
    expect(seen).toMatchObject({ truthPages: 10, reportedPages: 10, extraInvalidations: 2, walkedEntries: 20 });
  });

  it('hw-read-clear: a write to a 2 MiB leaf dirties 512 pages', () => {
    const one = makeOperations([{ kind: OpKind.Map, time: 0, mapping: 0, segments: [[0x40201000, 4096]] }]);
    expect(track(one, 'passthrough', 'hw-read-clear').dirty).toMatchObject({
      truthPages: 1,
      reportedPages: 512,
      overReportedPages: 511,
    });
  });
});

describe('unmapping what may still be written', () => {
  const trace = mapsAndUnmaps(200, { gapNs: 20_000 });

  it('misses nothing in any style when the device has stopped', () => {
    for (const style of ['unmap-get-dirty', 'get-then-unmap', 'wrprotect-get-unmap']) {
      const { dirty } = track(trace, 'strict', style);
      expect(dirty, style).toMatchObject({ truthPages: 200, reportedPages: 200, missedPages: 0, walkedEntries: 200 });
    }
  });

  it('costs one more IOTLB flush per unmap when entries are write-protected first, and none otherwise', () => {
    const plain = track(trace, 'strict', 'none').counters.invalidations.page;
    const flushes = (style: string) => track(trace, 'strict', style).counters.invalidations.page - plain;
    expect(flushes('unmap-get-dirty')).toBe(0);
    expect(flushes('get-then-unmap')).toBe(0);
    expect(flushes('wrprotect-get-unmap')).toBe(200);
    expect(track(trace, 'strict', 'wrprotect-get-unmap').dirty.extraInvalidations).toBe(200);
  });

  it('two calls lose writes in the window between them, one call does not, write-protection blocks them', () => {
    const within = 500;
    expect(track(trace, 'strict', 'get-then-unmap', within).dirty.missedPages).toBe(200);
    expect(track(trace, 'strict', 'unmap-get-dirty', within).dirty.missedPages).toBe(0);
    const blocked = track(trace, 'strict', 'wrprotect-get-unmap', within);
    expect(blocked.dirty.missedPages).toBe(0);
    expect(blocked.exposure.rogue).toMatchObject({ injected: 200, blocked: 200, staleHit: 0 });
  });

  it('one call loses writes as well when the invalidation is deferred', () => {
    expect(track(trace, 'lazy', 'unmap-get-dirty', 5000).dirty.missedPages).toBeGreaterThan(190);
    expect(track(trace, 'lazy', 'wrprotect-get-unmap', 5000).dirty.missedPages).toBe(0);
  });

  it('a write after the invalidation faults, dirties nothing and is counted', () => {
    const { dirty, exposure, counters } = track(trace, 'strict', 'get-then-unmap', 5000);
    expect(exposure.rogue).toMatchObject({ injected: 200, faulted: 200, staleHit: 0 });
    expect(counters.faults).toBe(200);
    expect(dirty.missedPages).toBe(0);
  });

  it('a write to a bounce page never reaches the buffer', () => {
    expect(track(trace, 'bounce-dynamic', 'unmap-get-dirty', 500).exposure.rogue).toMatchObject({ blocked: 200 });
  });
});

describe('dirty pages over time', () => {
  const seriesOf = (result: ReplayResult, id: string): number[] => [
    ...(result.series.find(entry => entry.id === id)?.values ?? []),
  ];

  it('each read reports the pages that are mapped writable, interval by interval', () => {
    const trace = mapsAndUnmaps(10, { gapNs: 1e6, lifeNs: 250e6 });
    const result = track(trace, 'strict', 'hw-read-clear');
    const { bucketNs } = result.series.find(entry => entry.id === 'dirty.reported')!;
    const reported = seriesOf(result, 'dirty.reported');
    const at = (time: number): number => reported[Math.floor(time / bucketNs)];
    expect([at(100e6), at(150e6), at(200e6)]).toEqual([10, 0, 10]);
    expect(Math.max(...seriesOf(result, 'dirtyPages'))).toBe(10);
    expect(seriesOf(result, 'dirty.invalidations').reduce((sum, value) => sum + value, 0)).toBe(2);
  });

  it('the interval is a fact of the machine', () => {
    const trace = mapsAndUnmaps(10, { gapNs: 1e6, lifeNs: 250e6 });
    const scenario = { policy: 'strict', platform: 'vtd-bare-metal', dirtyTracking: 'hw-read-clear' };
    const often = replay(trace, buildScenario({ ...scenario, machine: { dirtyIntervalNs: 50e6 } }));
    expect(often.dirty.extraInvalidations).toBe(5);
  });

  it('a read-only identity keeps pages that are only read out of the dirty set of invalidations', () => {
    const clean = (policy: string): number =>
      seriesOf(track(bothWays(), policy, 'viommu-invalidations'), 'dirty.overReported').reduce((a, b) => a + b, 0);
    expect(clean('strict')).toBe(100);
    expect(clean('ro-identity')).toBe(0);
  });

  it('shows when pages are lost', () => {
    const result = track(mapsAndUnmaps(100, { gapNs: 4e6, lifeNs: 1e6 }), 'strict', 'hw-read-clear');
    const missed = seriesOf(result, 'missedPages');
    expect(missed.at(-1)).toBe(result.dirty.missedPages);
    expect(missed[Math.floor(missed.length / 2)]).toBeLessThan(result.dirty.missedPages);
  });
});
