import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fixtureTrace } from '../support/fixture-traces';
import { smallTrace, TraceText } from '../support/trace-text';
import { cli, cliJson } from './io';

const files = { 'disk.txt': { bytes: smallTrace().bytes }, 'disk.txt.gz': { bytes: gzipSync(smallTrace().bytes) } };
const on = { files };

async function lines(argv: readonly string[], surroundings = on): Promise<string[]> {
  const { code, out, err } = await cli(argv, surroundings);
  expect([code, err]).toEqual([0, '']);
  return out.split('\n');
}

describe('import', () => {
  it('tells people what the trace holds', async () => {
    const out = await lines(['import', 'disk.txt']);
    expect(out.join('\n')).toMatch(/accounted for {4}\d\S* KiB parsed, 0 B of no use here, 0 B skipped/);
    expect(out.join('\n')).toMatch(/maps, unmaps {5}4, 4/);
    expect(out.join('\n')).toMatch(/0000:00:06\.0 +0000:00:06\.0 +1 +1 +1\.46 KiB +TO_DEVICE 1/);
    expect(out.join('\n')).toMatch(/iommu:map +4/);
  });

  it('reads compressed files and standard input alike', async () => {
    const plain = await cliJson<Record<string, unknown>>(['import', 'disk.txt'], on);
    const gz = await cliJson<Record<string, unknown>>(['import', 'disk.txt.gz'], on);
    const piped = await cliJson<Record<string, unknown>>(['import', '-'], { stdin: [smallTrace().bytes] });
    expect({ ...gz, name: '' }).toEqual({ ...plain, name: '' });
    expect({ ...piped, name: '' }).toEqual({ ...plain, name: '' });
  });

  it('lists assumptions and skipped lines', async () => {
    const bytes = new TraceText()
      .event({}, 'iommu:map', 'IOMMU: iova=0xfff00000 - 0xfff01000 paddr=0x8e97000 size=4096')
      .line('?').bytes;
    const out = (await lines(['import', 't'], { files: { ...files, t: { bytes } } } as typeof on)).join('\n');
    expect(out).toMatch(/^warning: 1 × Line is not in the format of this trace, first at line 2\./m);
    expect(out).toMatch(/^assumed: No event tells the direction of 1 operations/m);
  });
});

