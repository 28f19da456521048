/** Recorded traces through the engine and the command line, for tests of the five systems and for docs/systems.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/cli/run';
import { findPolicy } from '../../src/policies/registry';
import { replay } from '../../src/replay/replay';
import type { ReplayResult } from '../../src/replay/result';
import { Run } from '../../src/replay/run';
import { buildScenario, type ScenarioOptions } from '../../src/replay/scenario-build';
import { importTrace } from '../../src/trace/import';
import type { OperationTable, Trace } from '../../src/trace/operations';
import { decompressXz } from '../support/fixture-traces';

const FIXTURES = 'test/fixtures/traces';

/** Recordings by what they are good for. The first four ship as samples. */
export const TRACES = {
  /** 4,000 random reads of 4 KiB, NVMe, strict: all FROM_DEVICE, whole pages. */
  read: 'samples/nvme-randread-4k-strict.perf.txt.xz',
  /** The same in virtual time, recorded lazy. */
  readLazy: 'samples/nvme-randread-4k-lazy.perf.txt.xz',
  /** TCP receive of 8 MiB, e1000e, strict: 5,749 receive buffers, 217 sent ones. */
  receive: 'samples/e1000e-rx-strict.ftrace.txt.xz',
  /** The NVMe job in a guest behind virtio-iommu. */
  guest: 'samples/nvme-randread-4k-virtio-iommu.perf.txt.xz',
  /** TCP send of 8 MiB, igb, strict: all TO_DEVICE. */
  send: `${FIXTURES}/612-strict/igb-tx-8m/perf-script.txt.xz`,
  /** Random writes of 4 KiB: all TO_DEVICE, whole pages. */
  write: `${FIXTURES}/612-strict/nvme-randwrite-4k/perf-script.txt.xz`,
  /** Reads of 64 KiB on a fragmented list: about 15 segments a map. */
  largeRead: `${FIXTURES}/612-strict/nvme-randread-64k/perf-script-start.txt.xz`,
  /** A device behind an external-facing port: untrusted. */
  untrusted: `${FIXTURES}/612-untrusted-5g/e1000e-rx-8m/perf-script-start.txt.xz`,
  /** What a nested guest's kernel did with an assigned NVMe device. */
  nestedGuest: `${FIXTURES}/nested/01-strict-1dev-bb/l2-io.ftrace.txt.xz`,
} as const;

export type TraceName = keyof typeof TRACES;

const opened = new Map<string, Promise<Trace>>();

/** A recording by its path from the top of the checkout; read once. */
export function openTrace(path: string): Promise<Trace> {
  let trace = opened.get(path);
  if (!trace) {
    trace = decompressXz(readFileSync(join(process.cwd(), path))).then(bytes => importTrace(bytes));
    opened.set(path, trace);
  }
  return trace;
}

export async function operationsOf(name: TraceName): Promise<OperationTable> {
  return (await openTrace(TRACES[name])).operations;
}

type Options = Partial<Omit<ScenarioOptions, 'policy'>>;

/** Replays a recording under a policy; on bare-metal VT-d unless the options name another platform. */
export async function play(name: TraceName, policy: string, options: Options = {}): Promise<ReplayResult> {
  return replay(await operationsOf(name), buildScenario({ policy, platform: 'vtd-bare-metal', ...options }));
}

/** As `play`, and hands out the machine as it is at the end. */
export async function playMachine(name: TraceName, policy: string, options: Options = {}): Promise<Run> {
  const scenario = buildScenario({ policy, platform: 'vtd-bare-metal', ...options });
  const found = findPolicy(policy);
  if (!found) throw new Error(`no policy ${policy}`);
  const machine = new Run(await operationsOf(name), scenario, found);
  const steps = machine.steps();
  while (!steps.next().done);
  return machine;
}

/** Modelled ns of the operations in one direction. */
export function nsOfDirection(operations: OperationTable, result: ReplayResult, direction: number): number {
  let sum = 0;
  result.operationNs.forEach((ns, op) => {
    if (operations.direction[op] === direction) sum += ns;
  });
  return sum;
}

/** Operations of a kind, and the bytes that they ask for. */
export function totalsOf(operations: OperationTable, kind: number): { count: number; bytes: number } {
  const totals = { count: 0, bytes: 0 };
  for (let op = 0; op < operations.count; op++) {
    if (operations.kind[op] !== kind) continue;
    totals.count += 1;
    totals.bytes += operations.size[op];
  }
  return totals;
}

/** Texts of the result's findings of a severity, one a line. */
export function told(result: ReplayResult, severity?: 'info' | 'warning' | 'error'): string {
  return result.findings
    .filter(finding => severity === undefined || finding.severity === severity)
    .map(finding => finding.text)
    .join('\n');
}

export interface CliOutput {
  code: number;
  out: string;
  err: string;
}

/** Runs the command line inside this process, from the top of the checkout. */
export async function commandLine(argv: readonly string[]): Promise<CliOutput> {
  const decoder = new TextDecoder();
  let out = '';
  let err = '';
  const code = await run(argv, {
    out: text => (out += typeof text === 'string' ? text : decoder.decode(text)),
    err: text => (err += text),
    showProgress: false,
    readText: path => Promise.resolve(readFileSync(path, 'utf8')),
    writeFile: () => Promise.reject(new Error('nothing is written here')),
  });
  return { code, out, err };
}
