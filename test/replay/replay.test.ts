import { describe, expect, it } from 'vitest';
import { Work } from '../../src/iommu/work';
import type { PlatformProfile } from '../../src/platforms/profile';
import { findPlatform } from '../../src/platforms/registry';
import { replay, ReplayCancelled } from '../../src/replay/replay';
import { Replayer } from '../../src/replay/replayer';
import { buildScenario, type ScenarioOptions } from '../../src/replay/scenario-build';
import { Direction } from '../../src/trace/events';
import { OpFlag, OpKind, type OperationTable } from '../../src/trace/operations';
import { makeOperations, mapsAndUnmaps } from './make-operations';

function run(operations: OperationTable, options: Partial<ScenarioOptions> = {}) {
  return replay(operations, buildScenario({ policy: 'strict', platform: 'vtd-bare-metal', ...options }));
}

/** Bare-metal VT-d with the given prices only. */
function priced(ns: Record<string, number>): PlatformProfile {
  const base = findPlatform('vtd-bare-metal')!;
  const costs = Object.fromEntries(
    Object.entries(ns).map(([work, price]) => [
      work,
      { ns: price, low: price / 2, high: price * 3, source: 'made up for a test', provenance: 'assumed' as const },
    ]),
  );
  const { title, description, machine } = base;
  return { id: 'made-up', title, description, machine, costs, ...(base.device ? { device: base.device } : {}) };
}

describe('cost', () => {
  it('is what was counted times its price, by component', () => {
    const platform = priced({ PteWrite: 7, InvalidationWait: 100, IovaCacheHit: 3, IovaTreeAlloc: 3 });
    const { time, counters } = run(mapsAndUnmaps(50, { size: 8192 }), { platform });
    expect(counters).toMatchObject({ maps: 50, unmaps: 50, pteWrites: 100, invalidationWaits: 50, iovaAllocs: 50 });
    expect(time.components).toMatchObject({ pageTable: 700, invalidation: 5000, iova: 150, lock: 0, copy: 0 });
    expect(time.cpuNs).toBe(5850);
    expect(time.band).toEqual([5850 / 2, 5850 * 3]);
  });

  it('of each operation is what its call did, drains included', () => {
    const platform = priced({ PteWrite: 7, InvalidationWait: 100 });
    const { operationNs } = run(mapsAndUnmaps(3), { platform });
    expect([...operationNs]).toEqual([7, 100, 7, 100, 7, 100]);
    const lazy = run(mapsAndUnmaps(300, { gapNs: 1000, lifeNs: 500 }), { policy: 'lazy', platform });
    const drained = lazy.operationNs.findIndex((ns, row) => row % 2 === 1 && ns >= 100);
    expect(drained).toBe(2 * 255 + 1);
  });

  it('of copies depends on whether the buffers in flight fit the cache', () => {
    const platform: PlatformProfile = {
      ...priced({ CopyByte: 1 }),
      copyBeyondCache: { ns: 2, low: 2, high: 2, source: 'made up', provenance: 'assumed' },
    };
    platform.machine = { ...platform.machine, llcBytes: 4 * 65536 };
    const copies = (inFlight: number) => {
      const operations = mapsAndUnmaps(200, { size: 65536, gapNs: 1000, lifeNs: 1000 * inFlight + 500 });
      const { time, counters } = run(operations, { policy: 'swiotlb', platform });
      return time.components.copy / counters.copiedBytes;
    };
    expect(copies(1)).toBeCloseTo(1, 5);
    expect(copies(20)).toBeGreaterThan(1.7);
    expect(copies(20)).toBeLessThan(2);
  });

  it('names the kinds of work that the platform has no price for', () => {
    const { findings, time } = run(mapsAndUnmaps(5), { platform: priced({ PteWrite: 7 }) });
    expect(time.cpuNs).toBe(35);
    expect(findings.find(finding => finding.text.startsWith('No price'))?.text).toContain('InvalidationWait');
  });
});

