/** The baselines that everyone compares with, and the bounds that no policy can beat. */
import { describe, expect, it } from 'vitest';
import { platforms } from '../../src/platforms/registry';
import { policies } from '../../src/policies/registry';
import { play, told } from './support';

const BASELINES = ['strict', 'lazy', 'passthrough', 'swiotlb'];

describe.each(platforms.map(({ id }) => id))('baselines on %s', platform => {
  it('strict, lazy, passthrough and swiotlb do what their names say', async () => {
    const [strict, lazy, passthrough, swiotlb] = await Promise.all(
      BASELINES.map(policy => play('read', policy, { platform })),
    );
    expect(strict.counters).toMatchObject({ maps: 4000, unmaps: 4000, bounced: 0 });
    expect(passthrough.counters).toMatchObject({ maps: 0, unmaps: 0, invalidationWaits: 0, bounced: 0 });
    expect(swiotlb.counters).toMatchObject({ maps: 0, unmaps: 0, bounced: 4000 });
    expect(passthrough.exposure.writablePagesPeak).toBeGreaterThan(1000 * strict.exposure.writablePagesPeak);
    if (lazy.counters.drains.full + lazy.counters.drains.timer > 0) {
      expect(lazy.counters.invalidationWaits).toBeLessThan(strict.counters.invalidationWaits / 2);
      expect(lazy.exposure.staleMaxNs).toBeGreaterThan(100 * strict.exposure.staleMaxNs);
    } else {
      // Caching mode: the kernel is strict whatever is asked for, and so is the replay, which says so.
      expect(lazy.counters).toEqual(strict.counters);
      expect(told(lazy, 'info')).toContain('strict where lazy was asked for');
    }
  });

  it('no policy is cheaper than no IOMMU, and none that translates than perfect reuse', async () => {
    const ids = policies.filter(({ bound }) => !bound).map(({ id }) => id);
    const floor = await play('read', 'no-iommu', { platform });
    const reuse = await play('read', 'perfect-reuse', { platform });
    for (const policy of ids) {
      const { time, counters } = await play('read', policy, { platform });
      expect(time.cpuNs, policy).toBeGreaterThanOrEqual(floor.time.cpuNs);
      if (counters.maps > 0) expect(time.cpuNs, policy).toBeGreaterThanOrEqual(reuse.time.cpuNs);
    }
  });
});
