import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngineWorker, type EngineWorker } from '../../src/service/node-client';
import { smallTrace } from '../support/trace-text';

let folder: string;
let bundle: string;
const started: EngineWorker[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'iommu-replay-worker-'));
  bundle = join(folder, 'worker.js');
  await build({
    entryPoints: ['src/service/worker.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
});

afterAll(() => {
  for (const worker of started) worker.dispose();
  rmSync(folder, { recursive: true });
});

function start(path = bundle): EngineWorker {
  const worker = startEngineWorker(path);
  started.push(worker);
  return worker;
}

/** A worker with this body in place of the engine. */
function startBody(body: string): EngineWorker {
  const path = join(folder, `body-${started.length}.js`);
  writeFileSync(path, body);
  return start(path);
}

const SOURCE = { bytes: smallTrace().bytes, name: 'trace.txt' };

describe('the engine in a worker', () => {
  it('opens and replays', async () => {
    const { engine } = start();
    const trace = await engine.open(SOURCE);
    const { runs } = await engine.replay(trace.traceId, [{ policy: 'lazy', platform: 'vtd-bare-metal' }]);
    expect(runs[0].counters.unmaps).toBe(4);
  });

  it('keeps the words of failures', async () => {
    await expect(start().engine.open({ path: '/nowhere/at-all' })).rejects.toMatchObject({
      name: 'EngineError',
      message: '/nowhere/at-all does not exist.',
    });
  });

  it('that crashes rejects open calls and says so; a new one starts afresh', async () => {
    const worker = startBody("setTimeout(() => { throw new Error('a bug'); }, 10);");
    const told = new Promise<string>(resolve => worker.onExit(resolve));
    await expect(worker.engine.formats()).rejects.toMatchObject({
      name: 'EngineError',
      message: 'The replay engine stopped unexpectedly: a bug',
      code: 'engine-stopped',
    });
    expect(await told).toBe('The replay engine stopped unexpectedly: a bug');
    await expect(worker.engine.formats()).rejects.toHaveProperty('code', 'engine-stopped');
    expect((await start().engine.formats()).length).toBeGreaterThan(0);
  });

  it('that exits without a word is told as well', async () => {
    await expect(startBody('process.exit(3)').engine.formats()).rejects.toThrow(
      'The replay engine stopped unexpectedly.',
    );
  });

  it('that was shut down rejects its calls and tells nobody of a crash', async () => {
    const worker = startBody("require('node:worker_threads').parentPort.on('message', () => undefined)");
    const told: string[] = [];
    worker.onExit(reason => told.push(reason));
    const call = worker.engine.formats();
    worker.dispose();
    await expect(call).rejects.toThrow('The replay engine was shut down.');
    expect(told).toEqual([]);
  });
});
