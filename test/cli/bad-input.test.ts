import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { MemoryFile } from '../support/memory-files';
import { smallTrace } from '../support/trace-text';
import { cli } from './io';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const archive = gzipSync(smallTrace().bytes);

const FILES: Record<string, MemoryFile> = {
  empty: {},
  folder: { directory: true },
  secret: { fails: 'EACCES' },
  'bad-disk': { bytes: smallTrace().bytes, failsAt: 0 },
  'a.out': { bytes: new Uint8Array(readFileSync(process.execPath).subarray(0, 9000)) },
  'perf.data': { bytes: encode(`PERFILE2${'\0'.repeat(200)}`) },
  'trace.dat': { bytes: encode(`\x17\x08\x44tracing${'\0'.repeat(200)}`) },
  'letter.txt': { bytes: encode('Dear list,\n\nplease find attached what we measured.\n') },
  'sched.txt': { bytes: encode('fio 405 [000] 1.000000000: sched:sched_switch: prev_comm=fio\n'.repeat(9)) },
  'headers.txt': { bytes: encode('# tracer: nop\n#\n') },
  'stub.gz': { bytes: archive.subarray(0, 12) },
};

describe('what cannot be processed is told in one line, with advice, and exit code 1', () => {
  it.each([
    ['empty', 'empty is empty. Record again: a recording that ends before its first event leaves an empty file.'],
    ['missing', 'missing does not exist. Check the path.'],
    ['folder', 'folder is a directory. Name a trace file in it.'],
    [
      'secret',
      'secret may not be read: permission denied. Recordings made as root belong to root: sudo chown $USER secret',
    ],
    ['bad-disk', 'bad-disk could not be read: EIO: simulated. Copy the file to a local disk and try again.'],
    [
      'a.out',
      'a.out: This is binary data, not text. If ftrace wrote it, turn its option bin off (echo nobin > trace_options) and read the trace again.',
    ],
    [
      'perf.data',
      'perf.data: This is a perf.data file, the binary recording of perf. Turn it into text: perf script -i perf.data --ns --show-lost-events > trace.txt',
    ],
    [
      'trace.dat',
      'trace.dat: This is a trace.dat file, the binary recording of trace-cmd. Turn it into text: trace-cmd report -i trace.dat > trace.txt',
    ],
    [
      'letter.txt',
      'letter.txt: None of the first lines is an event of perf script, ftrace, trace-cmd report or a QEMU log. Record with one of these tools; the list of formats shows a command for each.',
    ],
    [
      'sched.txt',
      "sched.txt is a perf-script trace without DMA events: none among its 9 events (most of them sched:sched_switch). Record the events iommu:*, dma:* (Linux 6.12 and later), swiotlb:* and intel_iommu:*, e.g. perf record -a -e 'iommu:*' -e 'dma:*'.",
    ],
    [
      'headers.txt',
      "headers.txt is a ftrace trace without DMA events. Record the events iommu:*, dma:* (Linux 6.12 and later), swiotlb:* and intel_iommu:*, e.g. perf record -a -e 'iommu:*' -e 'dma:*'.",
    ],
    ['stub.gz', 'stub.gz is a damaged gzip archive: nothing could be read from it. Copy or download it again.'],
  ])('%s', async (path, message) => {
    for (const argv of [
      ['import', path],
      ['import', path, '--json'],
      ['replay', path, '--policy', 'strict'],
    ]) {
      expect(await cli(argv, { files: FILES })).toMatchObject({ code: 1, out: '', err: `iommu-replay: ${message}\n` });
    }
  });

  it('standard input that is empty', async () => {
    const { code, err } = await cli(['import', '-'], { stdin: [] });
    expect([code, err]).toEqual([
      1,
      'iommu-replay: standard input is empty. Record again: a recording that ends before its first event leaves an empty file.\n',
    ]);
  });
});

describe('a damaged archive', () => {
  it('is used as far as it can be read, and the damage is told', async () => {
    const text = smallTrace().bytes;
    const long = gzipSync(Buffer.concat(Array.from({ length: 400 }, () => text)));
    const files = { 'half.gz': { bytes: long.subarray(0, long.length - 500) } };
    const { code, out, err } = await cli(['import', 'half.gz'], { files });
    expect(code).toBe(1);
    expect(err).toMatch(
      /^iommu-replay: half\.gz is a damaged gzip archive: only its first \d+ bytes of text could be read \(unexpected end of file\)\. Copy or download it again; .+\n$/,
    );
    expect(out).toMatch(/^error: 1 × The archive is damaged or cut off, first at line [\d,]+\. half\.gz is a damaged/m);
    const replay = await cli(['replay', 'half.gz', '--policy', 'strict'], { files });
    expect([replay.code, replay.err]).toEqual([1, err]);
    expect(replay.out).toContain('Strict');
  });
});

