import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ScenarioRequest } from '../../src/service/api';
import { createEngine } from '../../src/service/engine';
import { memoryFiles } from '../support/memory-files';
import { smallTrace, TraceText } from '../support/trace-text';

const PLATFORM = 'vtd-bare-metal';
const STRICT: ScenarioRequest = { policy: 'strict', platform: PLATFORM };
const ALL_ROWS = { filter: '', runIds: [], offset: 0, count: 8 };
const LAZY: ScenarioRequest = { policy: 'lazy', platform: PLATFORM };

/** Enough operations that a replay or an import can be stopped half-way. */
const LONG = new TraceText();
for (let i = 0; i < 20_000; i++) LONG.map({ iova: 0xfff00000 }).unmap({ iova: 0xfff00000 });
const LONG_BYTES = LONG.bytes;

async function opened(text: TraceText = smallTrace(), engine = createEngine()) {
  const trace = await engine.open({ bytes: text.bytes, name: '/somewhere/trace.txt' });
  return { engine, trace };
}

async function replayed(...scenarios: ScenarioRequest[]) {
  const { engine, trace } = await opened();
  const { runs } = await engine.replay(trace.traceId, scenarios);
  return { engine, trace, runs };
}

describe('an opened trace', () => {
  it('is known by the digest of its text, compressed or not', async () => {
    const { bytes } = smallTrace();
    const fingerprint = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const engine = createEngine();
    expect((await engine.open({ bytes, name: 'a' })).fingerprint).toBe(fingerprint);
    expect((await engine.open({ bytes: gzipSync(bytes), name: 'a.gz' })).fingerprint).toBe(fingerprint);
  });

  it('tells what it holds', async () => {
    const { trace } = await opened();
    expect(trace.name).toBe('trace.txt');
    expect(trace.report.operations).toEqual({ map: 4, unmap: 4, sync: 0, alloc: 0, free: 0 });
    expect(trace.devices).toMatchObject([
      { name: '0000:00:04.0', maps: 3, unmaps: 3, mappedBytes: 4096 + 65536 + 4096, directions: { FROM_DEVICE: 3 } },
      { name: '0000:00:06.0', maps: 1, unmaps: 1, mappedBytes: 1500, directions: { TO_DEVICE: 1 } },
    ]);
  });

  it('accounts for an archive that is cut off', async () => {
    const archive = gzipSync(LONG_BYTES);
    const { report } = await createEngine().open({ bytes: archive.subarray(0, archive.length / 2), name: 'half.gz' });
    expect(report.operations.map).toBeGreaterThan(1000);
    expect(report.skipped).toContainEqual({
      reason: 'The archive is damaged or cut off',
      severity: 'error',
      count: 1,
      bytes: 0,
      firstLine: report.lines,
      meaning: expect.stringContaining(`only its first ${report.bytes} bytes of text could be read`) as string,
      advice: expect.stringContaining('Copy or download it again') as string,
    });
    expect(report.parsedBytes + report.ignoredBytes + report.skippedBytes).toBe(report.bytes);
  });

  it('is forgotten with its runs when closed', async () => {
    const { engine, trace, runs } = await replayed(STRICT);
    await engine.close(trace.traceId);
    await expect(engine.explain(trace.traceId, 1)).rejects.toMatchObject({ code: 'trace-not-open' });
    await expect(engine.hotspots(runs[0].runId, 'device', 1)).rejects.toMatchObject({ code: 'run-not-kept' });
  });

  it('is read whole as text, unless there is too much of it', async () => {
    const engine = createEngine();
    const { bytes } = smallTrace();
    const source = { bytes: gzipSync(bytes), name: 'trace.gz' };
    expect(Buffer.compare(await engine.text(source, 1e6), bytes)).toBe(0);
    await expect(engine.text(source, 100)).rejects.toMatchObject({
      name: 'EngineError',
      code: 'too-large',
      message: 'trace.gz holds more than the 0.0 MiB of text that can be shown.',
    });
  });
});

