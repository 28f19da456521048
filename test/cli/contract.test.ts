import { describe, expect, it } from 'vitest';
import { smallTrace } from '../support/trace-text';
import { cli, cliJson } from './io';

const SAMPLE = 'samples/nvme-randread-4k-strict.perf.txt.xz';
const COMPONENTS = ['iova', 'pageTable', 'invalidation', 'lock', 'copy', 'exit', 'pin', 'other'];

interface ImportOutput {
  bytes: number;
  accountedBytes: number;
  skipped: { reason: string; count: number; firstLine: number; advice: string }[];
  [name: string]: unknown;
}

describe('import --json', () => {
  it('has the fields that other tools read', async () => {
    const output = await cliJson<ImportOutput>(['import', SAMPLE]);
    expect(output).toMatchObject({
      format: 'perf-script',
      bytes: expect.any(Number) as number,
      lines: 20_000,
      events: {
        'iommu:map': 4000,
        'iommu:unmap': 4000,
        'dma:dma_map_page': 4000,
        'dma:dma_unmap_page': 4000,
        'intel_iommu:qi_submit': 4000,
      },
      operations: { map: 4000, unmap: 4000, sync: 0, alloc: 0, free: 0 },
      mapSegments: 4000,
      unpaired: { unmapWithoutMap: 0, mapWithoutUnmap: 0 },
      lostEvents: 0,
      skipped: [],
      spanNs: expect.any(Number) as number,
      cpus: [0, 1],
      devices: [
        {
          name: '0000:00:04.0',
          maps: 4000,
          unmaps: 4000,
          mappedBytes: 4000 * 4096,
          directions: { FROM_DEVICE: 4000 },
        },
      ],
      recordedPolicy: { id: 'strict', evidence: expect.any(String) as string },
    });
    expect(output.accountedBytes).toBe(output.bytes);
  });

  it('locates what was skipped, and says what to do', async () => {
    const bytes = smallTrace().line('a damaged line').line('another').bytes;
    const output = await cliJson<ImportOutput>(['import', 't'], { files: { t: { bytes } } });
    expect(output.skipped).toMatchObject([{ count: 2, firstLine: 21, advice: expect.stringMatching(/\w/) as string }]);
    expect(output.accountedBytes).toBe(output.bytes);
  });
});

describe("a user's policy file", () => {
  it('is replayed with its parameters, which options change', async () => {
    const preset = { title: 'Short queue', policy: 'lazy', params: { slots: 16, timeoutMs: 5 }, loop: 'open' };
    const files = {
      t: { bytes: smallTrace().bytes },
      'short.iommu-policy.json': { bytes: new TextEncoder().encode(JSON.stringify(preset)) },
    };
    const replay = async (...options: string[]): Promise<Record<string, unknown>[]> => {
      const argv = ['replay', 't', '--policy', 'strict,short.iommu-policy.json', ...options, '--json'];
      return (await cliJson<{ scenarios: Record<string, unknown>[] }>(argv, { files })).scenarios;
    };
    const [strict, lazy] = await replay();
    expect(strict).toMatchObject({ policy: 'strict' });
    expect(lazy).toMatchObject({ policy: 'lazy', params: { slots: 16, timeoutMs: 5 } });
    const [, changed] = await replay('--param', 'lazy.slots=32');
    expect(changed).toMatchObject({ params: { slots: 32, timeoutMs: 5 } });
  });
});

interface ReplayOutput {
  trace: { fingerprint: string; operations: number };
  scenarios: Record<string, Record<string, unknown>>[];
}