describe('bad usage has exit code 2 and says what would be right', () => {
  it.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['import'], /missing required argument 'trace'/],
    [['replay', 't'], /required option '--policy <ids>' not specified[^]*e\.g\. --policy strict/],
    [['replay', 't', '--policy', 'strict', '--param', 'strict.x=1'], /no parameter of strict called x; there is none/],
    [['replay', 't', '--policy', 'stricter'], /no policy called stricter; known are strict, lazy/],
    [
      ['replay', 't', '--policy', 'strict', '--platform', 'toaster'],
      /no platform called toaster; known are vtd-bare-metal/,
    ],
    [
      ['replay', 't', '--policy', 'strict', '--baseline', 'lazy'],
      /no policy in this replay called lazy; known are strict/,
    ],
    [['replay', 't', '--policy', 'strict', '--dirty', 'often'], /Allowed choices are none, vfio-pinned/],
    [['replay', 't', '--policy', 'strict', '--param', 'size=3'], /write policy\.name=value/],
    [['replay', 't', '--policy', 'strict', '--param', 'lazy.size=3'], /no policy in this replay called lazy/],
    [
      ['replay', 't', '--policy', 'bounce-dynamic', '--param', 'bounce-dynamic.colour=3'],
      /no parameter of bounce-dynamic called colour/,
    ],
    [['replay', 't', '--policy', 'bounce-dynamic', '--param', 'bounce-dynamic.slots=many'], /many is no number/],
    [['replay', 't', '--policy', 'strict', '--rogue-write-after', 'soon'], /Write a time such as 500ns/],
    [['replay', 't', '--policy', 'strict', '--scale-cpus', '0'], /Write a whole number from 1 up/],
    [['replay', 't', '--policy', 'strict', '--json', '--csv'], /'--json' cannot be used with option '--csv'/],
    [['hotspots', 't', '--policy', 'strict,lazy,passthrough'], /one policy and at most one more/],
    [['sweep', 't', '--policy', 'strict', '--param', 'cpus=few'], /Write name=from\.\.to/],
    [['filter', 't', 'siez>4k'], /Unknown field “siez”.*\(at “siez>4k”, character 1\)/],
    [['policies', 'stricter'], /no policy called stricter/],
    [['locked', 't', '--memlock', 'much'], /Write a size such as/],
  ])('%j', async (argv, message) => {
    const { code, out, err } = await cli(argv, { files: { t: { bytes: smallTrace().bytes } } });
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });
});

describe('a scenario that cannot be processed', () => {
  const untold = encode(
    'fio 405 [000] 1.000000000: iommu:map: IOMMU: iova=0xfff00000 - 0xfff01000 paddr=0x8e97000 size=4096\n'.repeat(3),
  );
  const files = {
    t: { bytes: untold },
    'broken.json': { bytes: encode('{"id": "mine"') },
    'wrong.json': { bytes: encode('{"id": "mine"}') },
    'odd.json': { bytes: encode('{"title": "Odd", "policy": "stricter"}') },
  };

  it('is refused with the reason and exit code 1, while the others are shown', async () => {
    const { code, out, err } = await cli(['replay', 't', '--policy', 'strict,ro-identity'], { files });
    expect(code).toBe(1);
    expect(err).toMatch(/^iommu-replay: ro-identity on vtd-bare-metal was not replayed: .*direction/);
    expect(out).toContain('Strict');
  });

  it('is no failure among all policies', async () => {
    const { code, err } = await cli(['replay', 't', '--policy', 'all'], { files });
    expect(code).toBe(0);
    expect(err).toMatch(/ro-identity on vtd-bare-metal was not replayed/);
  });

  it.each([
    [['--platform', './mine.json'], /The platform file \.\/mine\.json could not be read: ENOENT.*Check the path\./],
    [['--platform', 'broken.json'], /platform: not JSON/],
    [['--platform', 'wrong.json'], /The scenario cannot be replayed: platform: /],
    [['--param', 'strict.x=1'], /no parameter of strict called x/],
    [['--policy', './mine.json'], /The policy file \.\/mine\.json could not be read: ENOENT.*Check the path\./],
    [['--policy', 'wrong.json'], /wrong\.json is no policy file: .*title: /],
    [['--policy', 'odd.json'], /odd\.json is no policy file: no policy called stricter; known are strict, lazy/],
  ])('%j is told in one line', async (options, message) => {
    const { err } = await cli(['replay', 't', '--policy', 'strict', ...options], { files });
    expect(err).toMatch(message);
    expect(err.trimEnd()).not.toContain('\n');
  });
});