describe('a file that is no trace', () => {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  it.each([
    ['binary', new Uint8Array(5000), 'f: This is binary data, not text.'],
    ['perf.data', encode(`PERFILE2${'\0'.repeat(100)}`), 'f: This is a perf.data file, the binary recording of perf.'],
    ['prose', encode('Dear list,\nplease find attached\n'), 'f: None of the first lines is an event'],
    [
      'scheduler events',
      encode('fio 405 [000] 1.000000000: sched:sched_switch: prev_comm=fio\n'.repeat(9)),
      'f is a perf-script trace without DMA events: none among its 9 events (most of them sched:sched_switch).',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(createEngine().open({ bytes, name: 'f' })).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringContaining(message) as string,
      advice: expect.stringMatching(/\w/) as string,
    });
  });

  it('but tells of the IOMMU can be looked at, and not replayed', async () => {
    const text = new TraceText().event({}, 'iommu:add_device_to_group', 'IOMMU: groupID=1 device=0000:00:04.0');
    const { engine, trace } = await opened(text);
    expect(trace.report.operations.map).toBe(0);
    expect(await engine.outline(trace.traceId)).toEqual([]);
    await expect(engine.replay(trace.traceId, [STRICT])).rejects.toThrow('trace.txt holds no DMA operation to replay');
  });
});

describe('a replay', () => {
  it('yields a run for each scenario, named by what makes it special', async () => {
    const { runs } = await replayed(STRICT, {
      ...LAZY,
      loop: 'closed',
      scaleCpus: 8,
      dirtyTracking: 'hw-read-clear',
      rogueWriteAfterNs: 5000,
    });
    expect(runs.map(run => run.name)).toEqual([
      'Strict · Intel VT-d, bare metal',
      'Lazy · Intel VT-d, bare metal · dirty: hw-read-clear · closed loop · 8 CPUs · rogue writes after 5000 ns',
    ]);
    expect(runs[0]).toMatchObject({ policy: 'strict', counters: { invalidations: { page: 4 }, unmaps: 4 } });
    expect(runs[1].counters.invalidations.page).toBe(0);
  });

  it('names parameters that differ from their default', async () => {
    const { engine, trace } = await opened();
    const [policy] = (await engine.policies()).filter(({ id }) => id === 'bounce-dynamic');
    const [name, schema] = Object.entries(policy.parameters).find(([, { type }]) => type === 'integer')!;
    const params = { [name]: Number(schema.default) * 2 };
    const { runs } = await engine.replay(trace.traceId, [{ policy: policy.id, platform: PLATFORM, params }]);
    expect(runs[0].name).toContain(`(${name}=${Number(schema.default) * 2})`);
  });

  it('refuses what cannot run on the trace, with the reason, and runs the rest', async () => {
    const untold = new TraceText().event(
      {},
      'iommu:map',
      'IOMMU: iova=0xfff00000 - 0xfff01000 paddr=0x8e97000 size=4096',
    );
    const { engine, trace } = await opened(untold);
    const { runs, refused } = await engine.replay(trace.traceId, [STRICT, { ...STRICT, policy: 'ro-identity' }]);
    expect(runs.map(run => run.policy)).toEqual(['strict']);
    expect(refused).toMatchObject([
      { policy: 'ro-identity', platform: PLATFORM, reason: expect.stringMatching(/direction/) as string },
    ]);
  });

  it.each([
    [{ ...STRICT, policy: 'stricter' }, 'no policy called "stricter"'],
    [{ ...STRICT, platform: 'toaster' }, 'no platform called "toaster"'],
    [{ ...STRICT, platform: '{"id": 1}' }, 'platform: '],
    [{ ...STRICT, params: { speed: 9 } }, 'strict has no parameter "speed"'],
  ])('tells what is wrong with a scenario before running any: %o', async (scenario, message) => {
    const { engine, trace } = await opened();
    await expect(engine.replay(trace.traceId, [STRICT, scenario])).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringContaining(message) as string,
    });
  });

  it('can be cancelled, and leaves nothing behind', async () => {
    const engine = createEngine();
    const trace = await engine.open({ bytes: LONG_BYTES, name: 'long.txt' });
    const controller = new AbortController();
    const seen: string[] = [];
    const progress = (_: number, what: string): void => {
      seen.push(what);
      controller.abort();
    };
    const call = engine.replay(trace.traceId, [STRICT, LAZY], { signal: controller.signal, progress });
    await expect(call).rejects.toHaveProperty('name', 'AbortError');
    expect(seen).toEqual(['Replaying Strict · Intel VT-d, bare metal']);
    expect((await engine.explain(trace.traceId, 1))?.operation?.costs).toEqual([]);
  });

  it('gives the same numbers every time', async () => {
    const first = await replayed(LAZY);
    const second = await replayed(LAZY);
    expect(second.runs).toEqual(first.runs);
  });
});