describe('replay --json', () => {
  const argv = ['replay', SAMPLE, '--policy', 'strict,lazy', '--platform', 'vtd-bare-metal'];

  it('has the fields that other tools read', async () => {
    const { trace, scenarios } = await cliJson<ReplayOutput>([...argv, '--dirty', 'hw-read-clear']);
    expect(trace.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(trace.operations).toBe(8000);
    expect(scenarios.map(scenario => [scenario.policy, scenario.platform, scenario.dirtyTracking])).toEqual([
      ['strict', 'vtd-bare-metal', 'hw-read-clear'],
      ['lazy', 'vtd-bare-metal', 'hw-read-clear'],
    ]);
    for (const scenario of scenarios) {
      expect(Object.keys(scenario)).toEqual(
        expect.arrayContaining(['params', 'counters', 'time', 'exposure', 'memory', 'dirty']),
      );
      expect(Object.keys(scenario.counters)).toEqual(
        expect.arrayContaining(
          'maps unmaps pteWrites pteClears iovaAllocs iovaCacheHits iovaTreeAllocs invalidations invalidationWaits drains copies copiedBytes bounced exits ioctls faults'.split(
            ' ',
          ),
        ),
      );
      expect(Object.keys(scenario.counters.invalidations as object)).toEqual(
        expect.arrayContaining(['page', 'domain', 'global', 'device']),
      );
      expect(Object.keys(scenario.counters.drains as object)).toEqual(expect.arrayContaining(['full', 'timer']));
      expect(Object.keys(scenario.time.components as object).sort()).toEqual([...COMPONENTS].sort());
      expect(Object.keys(scenario.time)).toEqual(expect.arrayContaining(['cpuNs', 'makespanNs', 'speedup', 'band']));
      expect(Object.keys(scenario.exposure)).toEqual(
        expect.arrayContaining(
          'readablePagesPeak writablePagesPeak staleWindows stalePageNs staleMaxNs subPageBytesPeak'.split(' '),
        ),
      );
      expect(Object.keys(scenario.memory)).toEqual(
        expect.arrayContaining(['poolBytesPeak', 'iovaBytesPeak', 'pageTableBytesPeak', 'lockedBytesPeak']),
      );
      expect(Object.keys(scenario.dirty)).toEqual(
        expect.arrayContaining([
          'truthPages',
          'reportedPages',
          'missedPages',
          'overReportedPages',
          'extraInvalidations',
        ]),
      );
    }
    expect(scenarios[0].counters).toMatchObject({ unmaps: 4000, invalidations: { page: 4000 } });
    expect(scenarios[1].counters.invalidations).toMatchObject({ page: 0 });
  });

  it('keeps the cost inside its band, and the sum of its components', async () => {
    const { scenarios } = await cliJson<ReplayOutput>(argv);
    for (const { time } of scenarios) {
      const { cpuNs, band, components } = time as { cpuNs: number; band: number[]; components: Record<string, number> };
      expect(band[0]).toBeLessThanOrEqual(cpuNs);
      expect(band[1]).toBeGreaterThanOrEqual(cpuNs);
      expect(Object.values(components).reduce((sum, ns) => sum + ns, 0)).toBeCloseTo(cpuNs, 3);
    }
  });

  it('is the same text every time', async () => {
    const first = await cli([...argv, '--json']);
    const second = await cli([...argv, '--json']);
    expect(second.out).toBe(first.out);
    expect(first.out.endsWith('}\n')).toBe(true);
  });

  it('passes parameters and choices on', async () => {
    const options = ['--param', 'bounce-dynamic.slots=16', '--loop', 'closed', '--rogue-write-after', '5us'];
    const { scenarios } = await cliJson<ReplayOutput>(['replay', SAMPLE, '--policy', 'bounce-dynamic', ...options]);
    expect(scenarios[0]).toMatchObject({ params: { slots: 16 }, loop: 'closed' });
    expect(scenarios[0].exposure.rogue).toMatchObject({ injected: expect.any(Number) as number });
  });

  it('replays every policy on every platform', async () => {
    const { scenarios } = await cliJson<ReplayOutput>([
      'replay',
      SAMPLE,
      '--policy',
      'lazy,strict',
      '--platform',
      'amd-bare-metal,smmuv3',
    ]);
    expect(scenarios.map(scenario => [scenario.policy, scenario.platform])).toEqual([
      ['lazy', 'amd-bare-metal'],
      ['strict', 'amd-bare-metal'],
      ['lazy', 'smmuv3'],
      ['strict', 'smmuv3'],
    ]);
  });
});

describe('lists --json', () => {
  const ids = (items: { id: string }[]): string[] => items.map(item => item.id);

  it('have the ids of the contract', async () => {
    const policies = ids(await cliJson(['policies']));
    expect(policies).toEqual(
      expect.arrayContaining(
        'strict lazy passthrough ro-identity reuse bounce-dynamic swiotlb pasid-bypass pasid-iova pasid-kva-fast pasid-kva-strict untrusted'.split(
          ' ',
        ),
      ),
    );
    const platforms = ids(await cliJson(['platforms']));
    expect(platforms).toEqual(
      expect.arrayContaining('vtd-bare-metal amd-bare-metal smmuv3 virtio-iommu emulated-vtd nested-vtd'.split(' ')),
    );
    expect(ids(await cliJson(['formats'])).sort()).toEqual(['ftrace', 'perf-script', 'qemu-log', 'trace-cmd']);
  });

  it.each(['policies', 'platforms', 'formats'])('%s have an id, a title and a description', async list => {
    for (const item of await cliJson<Record<string, string>[]>([list])) {
      for (const field of ['id', 'title', 'description']) expect(item[field]).toMatch(/\w/);
    }
  });
});

describe('hotspots and sweep --json', () => {
  it('hotspots are sorted, and their shares are parts of the whole', async () => {
    const argv = [
      'hotspots',
      SAMPLE,
      '--policy',
      'strict',
      '--platform',
      'vtd-bare-metal',
      '--top',
      '5',
      '--by',
      'size',
    ];
    const { hotspots } = await cliJson<{ hotspots: { label: string; share: number; line: number }[] }>(argv);
    expect(hotspots).toMatchObject([{ label: '≤ 4 KiB', operations: 8000, share: 1 }]);
  });

  it('a sweep has a point for each value', async () => {
    const argv = ['sweep', SAMPLE, '--policy', 'bounce-dynamic', '--param', 'slots=1..16'];
    const [sweep] = await cliJson<{ points: { value: number; cpuNs: number }[]; parameter: { name: string } }[]>(argv);
    expect(sweep.parameter.name).toBe('slots');
    expect(sweep.points.map(point => point.value)).toEqual([1, 2, 4, 8, 16]);
    expect(sweep.points[0].cpuNs).toBeGreaterThan(sweep.points[4].cpuNs);
  });
});
