/** Section (a3): virtual machines. A guest's own trace replayed on the emulated VT-d, and QEMU's log, against what the host counted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  addressSpaces,
  lockedBytesAt,
  type AddressSpaceReport,
  type LockedMemory,
  type LockLimits,
} from '../../src/analysis/address-spaces';
import { replay } from '../../src/replay/replay';
import { buildScenario } from '../../src/replay/scenario-build';
import { importTrace } from '../../src/trace/import';
import { OpFlag } from '../../src/trace/operations';
import { fixtureTrace } from '../support/fixture-traces';
import { pair, table, type Cell } from './markdown';

export const RUNS = [
  '01-strict-1dev-bb',
  '02-pt-1dev',
  '05-switch-1dev',
  '06a-memlock-intel-1dev',
  '06c-memlock-plain-2dev',
  '07-virtio-iommu-1dev',
] as const;
export type Run = (typeof RUNS)[number];

/** RLIMIT_MEMLOCK of run 06a, bytes (its limits.txt). */
export const MEMLOCK_06A: LockLimits = { lockedBytes: 134217728 };

/** Counted on the host: VFIO ioctls by kprobe, notifications in QEMU's log, leaves in the guest's trace. */
export interface HostTruth {
  vfio_map_notify: number;
  vfio_unmap_notify: number;
  l1_ioctl_map_dma: number;
  l1_ioctl_unmap_dma: number;
  vtd_page_walk_one_unmap: number;
  vmlck_kb_peak: number;
}

export function hostTruth(run: Run): HostTruth {
  const all = JSON.parse(readFileSync(join(process.cwd(), 'test/fixtures/traces/nested/truth.json'), 'utf8')) as Record<
    Run,
    HostTruth
  >;
  return all[run];
}

export async function logOf(run: Run, limits: LockLimits = {}): Promise<AddressSpaceReport> {
  return addressSpaces(importTrace(await fixtureTrace(`nested/${run}/qemu-trace.log.xz`)).events, limits);
}

/** A moment of the run at which the host's VmLck was read. */
export interface Mark {
  name: string;
  recordedKiB: number;
  /** By QEMU's log at the same moment. */
  predictedKiB: number;
  /** Equal, or passed within the time that reading it may have taken. */
  met: boolean;
}

/** VmLck is read from another process: the value may be that of a moment before or after the stamp. */
const READING_NS = 100e6;

export async function marksOf(run: Run): Promise<Mark[]> {
  const bytes = await fixtureTrace(`nested/${run}/qemu-trace.log.xz`);
  const startSeconds = Number(/@(\d+\.\d+):/.exec(new TextDecoder().decode(bytes.subarray(0, 4096)))?.[1]);
  const { locked } = await logOf(run);
  const lines = readFileSync(join(process.cwd(), `test/fixtures/traces/nested/${run}/vmlck.csv`), 'utf8')
    .trim()
    .split('\n');
  return lines.slice(1).flatMap(line => {
    const [realtime, , name, kib] = line.split(',');
    if (name === 'tick') return [];
    const at = (Number(realtime) - startSeconds) * 1e9;
    const recordedKiB = Number(kib);
    const predictedKiB = lockedBytesAt(locked, at) / 1024;
    return [{ name, recordedKiB, predictedKiB, met: passes(locked, recordedKiB * 1024, at) }];
  });
}

function passes(locked: LockedMemory, bytes: number, at: number): boolean {
  if (lockedBytesAt(locked, at) === bytes) return true;
  for (let row = 0; row < locked.count; row++) {
    if (Math.abs(locked.time[row] - at) <= READING_NS && locked.bytes[row] === bytes) return true;
  }
  return lockedBytesAt(locked, at - READING_NS) === bytes;
}

/** ioctls of the assigned device's dynamic domain, replayed from the guest's own trace. */
export interface GuestReplay {
  mapIoctls: number;
  unmapIoctls: number;
}

/**
 * The guest's boot and I/O traces, strict, on the emulated VT-d.
 * The identity map of 16 MiB for ISA devices at boot belongs to a bridge that is not assigned: it is left out.
 */
