import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XzReadableStream } from 'xz-decompress';
import { beforeAll, describe, expect, it } from 'vitest';
import { findPlatform } from '../../src/platforms/registry';
import { calibrate, type Calibration, type CalibrationInput } from '../../src/platforms/calibrate/calibrate';
import { parseFunctionGraph } from '../../src/platforms/calibrate/function-graph';
import { tracerOverhead } from '../../src/platforms/calibrate/samples';
import { checkPlatform } from '../../src/platforms/load';
import vtd from '../../src/platforms/vtd-bare-metal.json';

const ROOT = join(__dirname, '../fixtures/timed/function-graph');
const base = checkPlatform(vtd);

async function recordings(kind: 'one-level' | 'nested-sample', policies: string[]): Promise<CalibrationInput[]> {
  const inputs: CalibrationInput[] = [];
  for (const policy of policies) {
    for (const file of readdirSync(join(ROOT, policy, kind)).sort()) {
      if (!file.includes('4k')) continue;
      const stream = new Blob([readFileSync(join(ROOT, policy, kind, file))]).stream();
      const text = await new Response(new XzReadableStream(stream as ReadableStream<Uint8Array>)).text();
      inputs.push({ name: `${policy}/${file}`, text });
    }
  }
  return inputs;
}

/** Map plus unmap of n pages by the calibrated prices, as the strict policy does them. */
function strictPair({ profile }: Calibration, pages: number): number {
  const price = (work: string): number => profile.costs[work].ns;
  const map = price('IovaCacheHit') + price('MapCall') + pages * price('PteWrite');
  const flush = price('PageInvalidation') + price('InvalidationWait');
  return map + price('TableWalk') + price('UnmapCall') + pages * price('PteClear') + flush + price('IovaCacheFree');
}

describe('calibrate, from function_graph recordings in virtual time', () => {
  let oneLevel: Calibration;
  beforeAll(async () => {
    const all = ['strict', 'lazy', 'passthrough', 'swiotlb'];
    oneLevel = calibrate(
      [...(await recordings('one-level', all)), ...(await recordings('nested-sample', all))],
      base,
      'mine',
    );
  });

  it('takes the tracer out of each call: about 715 ns in a leaf, 1411 ns per call below', () => {
    expect(oneLevel.overhead.leafNs).toBeGreaterThan(700);
    expect(oneLevel.overhead.leafNs).toBeLessThan(730);
    expect(oneLevel.overhead.descendantNs / oneLevel.overhead.leafNs).toBeCloseTo(2.004, 2);
  });

  it('explains the measured CPU difference strict − passthrough of contiguous I/O within 5 %', () => {
    const truth = JSON.parse(readFileSync(join(ROOT, '../timed-truth.json'), 'utf8')) as {
      policies: Record<string, Record<string, { cpu_ns_per_io: { mean: number } | number }>>;
    };
    const cpu = (policy: string, step: string): number => {
      const value = truth.policies[policy][step].cpu_ns_per_io;
      return typeof value === 'number' ? value : value.mean;
    };
    for (const [step, pages] of [
      ['nvme-randread-16k-h', 4],
      ['nvme-randread-64k-h', 16],
      ['nvme-randread-128k-h', 32],
    ] as const) {
      const measured = cpu('strict', step) - cpu('passthrough', step);
      expect(Math.abs(strictPair(oneLevel, pages) / measured - 1), step).toBeLessThan(0.05);
    }
  });

  it('keeps the base for what no recording shows, and says what was measured', () => {
    expect(oneLevel.measured).toContain('InvalidationWait');
    expect(oneLevel.measured).toContain('CopyByte');
    expect(oneLevel.measured).not.toContain('Exit');
    expect(oneLevel.profile.costs.IovaTreeAlloc).toEqual(base.costs.IovaTreeAlloc);
    expect(oneLevel.profile.costs.MapCall.provenance).toBe('calibrated');
    expect(oneLevel.profile.costs.MapCall.source).toMatch(/\d+ calls of iommu_map/);
  });

  it('keeps the base for growth with pages and bytes where buffers of one size were recorded', async () => {
    const all = await recordings('one-level', ['strict', 'swiotlb']);
    const { measured, profile } = calibrate(
      all.filter(({ name }) => name.includes('nvme-randread-4k')),
      base,
      'one-size',
    );
    expect(measured).toEqual(expect.arrayContaining(['MapCall', 'UnmapCall', 'CopyCall']));
    for (const work of ['PteWrite', 'PteClear', 'CopyByte']) {
      expect(measured).not.toContain(work);
      expect(profile.costs[work]).toEqual(base.costs[work]);
    }
  });

  it('yields a platform that passes the validation of user platforms', () => {
    expect(checkPlatform(JSON.parse(JSON.stringify(oneLevel.profile))).id).toBe('mine');
  });

  it('stays within 15 % from nested text alone, where every call below has to be taken out', async () => {
    const nested = calibrate(await recordings('nested-sample', ['strict', 'passthrough']), base, 'nested');
    expect(Math.abs(strictPair(nested, 16) / strictPair(oneLevel, 16) - 1)).toBeLessThan(0.15);
  });

  it('reads the three layouts alike', async () => {
    const inputs = (await recordings('nested-sample', ['strict'])).filter(i => i.name.includes('64k-h'));
    const first = inputs.map(i => parseFunctionGraph(i.name, i.text).functions.get('iommu_map')!);
    expect(first).toHaveLength(3);
    for (const calls of first) expect(calls.durationNs.slice(0, 3)).toEqual(first[0].durationNs.slice(0, 3));
    expect(new Set(first.flatMap(calls => calls.descendants))).toEqual(new Set([6]));
  });
});