describe('replay', () => {
  const argv = ['replay', 'disk.txt', '--policy', 'strict,lazy'];

  it('shows runs side by side, tells counted from modelled, and names platform and prices', async () => {
    const out = (await lines(argv)).join('\n');
    expect(out).toMatch(/^disk\.txt: 8 operations, recorded under strict \(/);
    expect(out).toMatch(/^Platform: Intel VT-d, bare metal$/m);
    expect(out).toMatch(/^costs +≈ CPU time +≈ band +≈ Δ/m);
    expect(out).toMatch(/^exposes and holds +.*≈ stale at most +/m);
    expect(
      Math.max(
        ...out
          .split('\n\n')[1]
          .split('\n')
          .map(text => text.length),
      ),
    ).toBeLessThan(121);
    expect(out).toMatch(/^≈ {2}CPU time in DMA calls +\S+ \S+ +\S+ \S+ +−\d+\.\d %$/m);
    expect(out).toMatch(/^= {2}invalidations, page-selective +4 +0 +−100 %$/m);
    expect(out).toContain(
      "= counted from the trace and the rules of the kernel   ≈ modelled with the platform's prices",
    );
    expect(out).toContain('iommu-replay platforms vtd-bare-metal');
  });

  it('compares with the recorded policy unless told otherwise', async () => {
    const head = (out: string[]): string => out.find(line => line.includes('figure'))!;
    expect(head(await lines(['replay', 'disk.txt', '--policy', 'lazy,strict']))).toMatch(/Lazy +Δ +Strict$/);
    expect(head(await lines([...argv, '--baseline', 'lazy']))).toMatch(/Strict +Δ +Lazy$/);
  });

  it('shows every figure of many runs only when asked to', async () => {
    const many = ['replay', 'disk.txt', '--policy', 'strict,lazy,passthrough,reuse,swiotlb'];
    expect((await lines(many)).join('\n')).not.toContain('page-table entries written');
    expect((await lines([...many, '--all-figures'])).join('\n')).toContain('page-table entries written');
  });

  it('warns when platforms differ', async () => {
    const out = await lines([...argv, '--platform', 'vtd-bare-metal,amd-bare-metal']);
    expect(out.join('\n')).toMatch(/^warning: Different platforms: the prices behind/m);
  });

  it('prints CSV with bare numbers', async () => {
    const out = await lines([...argv, '--csv']);
    expect(out[0]).toBe('id,figure,unit,kind,"Strict · Intel VT-d, bare metal","Lazy · Intel VT-d, bare metal"\r');
    expect(out).toContain('counters.invalidations.page,"invalidations, page-selective",,counted,4,0\r');
  });

  it('prints Markdown', async () => {
    const out = await lines([...argv, '--markdown']);
    expect(out.some(line => /^\| ≈ +\| CPU time in DMA calls +\|/.test(line))).toBe(true);
    expect(out.some(line => line.startsWith('| --'))).toBe(true);
  });

  it('shows progress only on a terminal, and leaves nothing of it', async () => {
    const text = new TraceText();
    for (let i = 0; i < 5000; i++) text.map({ iova: 0xfff00000 }).unmap({ iova: 0xfff00000 });
    const long = { files: { t: { bytes: text.bytes } } };
    const shown = await cli(['replay', 't', '--policy', 'strict'], { ...long, terminal: true });
    expect(shown.err).toContain('Reading the trace');
    expect(shown.err.endsWith('\r\x1b[K')).toBe(true);
    expect((await cli(['replay', 't', '--policy', 'strict'], long)).err).toBe('');
  });

  it('takes a platform of one’s own', async () => {
    const [known] = await cliJson<{ id: string }[]>(['platforms', 'vtd-bare-metal']);
    expect(known.id).toBe('vtd-bare-metal');
    const calibrated = await cli(['calibrate', 'calib', '-o', 'mine.json', '--id', 'mine'], {
      files: { calib: { bytes: await fixtureFunctionGraph() } },
    });
    expect(calibrated.code).toBe(0);
    const mine = new TextEncoder().encode(calibrated.written['mine.json']);
    const output = await cliJson<{ scenarios: { platform: string }[] }>(
      ['replay', 'disk.txt', '--policy', 'strict', '--platform', './mine.json'],
      {
        files: { ...files, './mine.json': { bytes: mine } },
      },
    );
    expect(output.scenarios[0].platform).toBe('mine');
    const own = { files: { './mine.json': { bytes: mine }, './bad.json': { bytes: new TextEncoder().encode('{}') } } };
    const told = (await cli(['platforms', './mine.json'], own)).out;
    expect(told).toMatch(/^mine: Intel VT-d, bare metal, calibrated$/m);
    expect(told).toMatch(/^InvalidationWait +invalidation +\S+ +\S+ +\S+ +calibrated/m);
    const text = (
      await cli(['replay', 'disk.txt', '--policy', 'strict', '--platform', './mine.json'], {
        files: { ...files, ...own.files },
      })
    ).out;
    expect(text).toContain('Prices, with their sources and bands: iommu-replay platforms ./mine.json');
    const bad = await cli(['platforms', './bad.json'], own);
    expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('The file is no platform: id: missing')]);
  });
});

/** A function_graph text of DMA calls: 100 maps and unmaps of one page under strict. */
function fixtureFunctionGraph(): Promise<Uint8Array> {
  const calls = Array.from({ length: 100 }, (_, i) => [
    ` 0)   0.${100 + (i % 10)} us    |  dma_map_page_attrs();`,
    ` 0)   1.${200 + (i % 10)} us    |  dma_unmap_page_attrs();`,
    ` 0)   0.${400 + (i % 10)} us    |  intel_iommu_tlb_sync();`,
    ` 0)   0.0${20 + (i % 10)} us    |  alloc_iova_fast();`,
    ` 0)   0.0${20 + (i % 10)} us    |  free_iova_fast();`,
  ]).flat();
  return Promise.resolve(new TextEncoder().encode(`# tracer: function_graph\n#\n${calls.join('\n')}\n`));
}