export async function guestReplay(run: '01-strict-1dev-bb' | '05-switch-1dev'): Promise<GuestReplay> {
  const io = run === '01-strict-1dev-bb' ? 'l2-io' : 'l2-switch';
  const total = { mapIoctls: 0, unmapIoctls: 0 };
  for (const part of ['l2-boot-trace', io]) {
    const { operations } = importTrace(await fixtureTrace(`nested/${run}/${part}.ftrace.txt.xz`));
    const flags = operations.flags.map((bits, op) =>
      operations.pages[op] === ISA_PAGES ? bits | OpFlag.Failed : bits,
    );
    const assigned = { ...operations, flags };
    const { counters } = replay(assigned, buildScenario({ policy: 'strict', platform: 'emulated-vtd' }));
    total.mapIoctls += counters.pteWrites;
    total.unmapIoctls += counters.pteClears;
  }
  return total;
}

const ISA_PAGES = 4096;

export async function machineSection(): Promise<string> {
  const ioctls: Cell[][] = [];
  const marks: Cell[][] = [];
  const switches: Cell[][] = [];
  for (const run of RUNS) {
    const truth = hostTruth(run);
    const report = await logOf(run);
    ioctls.push([
      run,
      pair(truth.vfio_map_notify, report.mapNotifications),
      pair(truth.vfio_unmap_notify, report.unmapNotifications),
      pair(truth.l1_ioctl_map_dma, report.mapIoctls),
      pair(truth.l1_ioctl_unmap_dma, report.unmapIoctls),
      report.peakEntries,
      // Pinning stopped at the limit, at a moment that the sampling only happened to see.
      pair(run === '06a-memlock-intel-1dev' ? undefined : truth.vmlck_kb_peak, report.peakBytes / 1024),
    ]);
    const all = await marksOf(run);
    const equal = all.filter(mark => mark.recordedKiB === mark.predictedKiB).length;
    if (all.length > 0) marks.push([run, all.length, equal, all.filter(mark => mark.met).length]);
    for (const change of report.switches) {
      switches.push([
        run,
        change.timeNs / 1e9,
        `${change.from} → ${change.to}`,
        change.unmapIoctls,
        change.mapIoctls,
        change.releasedBytes / 1024,
        change.lockedBytes / 1024,
        change.skippedRows,
      ]);
    }
  }
  const failure = (await logOf('06a-memlock-intel-1dev', MEMLOCK_06A)).failure;
  const { mapIoctls, unmapIoctls } = await guestReplay('01-strict-1dev-bb');
  const truth = hostTruth('01-strict-1dev-bb');
  return `### Virtual machines

An NVMe device assigned to a guest behind QEMU's emulated VT-d (or virtio-iommu), recorded on guest, QEMU and host at once.
From the guest's own trace, replayed as \`strict\` on \`emulated-vtd\`: ${pair(truth.vfio_map_notify, mapIoctls)} MAP notifications and ${pair(truth.vtd_page_walk_one_unmap, unmapIoctls)} UNMAP
notifications of single pages, the numbers that QEMU logged. From QEMU's log, the address spaces behind it:

${table(['run', 'MAP notifications', 'UNMAP notifications', 'MAP ioctls', 'UNMAP ioctls', 'entries, peak', 'VmLck peak, KiB'], ioctls)}

Locked memory over time, at the marks at which the host's VmLck was read. The reading takes time; where it falls between two
changes of a burst the log passes the value read within 0.1 s.

${table(['run', 'marks', 'equal at the stamp', 'met'], marks)}

Switches of view and what each took:

${table(['run', 'at, s', 'view', 'UNMAP ioctls', 'MAP ioctls', 'released, KiB', 'locked, KiB', 'rows skipped in replay'], switches)}

Run 06a had RLIMIT_MEMLOCK at 131,072 KiB. The first RAM region wants ${failure ? (failure.wanted / 1024).toLocaleString('en-US') : '?'} KiB locked: predicted to fail at line ${failure?.line ?? '?'} of
the log, where QEMU ended with "vfio_container_dma_map(…) = -12 (Cannot allocate memory)".`;
}
