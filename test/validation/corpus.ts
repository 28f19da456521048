/** The recorded kernels that the simulation is held against, each with the policy and platform it ran under. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlatformProfile } from '../../src/platforms/profile';
import { findPlatform } from '../../src/platforms/registry';
import { importTrace } from '../../src/trace/import';
import type { Trace } from '../../src/trace/operations';
import { fixtureTrace } from '../support/fixture-traces';

export interface Recording {
  boot: string;
  step: string;
  /** Policy of the traced device. */
  policy: 'strict' | 'lazy' | 'passthrough' | 'swiotlb' | 'untrusted';
}

const NVME = ['nvme-randread-4k', 'nvme-randread-64k'];

const BOOTS: [boot: string, policy: Recording['policy'], steps: string[]][] = [
  ['612-strict', 'strict', [...NVME, 'nvme-randwrite-4k', 'e1000e-rx-8m', 'igb-tx-8m']],
  ['61-strict', 'strict', ['nvme-randread-64k', 'igb-tx-8m']],
  ['612-ats2-strict', 'strict', ['vblk-randread-4k']],
  ['612-amd-strict', 'strict', ['nvme-randread-4k']],
  ['612-viommu-strict', 'strict', NVME],
  ['612-lazy', 'lazy', [...NVME, 'nvme-randwrite-4k', 'e1000e-rx-8m', 'igb-tx-8m']],
  ['61-lazy', 'lazy', ['nvme-randread-64k', 'igb-tx-8m']],
  ['72-lazy', 'lazy', [...NVME, 'igb-rx-8m']],
  ['612-lazy-icount', 'lazy', ['nvme-randread-4k', 'vblk-randread-4k']],
  ['612-viommu-lazy', 'lazy', NVME],
  ['612-untrusted-5g', 'lazy', ['nvme-randread-4k']],
  ['612-untrusted-5g', 'untrusted', ['e1000e-rx-8m']],
  ['612-untrusted', 'lazy', ['igb-rx-8m']],
  ['612-pt', 'passthrough', ['nvme-randread-4k', 'e1000e-rx-8m']],
  ['612-swiotlb', 'swiotlb', [...NVME, 'nvme-randwrite-4k']],
  ['61-swiotlb', 'swiotlb', ['nvme-randread-4k']],
  ['612-big-strict', 'strict', ['big']],
];

export const RECORDINGS: readonly Recording[] = BOOTS.flatMap(([boot, policy, steps]) =>
  steps.map(step => ({ boot, step, policy })),
);

export function recording(boot: string, step: string): Recording {
  const found = RECORDINGS.find(r => r.boot === boot && r.step === step);
  if (!found) throw new Error(`no recording ${boot}/${step}`);
  return found;
}

const imported = new Map<string, Trace>();

/** The imported trace; kept, because several tables read the same one. The largest is not kept. */
export async function load(r: Recording): Promise<Trace> {
  const key = `${r.boot}/${r.step}`;
  const known = imported.get(key);
  if (known) return known;
  const file = r.step === 'big' ? 'perf-script-big.txt.xz' : 'perf-script.txt.xz';
  const trace = importTrace(await fixtureTrace(`${key}/${file}`));
  if (r.step !== 'big') imported.set(key, trace);
  return trace;
}

/** The platform of a boot, with the traits of its kernel: IOVA magazines of 128 and a bounded depot up to 6.1, batched virtio-iommu requests and a flush queue since 6.8. */
export function platformOf(boot: string): PlatformProfile {
  const id = boot.includes('amd') ? 'amd-bare-metal' : boot.includes('viommu') ? 'virtio-iommu-6-8' : 'vtd-bare-metal';
  const profile = findPlatform(id);
  if (!profile) throw new Error(`no platform ${id}`);
  const machine = { ...profile.machine };
  if (boot.startsWith('61-')) Object.assign(machine, { iovaMagazineSize: 128, iovaDepotLimit: 32 });
  return { ...profile, machine };
}

/** Counts of the running kernel, by boot and step: hist triggers and kprobes, which cannot drop. */
interface KernelCounts {
  flush_queue?: { 'by_timer(fq_flush_timeout)': number; 'by_full_queue(derived)': number };
  kprobes?: Record<string, number>;
}

const truth = JSON.parse(
  readFileSync(join(process.cwd(), 'test/fixtures/traces/ground-truth.json'), 'utf8'),
) as Partial<Record<string, { steps: Partial<Record<string, KernelCounts>> }>>;

export function kernelCounts(r: Recording): KernelCounts {
  return truth[r.boot]?.steps[r.step] ?? {};
}
