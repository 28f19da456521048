/** System 1: direction-split identity mapping. */
import { describe, expect, it } from 'vitest';
import { Work } from '../../src/iommu/work';
import { platforms } from '../../src/platforms/registry';
import { Direction } from '../../src/trace/events';
import { nsOfDirection, operationsOf, play, playMachine, told } from './support';

/** Receive buffers and sent buffers of the recording. */
const RECEIVED = 5749;
const SENT = 217;

describe('direction-split identity mapping', () => {
  it('1.1 ro-identity: TO_DEVICE costs no map, unmap or invalidation; the others are dynamic; the set-up is shown apart', async () => {
    const operations = await operationsOf('receive');
    const strict = await play('receive', 'strict');
    const split = await play('receive', 'ro-identity');
    expect(strict.counters).toMatchObject({ maps: RECEIVED + SENT, unmaps: RECEIVED + SENT });
    expect(split.counters).toMatchObject({
      maps: RECEIVED,
      unmaps: RECEIVED,
      iovaAllocs: RECEIVED,
      invalidations: { page: RECEIVED, domain: 0 },
    });
    const calls = 2 * SENT;
    const passthrough = await play('receive', 'passthrough');
    const toDevice = nsOfDirection(operations, split, Direction.ToDevice);
    expect(toDevice).toBeCloseTo(nsOfDirection(operations, passthrough, Direction.ToDevice), 0);
    expect(nsOfDirection(operations, strict, Direction.ToDevice)).toBeGreaterThan(toDevice + calls * 500);
  });

  it('1.1 ro-identity: the region of all memory is written once, with 4 KiB, 2 MiB or 1 GiB pages', async () => {
    const setUp = async (identityPage: string) => {
      const { setupWork, time, exposure } = await play('send', 'ro-identity', { params: { identityPage } });
      return { leaves: setupWork[Work.PteWrite], ns: time.setupNs, pages: exposure.readablePagesPeak };
    };
    const [small, large, huge] = await Promise.all(['4K', '2M', '1G'].map(setUp));
    expect(small.leaves).toBe(small.pages);
    expect(large.leaves).toBe(small.pages / 512);
    expect(huge.leaves).toBe(small.pages / 512 ** 2);
    expect(small.ns).toBeGreaterThan(100 * large.ns);
    expect(large.ns).toBeGreaterThan(huge.ns);
  });

  it('1.2 ro-identity: a device write through the region faults and is counted; dynamic IOVAs lie above memory', async () => {
    const options = { rogueWriteAfterNs: 5000 };
    const split = await play('send', 'ro-identity', options);
    expect(split.exposure.rogue).toMatchObject({ injected: 3178, faulted: 3178, hit: 0, staleHit: 0 });
    expect(split.counters.faults).toBe(3178);
    const open = await play('send', 'passthrough', options);
    expect(open.exposure.rogue).toMatchObject({ injected: 3178, hit: 3178, faulted: 0 });
    const { machine, ramPages } = await playMachine('receive', 'ro-identity');
    const allocated = machine.domains.map(domain => domain.iova.lowest);
    expect(Math.min(...allocated)).toBeGreaterThanOrEqual(ramPages);
    expect(Math.min(...allocated)).toBeLessThan(Infinity);
  });

  it('1.3 ro-identity: one domain with both regions, or a read-only and a read-write one, for the same work per operation', async () => {
    const one = await play('receive', 'ro-identity', { params: { domains: 'one' } });
    const two = await play('receive', 'ro-identity', { params: { domains: 'two' } });
    expect(two.counters).toEqual(one.counters);
    expect(two.setupWork[Work.PteWrite]).toBe(one.setupWork[Work.PteWrite]);
    expect(two.memory.pageTableBytesPeak).toBeGreaterThan(one.memory.pageTableBytesPeak);
  });

  it('1.4 ro-identity: the dynamic part is strict or lazy', async () => {
    const strict = await play('receive', 'ro-identity', { params: { dynamic: 'strict' } });
    const lazy = await play('receive', 'ro-identity', { params: { dynamic: 'lazy' } });
    expect(strict.counters.invalidations).toMatchObject({ page: RECEIVED, domain: 0 });
    expect(lazy.counters.invalidations.page).toBe(0);
    expect(lazy.counters.drains.timer + lazy.counters.drains.full).toBe(lazy.counters.invalidations.domain);
    expect(lazy.counters.invalidations.domain).toBeGreaterThan(0);
    expect(lazy.exposure.staleMaxNs).toBeGreaterThan(1e6);
    expect(lazy.time.cpuNs).toBeLessThan(0.5 * strict.time.cpuNs);
  });

  it('1.5 reuse: receive buffers are mapped once and recycled, alone and under ro-identity', async () => {
    const strict = await play('receive', 'strict');
    const reuse = await play('receive', 'reuse');
    const both = await play('receive', 'ro-identity', { params: { reuse: true } });
    expect(reuse.counters.unmaps).toBe(SENT);
    expect(reuse.counters.maps).toBeLessThan(strict.counters.maps / 4);
    expect(both.counters).toMatchObject({ unmaps: 0, invalidations: { page: 0, domain: 0 } });
    expect(both.counters.maps).toBe(reuse.counters.maps - SENT);
    expect(reuse.exposure.writablePagesPeak).toBeGreaterThan(strict.exposure.writablePagesPeak);
    const limited = await play('receive', 'reuse', { params: { limit: 64 } });
    expect(limited.counters.unmaps).toBeGreaterThan(reuse.counters.unmaps);
  });

  it('1.6 passthrough, ro-identity and strict compared on cost, and on what the device may read and write', async () => {
    const [open, split, closed] = await Promise.all(
      ['passthrough', 'ro-identity', 'strict'].map(policy => play('send', policy)),
    );
    expect(open.time.cpuNs).toBeLessThan(closed.time.cpuNs / 5);
    expect(split.time.cpuNs).toBeCloseTo(open.time.cpuNs, -2);
    const memory = open.exposure.readablePagesPeak;
    expect(open.exposure.writablePagesPeak).toBe(memory);
    expect(split.exposure).toMatchObject({ readablePagesPeak: memory, writablePagesPeak: 0 });
    expect(closed.exposure.readablePagesPeak).toBeLessThan(memory / 1000);
    expect(closed.exposure.writablePagesPeak).toBe(0);
  });

  it('1.7 ro-identity: invalidations of an emulated IOMMU give the pages being written, without those only read', async () => {
    const options = { platform: 'emulated-vtd', dirtyTracking: 'viommu-invalidations' };
    const strict = await play('receive', 'strict', options);
    const split = await play('receive', 'ro-identity', options);
    expect(strict.dirty).toMatchObject({ truthPages: 794, reportedPages: 800, missedPages: 0, overReportedPages: 6 });
    expect(split.dirty).toMatchObject({ truthPages: 794, reportedPages: 794, missedPages: 0, overReportedPages: 0 });
    expect(strict.counters.exits - split.counters.exits).toBe(2 * SENT);
    const { series } = split;
    expect(series.some(({ values }) => values.length > 10)).toBe(true);
  });

  it.each(platforms.map(({ id }) => id))('1.8 ro-identity works on %s', async platform => {
    const split = await play('receive', 'ro-identity', { platform });
    const strict = await play('receive', 'strict', { platform });
    expect(split.counters.maps).toBe(strict.counters.maps - SENT);
    expect(split.time.cpuNs).toBeLessThan(strict.time.cpuNs);
    expect(told(split, 'error')).toBe('');
  });
});
