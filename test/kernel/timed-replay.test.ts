/**
 * Predicted CPU time against measured: a platform calibrated from one machine's function_graph recordings, one strict
 * trace of that machine, and the CPU time per I/O that it really spent under strict and under passthrough. The machine
 * counts instructions as ns, so its times are exact.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XzReadableStream } from 'xz-decompress';
import { beforeAll, describe, expect, it } from 'vitest';
import { calibrate, type CalibrationInput } from '../../src/platforms/calibrate/calibrate';
import type { PlatformProfile } from '../../src/platforms/profile';
import { findPlatform } from '../../src/platforms/registry';
import { replay } from '../../src/replay/replay';
import { buildScenario } from '../../src/replay/scenario-build';
import { importTrace } from '../../src/trace/import';
import type { OperationTable } from '../../src/trace/operations';

const ROOT = join(process.cwd(), 'test/fixtures/timed');
const IOS = 2000;
const CONTIGUOUS = [
  'nvme-randread-4k',
  'nvme-randwrite-4k',
  'nvme-randread-4k-qd1',
  'nvme-randread-16k-h',
  'nvme-randread-64k-h',
  'nvme-randread-128k-h',
];

interface Truth {
  policies: Record<string, Record<string, { cpu_ns_per_io: { mean: number } }>>;
}

async function unpacked(path: string): Promise<Uint8Array> {
  const stream = new Blob([readFileSync(path)]).stream();
  const bytes = new Response(new XzReadableStream(stream as ReadableStream<Uint8Array>));
  return new Uint8Array(await bytes.arrayBuffer());
}

async function recordings(): Promise<CalibrationInput[]> {
  const inputs: CalibrationInput[] = [];
  for (const policy of ['strict', 'lazy', 'passthrough', 'swiotlb']) {
    const folder = join(ROOT, 'function-graph', policy, 'one-level');
    for (const file of readdirSync(folder).sort()) {
      const text = new TextDecoder().decode(await unpacked(join(folder, file)));
      inputs.push({ name: `${policy}/${file}`, text });
    }
  }
  return inputs;
}

describe('a strict trace, replayed on a platform calibrated from the same machine', () => {
  const truth = JSON.parse(readFileSync(join(ROOT, 'timed-truth.json'), 'utf8')) as Truth;
  const traces = new Map<string, OperationTable>();
  let platform: PlatformProfile;

  beforeAll(async () => {
    platform = calibrate(await recordings(), findPlatform('vtd-bare-metal')!, 'mine').profile;
    for (const step of CONTIGUOUS) {
      traces.set(step, importTrace(await unpacked(join(ROOT, 'perf-script/strict', `${step}.txt.xz`))).operations);
    }
  }, 60_000);

  const perIo = (step: string, policy: string): number =>
    replay(traces.get(step)!, buildScenario({ policy, platform })).time.cpuNs / IOS;

  it.each(CONTIGUOUS)('%s: passthrough saves the CPU time per I/O that it really saved, to a twentieth', step => {
    const measured =
      truth.policies.strict[step].cpu_ns_per_io.mean - truth.policies.passthrough[step].cpu_ns_per_io.mean;
    const predicted = perIo(step, 'strict') - perIo(step, 'passthrough');
    expect(Math.abs(predicted / measured - 1)).toBeLessThan(0.05);
  });

  it.each([
    ['nvme-randread-4k', 798 + 1218],
    ['nvme-randread-64k-h', 1058 + 1541],
  ])('%s: lazy costs what map and unmap measured under lazy cost, to a tenth', (step, measured) => {
    expect(Math.abs(perIo(step, 'lazy') / measured - 1)).toBeLessThan(0.1);
  });

  it.each([
    ['nvme-randread-4k', 2797 + 2550],
    ['nvme-randread-64k-h', 26275 + 25920],
  ])('%s: swiotlb costs what map and unmap measured under swiotlb cost, to a tenth', (step, measured) => {
    expect(Math.abs(perIo(step, 'swiotlb') / measured - 1)).toBeLessThan(0.1);
  });
});
