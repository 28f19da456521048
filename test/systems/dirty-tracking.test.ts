/** System 3: dirty tracking at unmap. */
import { describe, expect, it } from 'vitest';
import type { DirtyResult } from '../../src/replay/result';
import { DIRTY_TRACKING } from '../../src/replay/scenario';
import { play } from './support';

/** Pages that the device may have written in the recording of received packets, and pages that it may only read. */
const WRITTEN = 794;
const ONLY_READ = 6;
const MAPPED_BEFORE = 255;
/** Receive buffers: unmaps of what the device may write. */
const WRITABLE_UNMAPS = 5749;

async function dirtyOf(dirtyTracking: string, options: object = {}, policy = 'strict'): Promise<DirtyResult> {
  return (await play('receive', policy, { dirtyTracking, ...options })).dirty;
}

describe('dirty tracking', () => {
  it('3.1 tracking modes: nothing, all that is pinned, all that is invalidated, dirty bits at intervals', async () => {
    expect(await dirtyOf('none')).toMatchObject({ truthPages: 0, reportedPages: 0 });
    expect(await dirtyOf('vfio-pinned')).toMatchObject({
      truthPages: WRITTEN,
      reportedPages: WRITTEN + ONLY_READ,
      overReportedPages: ONLY_READ,
      missedPages: 0,
      walkedEntries: 0,
    });
    expect(await dirtyOf('viommu-invalidations')).toMatchObject({ reportedPages: WRITTEN + ONLY_READ, missedPages: 0 });
    const bits = await dirtyOf('hw-read-clear');
    // Bits of entries that come and go between two reads are never seen.
    expect(bits.missedPages).toBeGreaterThan(0);
    expect(bits.overReportedPages).toBe(0);
    expect(bits.extraInvalidations).toBeGreaterThan(10);
    expect(bits.walkedEntries).toBeGreaterThan(100 * bits.extraInvalidations);
  });

  it('3.1 page sizes: one write dirties 512 pages of a 2 MiB leaf; splitting it costs entries and longer walks', async () => {
    const whole = await play('receive', 'passthrough', { dirtyTracking: 'hw-read-clear' });
    const options = { dirtyTracking: 'hw-read-clear', machine: { dirtyLeafBytes: 4096 } };
    const split = await play('receive', 'passthrough', options);
    // Where the buffers lie that were mapped before the recording it does not tell: each stands for itself.
    expect((whole.dirty.reportedPages - MAPPED_BEFORE) % 512).toBe(0);
    expect(whole.dirty).toMatchObject({ truthPages: WRITTEN, missedPages: 0 });
    expect(whole.dirty.overReportedPages).toBe(whole.dirty.reportedPages - WRITTEN);
    expect(whole.dirty.overReportedPages).toBeGreaterThan(WRITTEN);
    expect(split.dirty).toMatchObject({
      truthPages: WRITTEN,
      reportedPages: WRITTEN,
      overReportedPages: 0,
      missedPages: 0,
    });
    expect(split.dirty.walkedEntries).toBe(512 * whole.dirty.walkedEntries);
    expect(split.time.setupNs).toBeGreaterThan(whole.time.setupNs);
    expect(split.time.cpuNs).toBeGreaterThan(whole.time.cpuNs);
  });

  it('3.2 unmap styles: one call, two calls, or write-protect first for one more IOTLB flush per unmap', async () => {
    const plain = await play('receive', 'strict');
    const styles = await Promise.all(
      ['unmap-get-dirty', 'get-then-unmap', 'wrprotect-get-unmap'].map(dirtyTracking =>
        play('receive', 'strict', { dirtyTracking }),
      ),
    );
    for (const { dirty } of styles) {
      expect(dirty).toMatchObject({
        truthPages: WRITTEN,
        reportedPages: WRITTEN,
        missedPages: 0,
        overReportedPages: 0,
      });
      expect(dirty.walkedEntries).toBe(styles[0].dirty.walkedEntries);
    }
    expect(styles.map(({ dirty }) => dirty.extraInvalidations)).toEqual([0, 0, WRITABLE_UNMAPS]);
    expect(styles.map(({ counters }) => counters.invalidations.page - plain.counters.invalidations.page)).toEqual([
      ...[0, 0, WRITABLE_UNMAPS],
    ]);
    expect(styles[2].time.cpuNs).toBeGreaterThan(1.5 * styles[0].time.cpuNs);
  });

  it('3.2 unmap styles: writes between the two calls are lost, those within the one call are not', async () => {
    const during = { rogueWriteAfterNs: 200 };
    expect((await dirtyOf('get-then-unmap', during)).missedPages).toBeGreaterThan(100);
    expect((await dirtyOf('unmap-get-dirty', during)).missedPages).toBe(0);
    expect((await dirtyOf('wrprotect-get-unmap', during)).missedPages).toBe(0);
  });

  it.each(DIRTY_TRACKING.filter(mode => mode !== 'none'))(
    '3.3 %s: reported = ground truth − missed + over-reported, with its cost',
    async dirtyTracking => {
      const { dirty, counters, time } = await play('receive', 'lazy', { dirtyTracking, rogueWriteAfterNs: 5000 });
      const never = dirty.truthPages - (dirty.reportedPages - dirty.overReportedPages);
      // A page that was reported before its last write counts as missed as well.
      expect(never).toBeLessThanOrEqual(dirty.missedPages);
      expect(never).toBeGreaterThanOrEqual(0);
      expect(dirty.truthPages).toBe(WRITTEN);
      const plain = await play('receive', 'lazy');
      const flushes = (of: typeof counters): number => of.invalidations.page + of.invalidations.domain;
      expect(flushes(counters) - flushes(plain.counters)).toBe(dirty.extraInvalidations);
      expect(time.cpuNs > plain.time.cpuNs).toBe(dirty.walkedEntries > 0);
    },
  );

  it('3.4 rogue writes: a stale hit before the invalidation, a fault after it, blocked where entries were write-protected', async () => {
    const fate = async (policy: string, rogueWriteAfterNs: number, dirtyTracking = 'none') =>
      (await play('receive', policy, { rogueWriteAfterNs, dirtyTracking })).exposure.rogue!;
    const sent = 217;
    expect(await fate('strict', 200)).toMatchObject({ injected: 5966, staleHit: WRITABLE_UNMAPS, faulted: sent });
    const late = await fate('strict', 5000);
    expect(late.staleHit).toBe(0);
    // A receive buffer's address may have been given to the next one by then.
    expect(late.faulted + late.hit).toBe(5966);
    expect(late.faulted).toBeGreaterThan(5900);
    expect((await fate('lazy', 5000)).staleHit).toBeGreaterThan(5700);
    expect(await fate('strict', 200, 'wrprotect-get-unmap')).toMatchObject({
      blocked: WRITABLE_UNMAPS,
      staleHit: 0,
      faulted: sent,
    });
    expect(await fate('bounce-dynamic', 5000)).toMatchObject({ blocked: WRITABLE_UNMAPS, staleHit: 0, faulted: sent });
    expect(await fate('passthrough', 5000)).toMatchObject({ hit: 5966 });
  });

  it('3.5 a normal unmap has the same window: only the flush guarantees that DMA has stopped', async () => {
    const strict = await play('receive', 'strict');
    const lazy = await play('receive', 'lazy');
    expect(strict.exposure.staleWindows).toBe(5966);
    expect(strict.exposure.staleMaxNs).toBeGreaterThan(0);
    expect(strict.exposure.staleMaxNs).toBeLessThan(1e5);
    expect(lazy.exposure.staleWindows).toBe(5966);
    expect(lazy.exposure.staleMaxNs).toBeGreaterThan(10e6);
    expect(lazy.exposure.stalePageNs).toBeGreaterThan(1000 * strict.exposure.stalePageNs);
  });
});