describe('calibrate, from other tools', () => {
  const benchmark = `dma mapping benchmark: threads:1 seconds:20 node:-1 dir:BIDIRECTIONAL granule: 1
average map latency(us):1.1 standard deviation:0.3
average unmap latency(us):2.5 standard deviation:0.8
`;

  it('meets the totals of dma_map_benchmark, with its deviation as the band', () => {
    const { profile } = calibrate([{ name: 'bench-strict.txt', text: benchmark }], base, 'bench');
    const price = (work: string): number => profile.costs[work].ns;
    const map = price('OperationBase') + price('IovaCacheHit') + price('MapCall') + price('PteWrite');
    expect(map).toBeCloseTo(1100, 6);
    expect(profile.costs.MapCall.low).toBeLessThan(profile.costs.MapCall.ns);
    expect(profile.costs.MapCall.high).toBeGreaterThan(profile.costs.MapCall.ns);
  });

  it('takes each report of dma_map_benchmark at its granule: on SMMUv3 an unmap grows by a TLBI for each page', () => {
    const large = `dma mapping benchmark: threads:1 seconds:20 node:-1 dir:BIDIRECTIONAL granule: 256
average map latency(us):1.8 standard deviation:0.1
average unmap latency(us):23.1 standard deviation:0.9
`;
    const smmu = findPlatform('smmuv3')!;
    const { profile, used } = calibrate([{ name: 'strict.txt', text: benchmark + large }], smmu, 'bench');
    expect(used.map(({ pages, calls }) => [pages, calls])).toEqual([
      [1, 0],
      [256, 0],
    ]);
    const price = (work: string): number => profile.costs[work].ns;
    expect(price('PteClear')).toBeCloseTo(smmu.costs.PteClear.ns, 9);
    expect(price('InvalidationCommand') + price('PteClear')).toBeCloseTo((23_100 - 2500) / 255, 6);
    expect(price('PageInvalidation')).toBe(price('InvalidationCommand'));
    const unmap = ['OperationBase', 'TableWalk', 'UnmapCall', 'InvalidationWait', 'IovaCacheFree', 'PageInvalidation'];
    expect(unmap.reduce((sum, work) => sum + price(work), 0) + price('PteClear')).toBeCloseTo(2500, 6);
    expect(profile.costs.PteWrite.source).toMatch(/mean of dma_map_page_attrs; band: one deviation either way/);
  });

  it('takes a histogram of the invalidation alone', () => {
    const text = `Tracing 1 functions for "qi_submit_sync"... Hit Ctrl-C to end.
     nsecs               : count     distribution
      1024 -> 2047       : 90       |********************|
`;
    const { profile, measured } = calibrate([{ name: 'strict.funclatency', text }], base, 'wait');
    expect(measured).toEqual(['InvalidationWait', 'PageInvalidation']);
    expect(profile.costs.InvalidationWait.ns).toBe(1536);
  });

  it('reads funclatency histograms by their buckets', () => {
    const text = `Function = intel_iommu_tlb_sync [7]
     nsecs               : count     distribution
       512 -> 1023       : 3        |***                 |
      1024 -> 2047       : 90       |********************|
Function = dma_map_page_attrs
     nsecs               : count     distribution
       256 -> 511        : 10       |**                  |
Function = dma_unmap_page_attrs
     nsecs               : count     distribution
      2048 -> 4095       : 10       |**                  |
`;
    const { profile } = calibrate([{ name: 'strict.funclatency', text }], base, 'hist');
    expect(profile.costs.InvalidationWait.ns).toBeCloseTo((3 * 768 + 90 * 1536) / 93, 6);
  });

  it('refuses input that holds no price, naming each file and why', () => {
    expect(() => calibrate([{ name: 'notes.txt', text: 'hello' }], base, 'x')).toThrow(
      /notes\.txt: neither function_graph/,
    );
    const unnamed = '# tracer: function_graph\n 0)   1.498 us    |  dma_map_page_attrs();\n';
    expect(() => calibrate([{ name: 'a.txt', text: unnamed }], base, 'x')).toThrow(/policy shows neither/);
  });

  it('leaves out calls with an interrupt inside and calls that the recording cuts, and counts them', () => {
    const text = `# tracer: function_graph
 0)   1.000 us    |    }
 0)               |  iommu_map() {
 0)               |    irq_enter_rcu() {
 0)   0.704 us    |      tick();
 0)   2.000 us    |    }
 0)   9.000 us    |  }
 0)               |  iommu_map() {
 0)   0.704 us    |    leaf();
`;
    const graph = parseFunctionGraph('x', text);
    expect(graph.functions.has('iommu_map')).toBe(false);
    expect(graph.leftOut).toEqual({ interrupted: 1, cut: 2 });
  });

  it('has no tracer to take out of recordings without one', () => {
    expect(tracerOverhead([])).toEqual({ leafNs: 0, descendantNs: 0 });
  });
});
