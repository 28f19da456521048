import { describe, expect, it } from 'vitest';
import { compareCounts, drainsOf, invalidationsTraced, isExact, replayAs } from '../validation/counts';
import { load, recording, RECORDINGS } from '../validation/corpus';
import { guestReplay, hostTruth, logOf, marksOf, MEMLOCK_06A, RUNS } from '../validation/machines';
import { median } from '../validation/markdown';
import { predictedWork, recordedWork } from '../validation/recorded';
import { calibrated, CONTIGUOUS, timedStep } from '../validation/time';

describe('a replay under the policy of the recording', () => {
  it.each(RECORDINGS)('does the work that the kernel recorded, to the last count: $boot $step', async r => {
    const comparison = await compareCounts(r);
    expect(comparison.predicted).toMatchObject({
      ...comparison.recorded,
      ...(invalidationsTraced(r.boot) ? {} : comparison.predicted),
      domainInvalidations: comparison.predicted.domainInvalidations,
    });
    expect(isExact(comparison)).toBe(true);
  });

  it('drains the flush queue as often as the kernel: each within 10 % in virtual time, the median of all within 8 %', async () => {
    const errors: number[] = [];
    for (const r of RECORDINGS.filter(r => r.policy === 'lazy')) {
      const drains = drainsOf(await compareCounts(r))!;
      const error = Math.abs(drains.predicted / drains.recorded - 1);
      if (r.boot === '612-lazy-icount') expect(error, r.step).toBeLessThanOrEqual(0.1);
      errors.push(error);
    }
    expect(median(errors)).toBeLessThanOrEqual(0.08);
  });
});

describe('a replay under another policy', () => {
  it.each(['nvme-randread-4k', 'nvme-randread-64k', 'e1000e-rx-8m', 'igb-tx-8m'])(
    'strict and lazy map, unmap, write and clear the same: %s',
    async step => {
      const { operations } = await load(recording('612-strict', step));
      const work = (policy: string): unknown => {
        const { counters } = replayAs(operations, policy, '612-strict');
        return [counters.maps, counters.unmaps, counters.pteWrites, counters.pteClears];
      };
      expect(work('lazy')).toEqual(work('strict'));
    },
  );

  it('bounces each buffer of an untrusted device once, as the recording of one does', async () => {
    const strict = await load(recording('612-strict', 'e1000e-rx-8m'));
    const untrusted = await load(recording('612-untrusted-5g', 'e1000e-rx-8m'));
    const predicted = predictedWork(replayAs(strict.operations, 'untrusted', '612-untrusted-5g'));
    const recorded = recordedWork(untrusted, true);
    expect(predicted.bounced / predicted.unmaps).toBe(recorded.bounced / recorded.unmaps);
    expect(predicted.mappedPages / predicted.maps).toBe(recorded.mappedPages / recorded.maps);
  });
});

describe('CPU time with prices calibrated on function_graph recordings', () => {
  it('differs between strict and passthrough as measured with nothing traced, within 5 % on contiguous buffers', async () => {
    const calibration = await calibrated();
    for (const step of CONTIGUOUS) {
      const { measured, above } = await timedStep(step, calibration);
      expect(Math.abs(above.strict / measured!.ns - 1), step).toBeLessThan(0.05);
    }
  });
});

describe('a guest behind an emulated VT-d', () => {
  it('asks QEMU for the notifications that QEMU logged, replayed from the guest’s own trace', async () => {
    const truth = hostTruth('01-strict-1dev-bb');
    expect(await guestReplay('01-strict-1dev-bb')).toEqual({
      mapIoctls: truth.vfio_map_notify,
      unmapIoctls: truth.vtd_page_walk_one_unmap,
    });
  });

  it.each(RUNS)('takes the VFIO ioctls that the host counted: %s', async run => {
    const truth = hostTruth(run);
    const report = await logOf(run);
    expect([report.mapIoctls, report.unmapIoctls]).toEqual([truth.l1_ioctl_map_dma, truth.l1_ioctl_unmap_dma]);
  });

  it.each(RUNS)('locks the memory that the host charged, at every mark: %s', async run => {
    for (const mark of await marksOf(run)) expect(mark.met, `${mark.name}: ${mark.recordedKiB} KiB`).toBe(true);
  });

  it('fails where QEMU failed when RLIMIT_MEMLOCK is below the guest’s RAM, and nowhere without a limit', async () => {
    expect((await logOf('06a-memlock-intel-1dev', MEMLOCK_06A)).failure).toMatchObject({
      line: 5,
      reason: 'locked-memory',
      wanted: 2 ** 28,
    });
    expect((await logOf('06a-memlock-intel-1dev')).failure).toBeUndefined();
  });

  it('switches views: RAM to the domain and back, with all RAM released and locked again', async () => {
    const { switches } = await logOf('05-switch-1dev');
    expect(switches.map(s => `${s.from}→${s.to}`)).toEqual([
      'none→ram',
      'ram→domain',
      'domain→ram',
      'ram→domain',
      'domain→ram',
    ]);
    expect(switches[1]).toMatchObject({ releasedBytes: 262400 * 1024, skippedRows: 1024 });
    expect(switches[2]).toMatchObject({ lockedBytes: 262400 * 1024 });
  });
});
