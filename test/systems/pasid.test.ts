/** System 4: in-kernel DMA with PASID. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildScenario, refusalOf } from '../../src/replay/scenario-build';
import { queueRows, worstQueueError } from '../published/command-queue';
import { commandLine, operationsOf, play, told, TRACES } from './support';

describe('in-kernel DMA with PASID', () => {
  it('4.1 pasid-bypass, pasid-iova, pasid-kva-fast and pasid-kva-strict: what each does per operation', async () => {
    const strict = await play('receive', 'strict');
    const bypass = await play('receive', 'pasid-bypass');
    const passthrough = await play('receive', 'passthrough');
    expect(bypass.counters).toEqual(passthrough.counters);
    expect(bypass.exposure.writablePagesPeak).toBe(passthrough.exposure.writablePagesPeak);
    const iova = await play('receive', 'pasid-iova');
    expect(iova.counters.iovaAllocs).toBe(strict.counters.iovaAllocs);
    expect(iova.counters.invalidations.page).toBe(2 * strict.counters.invalidations.page);
    const fast = await play('receive', 'pasid-kva-fast');
    expect(fast.counters).toMatchObject({ maps: 0, invalidations: { page: 0, domain: 0 } });
    expect(told(fast, 'warning')).toContain('Nothing invalidates the IOTLB');
    const careful = await play('receive', 'pasid-kva-strict');
    expect(careful.counters).toMatchObject({ iovaAllocs: 0, invalidations: { page: 5966 } });
    // Buffers share pages: an entry is written for the first and cleared after the last.
    expect(careful.counters.pteWrites).toBeLessThan(strict.counters.pteWrites / 2);
    expect(careful.exposure.writablePagesPeak).toBe(strict.exposure.writablePagesPeak);
  });

  it('4.2 what does the IOVA mode save over the plain DMA API? Nothing; one more descriptor per flush', async () => {
    const strict = await play('read', 'strict');
    const iova = await play('read', 'pasid-iova');
    const { invalidations, invalidatedPages, ...same } = strict.counters;
    expect(iova.counters).toMatchObject(same);
    expect(iova.counters.invalidations.page - invalidations.page).toBe(4000);
    expect(iova.counters.invalidatedPages).toBe(2 * invalidatedPages);
    expect(iova.time.cpuNs).toBeGreaterThanOrEqual(strict.time.cpuNs);
    const smmu = await Promise.all(
      ['strict', 'pasid-iova'].map(policy => play('read', policy, { platform: 'smmuv3' })),
    );
    expect(smmu[1].time.cpuNs).toBeGreaterThan(smmu[0].time.cpuNs);
  });

  it('4.3 smmuv3: waits for the command queue grow with the number of CPUs, at the published rates', async () => {
    const waits = await Promise.all(
      [2, 8, 32].map(async scaleCpus => {
        const { time } = await play('read', 'strict', { platform: 'smmuv3', loop: 'closed', scaleCpus });
        return time.components.lock / scaleCpus;
      }),
    );
    expect(waits[0]).toBe(0);
    expect(waits[1]).toBeGreaterThan(0);
    expect(waits[2]).toBeGreaterThan(2 * waits[1]);
    const rows = queueRows();
    expect(rows.map(({ cpus }) => cpus)).toEqual([8, 16, 32, 64]);
    expect(worstQueueError(rows)).toBeLessThan(0.1);
  });

  it('4.4 calibrate: a recording of map and unmap costs becomes a platform, with its spread', async () => {
    const recording = 'test/fixtures/timed/function-graph/strict/one-level';
    const paths = ['nvme-randread-4k.L0.txt.xz', 'nvme-randread-64k-h.L0.txt.xz'].map(name => `${recording}/${name}`);
    const { code, out } = await commandLine(['calibrate', ...paths, '--id', 'mine', '--json']);
    expect(code).toBe(0);
    const platform = JSON.parse(out) as {
      id: string;
      costs: Record<string, { ns: number; low: number; high: number; provenance: string }>;
    };
    const measured = Object.entries(platform.costs).filter(([, { provenance }]) => provenance === 'calibrated');
    expect(measured.length).toBeGreaterThan(2);
    const shipped = JSON.parse(readFileSync('src/platforms/vtd-bare-metal.json', 'utf8')) as typeof platform;
    for (const [work, { ns, low, high }] of measured) {
      expect(low <= ns && ns <= high).toBe(true);
      expect(ns).not.toBe(shipped.costs[work].ns);
    }
    const replayed = await play('read', 'strict', { platform: out });
    expect(replayed.scenario.platform.id).toBe('mine');
  });

  it('4.5 trust decides: an untrusted device gets neither bypass nor kva-fast, and the tool says why', async () => {
    const operations = await operationsOf('untrusted');
    const refusal = (policy: string) => refusalOf(operations, buildScenario({ policy, platform: 'vtd-bare-metal' }));
    for (const policy of ['pasid-bypass', 'pasid-kva-fast']) {
      expect(refusal(policy)).toMatch(/0000:01:00\.0 is untrusted \(external-facing port\).*Use pasid-iova/);
    }
    for (const policy of ['pasid-iova', 'pasid-kva-strict', 'untrusted']) expect(refusal(policy)).toBeUndefined();
    const { code, err } = await commandLine(['replay', TRACES.untrusted, '--policy', 'pasid-bypass']);
    expect(code).toBe(1);
    expect(err).toContain('is untrusted');
    expect(
      refusalOf(await operationsOf('read'), buildScenario({ policy: 'pasid-bypass', platform: 'vtd-bare-metal' })),
    ).toBeUndefined();
  });
});
