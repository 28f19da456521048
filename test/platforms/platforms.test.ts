import { describe, expect, it } from 'vitest';
import { Work } from '../../src/iommu/work';
import { checkPlatform, parsePlatform, PlatformError } from '../../src/platforms/load';
import type { Cost } from '../../src/platforms/profile';
import { findPlatform, platforms, resolvePlatform } from '../../src/platforms/registry';

function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof PlatformError) return error.problems;
    throw error;
  }
  return [];
}

/** A deep copy that a test may spoil. */
function copyOf(id: string): Record<string, unknown> {
  return structuredClone(findPlatform(id)) as unknown as Record<string, unknown>;
}

describe('the platforms that ship', () => {
  it('are the ones that the product names', () => {
    expect(platforms.map(platform => platform.id)).toEqual([
      'vtd-bare-metal',
      'amd-bare-metal',
      'smmuv3',
      'virtio-iommu',
      'virtio-iommu-6-8',
      'emulated-vtd',
      'nested-vtd',
    ]);
  });

  it.each(platforms.map(platform => [platform.id, platform] as const))(
    '%s prices only kinds of work that exist, each with a source and a band',
    (_, platform) => {
      for (const [name, cost] of Object.entries(platform.costs)) {
        expect(Work[name as keyof typeof Work], name).toBeTypeOf('number');
        expect(cost.source.length, name).toBeGreaterThan(20);
        expect(cost.low, name).toBeLessThanOrEqual(cost.ns);
        expect(cost.high, name).toBeGreaterThanOrEqual(cost.ns);
      }
    },
  );

  it.each(platforms.map(platform => [platform.id, platform] as const))(
    '%s presents no number as published that it does not know from a publication',
    (_, platform) => {
      for (const [name, cost] of Object.entries(platform.costs)) {
        if (/recalled|no figure|not checked/.test(cost.source)) expect(cost.provenance, name).toBe('assumed');
        if (cost.provenance === 'published') expect(cost.source, name).toMatch(/\d{4}|Coffee Lake|Altra|rIOMMU/);
      }
    },
  );

  it('vtd-bare-metal maps and unmaps at the kunit figures: 55 ns and 69 ns for a page, 391 and 210 for 256', () => {
    const costs = findPlatform('vtd-bare-metal')!.costs;
    const of = (fixed: Cost | undefined, each: Cost | undefined, n: number) => fixed!.ns + each!.ns * n;
    expect(of(costs.MapCall, costs.PteWrite, 1)).toBeCloseTo(55, 1);
    expect(of(costs.MapCall, costs.PteWrite, 256)).toBeCloseTo(391, 0);
    expect(of(costs.UnmapCall, costs.PteClear, 1)).toBeCloseTo(69, 1);
    expect(of(costs.UnmapCall, costs.PteClear, 256)).toBeCloseTo(210, 0);
    expect(costs.InvalidationWait).toMatchObject({ ns: 1000, low: 687, high: 2000 });
  });

  it('virtio-iommu carries the fit to the published bounce-buffer table', () => {
    const platform = findPlatform('virtio-iommu')!;
    const { Exit: exit, ViommuMapRequest: map, ViommuUnmapRequest: unmap } = platform.costs;
    expect([exit.ns + map.ns, exit.low + map.low, exit.high + map.high]).toEqual([11100, 3590, 11100]);
    expect([exit.ns + unmap.ns, exit.low + unmap.low, exit.high + unmap.high]).toEqual([10100, 4490, 10100]);
    expect(platform.costs.ViommuUnmapPage.ns).toBe(2950);
    expect(1 / platform.costs.CopyByte.ns).toBeCloseTo(13.5, 1);
    expect(1 / platform.copyBeyondCache!.ns).toBeCloseTo(8.3, 1);
    expect(platform.machine.llcBytes).toBe(6 * 2 ** 20);
    expect(platform.ioBase!.fixed.ns + platform.ioBase!.perPage.ns).toBe(12700);
    expect(platform.device).toMatchObject({ ceilingBytesPerSecond: 0.972e9, queueDepth: 64 });
  });

  it('virtio-iommu-6-8 is the same guest with a newer kernel: other behaviour, the same prices', () => {
    const before = findPlatform('virtio-iommu')!;
    const since = findPlatform('virtio-iommu-6-8')!;
    expect(since.costs).toEqual(before.costs);
    expect(since.machine).toEqual({ ...before.machine, mapWaitsEach: false, deferredFlush: true });
  });
});

describe("a user's platform", () => {
  it('may be given as JSON text wherever an id may', () => {
    const mine = { ...copyOf('vtd-bare-metal'), id: 'my-server', title: 'My server' };
    expect(resolvePlatform(JSON.stringify(mine)).title).toBe('My server');
    expect(resolvePlatform('smmuv3').machine.kind).toBe('smmuv3');
  });

  it('is told which ids exist when it names an unknown one', () => {
    expect(problemsOf(() => resolvePlatform('vtd'))[0]).toContain('vtd-bare-metal, amd-bare-metal');
  });

  it('is told where each of its mistakes is', () => {
    const mine = copyOf('vtd-bare-metal');
    mine.costs = { PteWrite: { ns: 3, low: 5, high: 9, source: 's', provenance: 'published' }, PteClear: { ns: 'x' } };
    (mine.machine as Record<string, unknown>).hz = 0;
    delete mine.title;
    mine.colour = 'red';
    const problems = problemsOf(() => checkPlatform(mine));
    expect(problems).toContain('title: missing');
    expect(problems).toContain('colour: no such entry');
    expect(problems).toContain('machine.hz: must be greater than 0');
    expect(problems).toContain('costs.PteWrite: the band must hold the value: low <= ns <= high');
    expect(problems).toContain('costs.PteClear.ns: a number is expected here');
  });

  it.each(['', '[]', '42', 'null', '{', '{"id":1}'])('never crashes: %j is refused in words', json => {
    expect(problemsOf(() => parsePlatform(json)).length).toBeGreaterThan(0);
  });
});