describe('hotspots', () => {
  it('show where the time goes, beside a second policy', async () => {
    const out = await lines(['hotspots', 'disk.txt', '--policy', 'strict,lazy', '--by', 'device', '--top', '1']);
    expect(out[0]).toBe('disk.txt under Strict · Intel VT-d, bare metal: ≈ modelled CPU time by device');
    expect(out[2]).toMatch(/^# +device +operations +≈ total +share +≈ mean +≈ max +≈ Lazy +Δ +line of max$/);
    expect(out[3]).toMatch(/^1 +0000:00:04\.0 +6 /);
    expect(out).toHaveLength(5);
  });

  it('print CSV', async () => {
    const out = await lines(['hotspots', 'disk.txt', '--policy', 'strict', '--by', 'line', '--top', '1', '--csv']);
    expect(out[0]).toBe('label,operations,totalNs,share,meanNs,maxNs,baselineNs,line\r');
    expect(out[1]).toMatch(/^line 6: map 64 KiB FROM_DEVICE 0000:00:04\.0,1,/);
  });
});

describe('lists', () => {
  it('tell all about one', async () => {
    const policy = (await lines(['policies', 'bounce-dynamic'])).join('\n');
    expect(policy).toMatch(/^Exposes: {2}\S/m);
    expect(policy).toMatch(/^Source: {3}\S/m);
    expect(policy).toMatch(/^threshold +\d+ +\d+\.\.\d+ +KiB/m);
    expect((await lines(['platforms', 'virtio-iommu'])).join('\n')).toMatch(
      /^Exit +exit +\d+ +\d+ +\d+ +published|derived|assumed/m,
    );
    expect((await lines(['formats', 'ftrace'])).join('\n')).toContain('Record it:');
    expect((await lines(['policies', 'no-iommu'])).join('\n')).toContain('A bound that no policy can beat');
  });
});

describe('looking into a trace', () => {
  it('cost in a filter needs a policy', async () => {
    expect((await cli(['filter', 'disk.txt', 'cost>2us'], on)).err).toContain('name a policy with --policy');
  });

  it('filter lists operations, with their costs', async () => {
    const out = await lines(['filter', 'disk.txt', 'op:unmap size>4k', '--policy', 'strict']);
    expect(out[1]).toMatch(/^ +8 +\S+ µs +unmap +0000:00:04\.0 +FROM_DEVICE +64 KiB +0 +\S+ µs$/);
    expect(out[3]).toBe('1 of 8 operations, 1 shown');
  });

  it('filter counts the values to go on with', async () => {
    const out = (await lines(['filter', 'disk.txt', 'size>2k', '--facets', '--limit', '1'])).join('\n');
    expect(out).toMatch(/^dir +FROM_DEVICE +6 +size>2k dir:from +size>2k !dir:from$/m);
    expect(out).toMatch(/^size +4 KiB +4 +size>2k size:4k +size>2k !size:4k$/m);
    expect(out).toMatch(/^size +1 more value$/m);
    const json = JSON.parse((await lines(['filter', 'disk.txt', 'size>2k', '--facets', '--json'])).join('')) as unknown;
    expect(json).toMatchObject({
      matched: 6,
      facets: [
        {
          field: 'op',
          more: 0,
          values: [
            { label: 'map', count: 3 },
            { label: 'unmap', count: 3 },
          ],
        },
        { field: 'device' },
        { field: 'domain' },
        { field: 'dir' },
        { field: 'size' },
        { field: 'cpu' },
      ],
    });
  });

  it('explain tells about a line', async () => {
    const out = (await lines(['explain', 'disk.txt', '8'])).join('\n');
    expect(out).toMatch(/^line 8: iommu:unmap/);
    expect(out).toMatch(/^other end +line 6$/m);
    const { code, err } = await cli(['explain', 'disk.txt', '99'], on);
    expect([code, err]).toEqual([1, 'iommu-replay: disk.txt has no line 99. It has 20 lines.\n']);
    const headed = { files: { t: { bytes: new TextEncoder().encode(`# a header\n${smallTrace().text}`) } } };
    expect((await cli(['explain', 't', '1'], headed)).err).toContain('Line 1 of t holds no event of use. Headers and');
  });

  it('diagnose finds what looks wrong', async () => {
    expect(await lines(['diagnose', 'disk.txt'])).toEqual(['Nothing looks wrong in 8 operations.', '']);
    const bytes = smallTrace().unmap({ iova: 0xfff00000 }).bytes;
    const out = await lines(['diagnose', 't'], { files: { ...files, t: { bytes } } } as typeof on);
    expect(out[1]).toMatch(/^ +21 +error +Double unmap\? 0xfff00000 was already unmapped on {2,}\S/);
    expect(out[2]).toMatch(/^ {12,}line 13/);
  });

  it('locked follows the memory that a VMM locks, and fails when it exceeds a limit', async () => {
    const log = { files: { log: { bytes: await fixtureTrace('nested/01-strict-1dev-bb/qemu-trace.log.xz') } } };
    const fits = await cli(['locked', 'log'], log);
    expect(fits.code).toBe(0);
    expect(fits.out).toMatch(/^limits +none was exceeded$/m);
    expect(fits.out).toMatch(/^ram → domain +\d+/m);
    const exceeded = await cli(['locked', 'log', '--memlock', '64MiB'], log);
    expect(exceeded.code).toBe(1);
    expect(exceeded.out).toMatch(/^limits +locked-memory exceeded at line \d+: \S+ MiB wanted, 64 MiB allowed$/m);
    expect((await cli(['locked', 'disk.txt'], on)).err).toContain("disk.txt does not show a VMM's view");
    const unassigned = new TextEncoder().encode('1234@1.000000:vtd_inv_desc_iotlb_global iotlb invalidate global\n');
    const { code, err } = await cli(['locked', 'log'], { files: { log: { bytes: unassigned } } });
    expect([code, err]).toEqual([1, expect.stringContaining('holds no vfio_* event')]);
  });
});

describe('studies', () => {
  it('sweep marks the knee and the present value', async () => {
    const out = (await lines(['sweep', 'disk.txt', '--policy', 'strict', '--param', 'cpus=2..8'])).join('\n');
    expect(out).toMatch(/^disk\.txt under Strict/);
    expect(out).toMatch(/^ +2 .*as replayed$/m);
    const csv = await lines(['sweep', 'disk.txt', '--policy', 'strict', '--param', 'cpus=2..8', '--csv']);
    expect(csv[0]).toBe('cpus,cpuNs,cpuNsLow,cpuNsHigh,stalePageNs,memoryBytes,iotlbMissesPer4k\r');
  });

  it('sensitivity ranks the prices, each with its source', async () => {
    const out = await lines(['sensitivity', 'disk.txt', '--policy', 'strict']);
    expect(out[0]).toBe('Strict · Intel VT-d, bare metal: ≈ CPU time with one price at the ends of its band');
    expect(out.find(line => /^\w+ +\d/.test(line))).toMatch(/^(InvalidationWait|IovaTreeAlloc) +\d+/);
  });
});

describe('files', () => {
  it('export writes the kind of file asked for', async () => {
    const argv = ['export', 'disk.txt', '--policy', 'strict,lazy'];
    const html = await cli([...argv, '-o', 'report.html'], on);
    expect(html).toMatchObject({ code: 0, out: '', err: '' });
    expect(html.written['report.html']).toMatch(/^<!doctype html>/);
    expect((await cli([...argv, '--format', 'markdown'], on)).out).toContain('| Strict');
    expect(JSON.parse((await cli([...argv, '--format', 'json'], on)).out)).toHaveProperty('scenarios.length', 2);
  });

  it('clip and sanitize write traces', async () => {
    const clip = await cli(['clip', 'disk.txt', '--from', '0', '--to', '2us'], on);
    expect(clip.out.split('\n')).toHaveLength(3);
    const late = await cli(['clip', 'disk.txt', '--from', '5s', '--to', '6s'], on);
    expect([late.code, late.err]).toEqual([
      1,
      expect.stringMatching(/^iommu-replay: disk\.txt ends \S+ µs after its first/),
    ]);
    const reversed = await cli(['clip', 'disk.txt', '--from', '2us', '--to', '1us'], on);
    expect([reversed.code, reversed.err]).toEqual([2, 'iommu-replay: --from must be before --to\n']);
    const clean = await cli(['sanitize', 'disk.txt', '-o', 'clean.txt'], on);
    expect(clean.written['clean.txt']).toContain('task1 405');
    expect(clean.written['clean.txt']).not.toContain('fio');
  });

  it('standard input cannot be read twice', async () => {
    const { code, err } = await cli(['sanitize', '-'], { stdin: [smallTrace().bytes] });
    expect([code, err]).toEqual([
      1,
      'iommu-replay: Standard input cannot be read twice. Save it to a file and name that.\n',
    ]);
  });
});

describe('help', () => {
  it('is no error', async () => {
    const { code, out } = await cli(['replay', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('--rogue-write-after <time>');
  });
});
