/** Section (a2): CPU time per I/O, from a platform calibrated on function_graph recordings in virtual time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibrate, type Calibration, type CalibrationInput } from '../../src/platforms/calibrate/calibrate';
import { findPlatform } from '../../src/platforms/registry';
import { replay } from '../../src/replay/replay';
import { buildScenario } from '../../src/replay/scenario-build';
import { importTrace } from '../../src/trace/import';
import { OpKind, type OperationTable } from '../../src/trace/operations';
import { decompressXz } from '../support/fixture-traces';
import { percent, table, type Cell } from './markdown';

const ROOT = join(process.cwd(), 'test/fixtures/timed');

/** Steps with buffers in one piece: how many pages each I/O has is known, and the same in every recording. */
export const CONTIGUOUS = [
  'nvme-randread-4k',
  'nvme-randread-16k-h',
  'nvme-randread-64k-h',
  'nvme-randread-128k-h',
  'nvme-randwrite-4k',
];
/** Network steps send or receive 8 MiB and are measured per KiB. */
const NETWORK_KIB = 8192;
const OTHERS = ['nvme-randread-4k-qd1', 'nvme-randread-64k', 'e1000e-rx', 'e1000e-tx'];

export interface TimedStep {
  step: string;
  /** Driver's unmaps: one an I/O on NVMe. */
  unmaps: number;
  /** Modelled CPU ns per I/O (per packet on the network) above passthrough, by policy. */
  above: Record<'strict' | 'lazy' | 'swiotlb', number>;
  /** The same measured with nothing traced; only strict and passthrough were. */
  measured: { ns: number; switchesNs: number } | undefined;
}

/** The recordings of steps 4k and 64k-h, every policy, one level and nested. */
export async function calibrated(): Promise<Calibration> {
  const inputs: CalibrationInput[] = [];
  for (const policy of ['strict', 'lazy', 'passthrough', 'swiotlb']) {
    for (const kind of ['one-level', 'nested-sample']) {
      const folder = join(ROOT, 'function-graph', policy, kind);
      for (const file of readdirSync(folder).sort()) {
        if (!file.startsWith('nvme-')) continue;
        const bytes = await decompressXz(readFileSync(join(folder, file)));
        inputs.push({ name: `${policy}/${kind}/${file}`, text: new TextDecoder().decode(bytes) });
      }
    }
  }
  return calibrate(inputs, findPlatform('vtd-bare-metal')!, 'virtual-time');
}

export async function timedStep(step: string, { profile }: Calibration): Promise<TimedStep> {
  const bytes = await decompressXz(readFileSync(join(ROOT, 'perf-script/strict', `${step}.txt.xz`)));
  const { operations } = importTrace(bytes);
  const cpuNs = (policy: string): number => replay(operations, buildScenario({ policy, platform: profile })).time.cpuNs;
  const unmaps = count(operations, OpKind.Unmap);
  const per = step.startsWith('nvme') ? unmaps : NETWORK_KIB;
  const floor = cpuNs('passthrough');
  const above = (policy: string): number => (cpuNs(policy) - floor) / per;
  return {
    step,
    unmaps,
    above: { strict: above('strict'), lazy: above('lazy'), swiotlb: above('swiotlb') },
    measured: measuredAbove(step),
  };
}

interface Truth {
  cpu_ns_per_io?: number | { mean: number };
  cpu_ns_per_KiB?: { mean: number };
  ctxt_per_io?: number;
  ctxt_per_KiB?: number;
}

/** Of this machine, ns; what strict has more of them than passthrough is no part of map and unmap. */
const CONTEXT_SWITCH_NS = 3100;

function measuredAbove(step: string): { ns: number; switchesNs: number } | undefined {
  const { policies } = JSON.parse(readFileSync(join(ROOT, 'timed-truth.json'), 'utf8')) as {
    policies: Partial<Record<string, Partial<Record<string, Truth>>>>;
  };
  const strict = policies.strict?.[step];
  const passthrough = policies.passthrough?.[step];
  if (!strict || !passthrough) return undefined;
  const switches = (truth: Truth): number => truth.ctxt_per_io ?? truth.ctxt_per_KiB ?? 0;
  return {
    ns: cpuOf(strict) - cpuOf(passthrough),
    switchesNs: (switches(strict) - switches(passthrough)) * CONTEXT_SWITCH_NS,
  };
}

function cpuOf(truth: Truth): number {
  const value = truth.cpu_ns_per_io ?? truth.cpu_ns_per_KiB ?? NaN;
  return typeof value === 'number' ? value : value.mean;
}

function count(operations: OperationTable, kind: OpKind): number {
  let n = 0;
  for (let op = 0; op < operations.count; op++) if ((operations.kind[op] as OpKind) === kind) n++;
  return n;
}

export async function timeSection(): Promise<string> {
  const calibration = await calibrated();
  const steps: TimedStep[] = [];
  for (const step of [...CONTIGUOUS, ...OTHERS]) steps.push(await timedStep(step, calibration));
  const rows = steps.map((s): Cell[] => [
    s.step,
    s.measured?.ns,
    s.above.strict,
    s.measured && percent(s.above.strict / s.measured.ns - 1),
    s.measured && percent((s.above.strict + s.measured.switchesNs) / s.measured.ns - 1),
    s.above.lazy,
    s.above.swiotlb,
  ]);
  const prices = calibration.measured.map((work): Cell[] => {
    const { ns, low, high } = calibration.profile.costs[work];
    return [work, ns, low, high];
  });
  return `### Time, calibrated

\`calibrate\` read the function_graph recordings of two steps (4k, 64k-h) under four policies; it took ${calibration.overhead.leafNs.toFixed(0)} ns of tracer
out of each leaf and ${calibration.overhead.descendantNs.toFixed(0)} ns per traced call below. Then the *strict* trace of each step was replayed with the resulting prices. Measured
is CPU time per I/O with nothing traced, strict minus passthrough, in virtual time (one instruction = 1 ns): only these two
policies were measured that way. Network steps are per KiB.

${table(['step', 'measured strict − passthrough, ns', 'replayed', 'error', 'error with context switches', 'replayed lazy − passthrough', 'replayed swiotlb − passthrough'], rows)}

The first five steps have their buffers in one piece: their error is the model's. In the others the difference measured holds
more than map and unmap. Scattered pages have another number of segments in the traced run than in the measured one. Strict
also switches context more often (3.1 µs each here): the last error adds what the extra switches measured cost. Sending on the
network remains short: its measured runs spread by 5 to 7 % of 15 to 20 µs, a third of the difference.

Prices measured, ns (a call, a page, a byte):

${table(['work', 'ns', 'low', 'high'], prices)}`;
}
