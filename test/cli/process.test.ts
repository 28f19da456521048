import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SAMPLE = join(process.cwd(), 'samples/nvme-randread-4k-strict.perf.txt.xz');

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'iommu-replay-cli-'));
  bundle = join(folder, 'cli.js');
  await build({
    entryPoints: ['src/cli/main.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function start(...argv: string[]): ChildProcess & { ended: Promise<Ended> } {
  const child = spawn(process.execPath, [bundle, ...argv], { cwd: folder });
  const read: Ended = { code: null, out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (read.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (read.err += chunk.toString()));
  const ended = new Promise<Ended>(resolve => child.on('close', code => resolve({ ...read, code })));
  return Object.assign(child, { ended });
}

describe('the command as a process', () => {
  it('prints everything to a pipe and ends with 0', async () => {
    const { code, out, err } = await start('replay', SAMPLE, '--policy', 'all', '--json').ended;
    expect([code, err]).toEqual([0, '']);
    expect((JSON.parse(out) as { scenarios: unknown[] }).scenarios.length).toBeGreaterThan(10);
  });

  it('reads standard input', async () => {
    const child = start('import', '-', '--json');
    child.stdin?.end(readFileSync(SAMPLE));
    const { code, out } = await child.ended;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ operations: { map: 4000 }, name: 'standard input' });
  });

  it('ends with 1 for a trace that is not there, and 2 for bad usage', async () => {
    expect(await start('import', 'nowhere.txt').ended).toEqual({
      code: 1,
      out: '',
      err: 'iommu-replay: nowhere.txt does not exist. Check the path.\n',
    });
    expect((await start('import').ended).code).toBe(2);
  });

  it('ends quietly when its reader has seen enough', async () => {
    const child = start('export', SAMPLE, '--policy', 'strict', '--format', 'perfetto');
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, err } = await child.ended;
    expect([code, err]).toEqual([0, '']);
  });
});