describe('clocks', () => {
  it('start an operation when it was recorded, or when its CPU is free', () => {
    const platform = priced({ InvalidationWait: 30_000 });
    const { time, series } = run(mapsAndUnmaps(100, { gapNs: 1000, lifeNs: 500 }), { platform });
    expect(time.cpuNs).toBe(100 * 30_000);
    const invalidation = series.find(({ id }) => id === 'ns.invalidation')!;
    expect(invalidation.values.length * invalidation.bucketNs).toBeGreaterThan(99 * 30_000);
  });

  it('keep think time and replace cost in the makespan', () => {
    const operations = makeOperations([
      { kind: OpKind.Map, time: 0, mapping: 0, recordedNs: 400 },
      { kind: OpKind.Unmap, time: 1000, mapping: 0, recordedNs: 5000 },
      { kind: OpKind.Map, time: 10_000, mapping: 1, recordedNs: 400 },
    ]);
    const { time } = run(operations, { platform: priced({ PteWrite: 7, InvalidationWait: 100 }) });
    expect(time.makespanNs).toBe(7 + 600 + 100 + 4000 + 7);
  });

  it('are the same in both loops when nothing is shared', () => {
    const operations = mapsAndUnmaps(100, { cpus: 1 });
    const platform = priced({ PteWrite: 7, InvalidationWait: 100 });
    expect(run(operations, { platform, loop: 'closed' }).time.makespanNs).toBeCloseTo(
      run(operations, { platform, loop: 'open' }).time.makespanNs,
    );
  });

  it('stop at what the device can do', () => {
    const platform: PlatformProfile = {
      ...priced({ PteWrite: 7 }),
      device: { l0Ns: 1, lmNs: 0, ceilingBytesPerSecond: 1e9, source: 'made up' },
    };
    const { time, findings } = run(mapsAndUnmaps(1000, { size: 65536, gapNs: 100, lifeNs: 50 }), { platform });
    expect(time.makespanNs).toBe(1000 * 65536);
    expect(findings.some(({ text }) => text.includes('bound by the device'))).toBe(true);
  });
});