describe('opening', () => {
  it('reports progress from 0 to 1, and can be cancelled', async () => {
    const bytes = LONG_BYTES;
    const fractions: number[] = [];
    const engine = createEngine(memoryFiles({ '/t': { bytes } }));
    await engine.open({ path: '/t' }, { progress: fraction => fractions.push(fraction) });
    expect(fractions.length).toBeGreaterThan(0);
    expect(fractions.every(fraction => fraction >= 0 && fraction <= 1)).toBe(true);
    const cancelled = engine.open({ path: '/t' }, { signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toHaveProperty('name', 'AbortError');
  });
});

describe('questions about runs', () => {
  it('are answered from the run asked about', async () => {
    const { engine, trace, runs } = await replayed(STRICT, LAZY);
    const [strict, lazy] = runs.map(run => run.runId);
    const [spot] = await engine.hotspots(strict, 'device', 1, lazy);
    expect(spot.label).toBe('0000:00:04.0');
    expect(spot.baselineNs).toBeLessThan(spot.totalNs);
    expect((await engine.annotations(strict, 1, 5, 100)).map(({ line }) => line)).toEqual([1, 3]);
    expect((await engine.explain(trace.traceId, 1))?.operation?.costs.map(cost => cost.name)).toEqual(
      runs.map(run => run.name),
    );
    expect((await engine.compare([strict, lazy], strict)).rows.length).toBeGreaterThan(10);
    expect((await engine.pareto([strict, lazy])).points).toHaveLength(2);
    expect((await engine.divergence(lazy, strict, { points: 10, top: 3 })).lines).toHaveLength(3);
    expect((await engine.sensitivity(strict)).bars[0].work).toMatch(/Invalidation/);
    expect(await engine.distributions(trace.traceId, [strict], { filter: '' })).toHaveLength(4);
    expect((await engine.outline(trace.traceId, strict, lazy))[0].ns).toBeGreaterThan(0);
    const page = await engine.operations(trace.traceId, {
      filter: 'cost>1',
      runIds: [strict, lazy],
      sort: { column: 'cost', runId: lazy, descending: true },
      offset: 0,
      count: 2,
    });
    expect(page.rows[0].costs[1]).toBeGreaterThanOrEqual(page.rows[1].costs[1]);
  });

  it('count the values of what is selected, by the costs of a run where the filter asks', async () => {
    const { engine, trace, runs } = await replayed(STRICT);
    const [{ runId }] = runs;
    const range = { fromNs: 0, toNs: (await engine.operations(trace.traceId, ALL_ROWS)).rows[6].timeNs };
    const [op, device] = await engine.facets(trace.traceId, { filter: 'op:map', range }, 12, runId);
    expect(op).toMatchObject({
      field: 'op',
      values: [
        { label: 'map', count: 3, state: 'included', include: '', exclude: '!op:map' },
        { label: 'unmap', count: 3, state: 'open', include: 'op:map,unmap', exclude: 'op:map !op:unmap' },
      ],
      cleared: '',
    });
    expect(device.values.map(({ label, count }) => [label, count])).toEqual([['0000:00:04.0', 3]]);
    const request = { filter: 'cost>500', runIds: [runId], offset: 0, count: 0 };
    const { matched } = await engine.operations(trace.traceId, request);
    const dear = await engine.facets(trace.traceId, { filter: 'cost>500' }, 12, runId);
    for (const { values } of dear) expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(matched);
    expect(matched).toBeLessThan(8);
    const { facts } = await engine.workload(trace.traceId, { filter: 'cost>500' }, runId);
    const [maps, unmaps] = ['maps', 'unmaps'].map(title => facts.find(fact => fact.title === title)!.value);
    expect(maps + unmaps).toBe(matched);
  });

  it('page through a table, and start over when it is another one', async () => {
    const { engine, trace, runs } = await replayed(STRICT, LAZY);
    const [strict, lazy] = runs.map(run => run.runId);
    const rows = async (filter: string, runId: string, offset: number, count: number): Promise<number[]> => {
      const sort = { column: 'cost', runId, descending: true } as const;
      const page = await engine.operations(trace.traceId, { filter, runIds: [strict, lazy], sort, offset, count });
      return page.rows.map(row => row.operation);
    };
    const whole = await rows('', strict, 0, 8);
    expect([...(await rows('', strict, 0, 3)), ...(await rows('', strict, 3, 5))]).toEqual(whole);
    expect(await rows('op:map', strict, 0, 8)).toEqual(whole.filter(operation => operation % 2 === 0));
    expect(await rows('', lazy, 0, 8)).not.toEqual(whole);
  });

  it('give the points of a series, and name those there are', async () => {
    const { engine, runs } = await replayed(STRICT);
    const [{ runId, series }] = runs;
    expect((await engine.series(runId, series[0].id, 0, Infinity, 8)).times.length).toBeLessThanOrEqual(8);
    await expect(engine.series(runId, 'nothing', 0, 1, 8)).rejects.toMatchObject({
      message: 'A replay has no series nothing.',
      advice: expect.stringContaining(series[0].id) as string,
    });
  });

  it('sweep a parameter of the policy, and the CPUs', async () => {
    const { engine, runs } = await replayed({ policy: 'bounce-dynamic', platform: PLATFORM });
    const parameters = await engine.sweepParameters(runs[0].runId);
    expect(parameters.find(({ name }) => name === 'cpus')).toMatchObject({ from: 2, current: 2 });
    const swept = await engine.sweep(runs[0].runId, 'cpus', 2, 4);
    expect(swept.points.map(point => point.value)).toEqual([2, 3, 4]);
    expect(swept.points[0].cpuNs).toBeCloseTo(runs[0].time.cpuNs, 6);
    await expect(engine.sweep(runs[0].runId, 'colour', 0, 1)).rejects.toThrow('has no parameter colour to sweep');
  });

  it('sweep the size of a cache, for its misses', async () => {
    const { engine, runs } = await replayed(STRICT);
    const { points, knee } = await engine.sweep(runs[0].runId, 'iotlbEntries', 1, 64);
    expect(points.map(point => point.value)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    const misses = points.map(point => point.iotlbMissesPer4k);
    expect(misses).toEqual([...misses].sort((a, b) => b - a));
    expect(new Set(points.map(point => point.cpuNs)).size).toBe(1);
    expect(knee?.of ?? 'misses').toBe('misses');
  });

  it('refuse to match the operations of two traces', async () => {
    const { engine, runs } = await replayed(STRICT);
    const other = await engine.open({ bytes: smallTrace().bytes, name: 'other' });
    const { runs: others } = await engine.replay(other.traceId, [STRICT]);
    await expect(engine.divergence(runs[0].runId, others[0].runId, { points: 1, top: 1 })).rejects.toThrow(
      'replayed another trace',
    );
  });

  it('are refused for runs that were forgotten', async () => {
    const { engine, runs } = await replayed(STRICT);
    await engine.forget(runs[0].runId);
    await expect(engine.compare([runs[0].runId], '')).rejects.toMatchObject({ code: 'run-not-kept' });
  });
});

describe('the catalogue', () => {
  it('lists policies, platforms with their prices, and formats', async () => {
    const engine = createEngine();
    expect((await engine.policies()).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['strict', 'lazy', 'passthrough']),
    );
    const platforms = await engine.platforms();
    expect(platforms.map(({ id }) => id)).toContain(PLATFORM);
    expect(platforms[0].costs.every(cost => cost.low <= cost.ns && cost.ns <= cost.high && cost.source !== '')).toBe(
      true,
    );
    expect((await engine.formats()).map(({ id }) => id).sort()).toEqual([
      'ftrace',
      'perf-script',
      'qemu-log',
      'trace-cmd',
    ]);
  });
});