describe('what a trace holds besides maps and unmaps', () => {
  it('mappings from before the recording cost nothing to make and something to end', () => {
    const operations = makeOperations([
      { kind: OpKind.Unmap, time: 1000, mapping: 0, flags: OpFlag.MappedBefore },
      { kind: OpKind.Map, time: 2000, mapping: 1 },
    ]);
    const { counters, exposure, findings } = run(operations);
    expect(counters).toMatchObject({ maps: 1, unmaps: 1, pteWrites: 1, pteClears: 1 });
    expect(exposure.staleWindows).toBe(1);
    expect(findings.some(({ text }) => text.startsWith('1 mappings were made before'))).toBe(true);
  });

  it('maps that failed when recorded are left out, with their unmaps', () => {
    const operations = makeOperations([
      { kind: OpKind.Map, time: 0, mapping: 0, flags: OpFlag.Failed },
      { kind: OpKind.Map, time: 10, mapping: 1 },
      { kind: OpKind.Unmap, time: 20, mapping: 1 },
    ]);
    const { counters, findings } = run(operations);
    expect(counters).toMatchObject({ maps: 1, unmaps: 1, failedMaps: 0 });
    expect(findings.some(({ text }) => text.startsWith('1 maps failed when recorded'))).toBe(true);
  });

  it('mappings whose end the kernel does not show end at once', () => {
    const operations = makeOperations([{ kind: OpKind.Map, time: 0, mapping: 0, flags: OpFlag.EndNotRecorded }]);
    expect(run(operations).counters).toMatchObject({ maps: 1, unmaps: 1 });
  });

  it('nothing at all is a result like any other', () => {
    const { time, series, findings } = run(makeOperations([]));
    expect(time).toMatchObject({ cpuNs: 0, makespanNs: 0, speedup: 1 });
    expect(series).toEqual([]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('a replay', () => {
  it('gives the same result to the last bit when repeated', () => {
    const operations = mapsAndUnmaps(500, { cpus: 3, gapNs: 700, lifeNs: 3000 });
    for (const policy of ['strict', 'lazy', 'bounce-dynamic', 'swiotlb']) {
      expect(run(operations, { policy, scaleCpus: 6 })).toEqual(run(operations, { policy, scaleCpus: 6 }));
    }
  });

  it('scaled to more CPUs does the work of every copy', () => {
    const operations = mapsAndUnmaps(100, { cpus: 2 });
    const one = run(operations);
    const four = run(operations, { scaleCpus: 8 });
    expect(four.time.byCpu).toHaveLength(8);
    expect(four.counters.maps).toBe(4 * one.counters.maps);
    expect(four.work[Work.PteWrite]).toBe(4 * one.work[Work.PteWrite]);
    expect(four.operations).toBe(4 * one.operations);
    expect(four.exposure.writablePagesPeak).toBeGreaterThan(one.exposure.writablePagesPeak);
  });

  it.each([
    ['vtd-bare-metal', 'the invalidations of a domain'],
    ['emulated-vtd', 'the ioctls of a container'],
    ['virtio-iommu', 'the requests of a virtio-iommu'],
  ])('scaled to more CPUs on %s shows where strict collapses: %s wait for each other', platform => {
    const operations = mapsAndUnmaps(200, { gapNs: 4000 });
    const perCall = (policy: string, scaleCpus: number): number => {
      const { time, operations: count } = run(operations, { policy, platform, scaleCpus, loop: 'closed' });
      return time.cpuNs / count;
    };
    expect(perCall('strict', 16)).toBeGreaterThan(4 * perCall('strict', 1));
    expect(perCall('passthrough', 16)).toBeCloseTo(perCall('passthrough', 1), 6);
  });

  it('tells how far it is and stops when told to', () => {
    const operations = mapsAndUnmaps(30_000, { gapNs: 100, lifeNs: 50 });
    const seen: number[] = [];
    const scenario = buildScenario({ policy: 'passthrough', platform: 'vtd-bare-metal' });
    replay(operations, scenario, { progress: fraction => seen.push(fraction) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.every((fraction, i) => fraction > (seen[i - 1] ?? 0) && fraction <= 1)).toBe(true);
    expect(() => replay(operations, scenario, { cancelled: () => true })).toThrow(ReplayCancelled);
  });

  it('injects a write after each unmap when asked, which strict stops and lazy lets through', () => {
    const operations = mapsAndUnmaps(200, { gapNs: 20_000, lifeNs: 4000 });
    const rogue = (policy: string) => run(operations, { policy, rogueWriteAfterNs: 2000 }).exposure.rogue!;
    expect(rogue('strict')).toMatchObject({ injected: 200, faulted: 200, staleHit: 0 });
    const lazy = rogue('lazy');
    expect(lazy.injected).toBe(200);
    expect(lazy.staleHit).toBeGreaterThan(190);
    expect(rogue('passthrough')).toMatchObject({ injected: 200, hit: 200 });
  });

  it('shows no stale window and no reachable page that it should not: writable pages are those of the ring', () => {
    const { exposure } = run(mapsAndUnmaps(200, { gapNs: 10_000, lifeNs: 45_000, direction: Direction.FromDevice }));
    expect(exposure.readablePagesPeak).toBe(0);
    expect(exposure.writablePagesPeak).toBe(5);
  });
});

describe('speedup', () => {
  it('is over the policy that was recorded, on the same platform', () => {
    const replayer = new Replayer(mapsAndUnmaps(500), 'lazy');
    const scenario = (policy: string) => buildScenario({ policy, platform: 'vtd-bare-metal' });
    expect(replayer.replay(scenario('lazy')).time.speedup).toBe(1);
    const strict = replayer.replay(scenario('strict'));
    expect(strict.time.speedup).toBeLessThan(1);
    expect(strict.findings.some(({ text }) => text.includes('speedups are relative'))).toBe(false);
  });

  it('is over strict, and says so, when the trace does not show its policy', () => {
    const replayer = new Replayer(mapsAndUnmaps(500), 'unknown');
    const result = replayer.replay(buildScenario({ policy: 'passthrough', platform: 'vtd-bare-metal' }));
    expect(result.time.speedup).toBeGreaterThan(1);
    expect(result.findings.some(({ text }) => text.includes('speedups are relative to strict'))).toBe(true);
  });
});
