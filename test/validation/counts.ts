/** Section (a): counts of every recording against a replay under the recording's own policy, and across policies. */
import { buildScenario } from '../../src/replay/scenario-build';
import { replay } from '../../src/replay/replay';
import type { ReplayResult } from '../../src/replay/result';
import type { OperationTable, Trace } from '../../src/trace/operations';
import { OpKind } from '../../src/trace/operations';
import { kernelCounts, load, platformOf, recording, RECORDINGS, type Recording } from './corpus';
import { median, pair, percent, table, type Cell } from './markdown';
import { predictedWork, recordedWork, type WorkCounts } from './recorded';

export interface CountComparison {
  recording: Recording;
  recorded: WorkCounts;
  predicted: WorkCounts;
  drains: { timer: number; full: number };
  result: ReplayResult;
}

/** AMD-Vi and virtio-iommu have no tracepoint for what they invalidate. */
export function invalidationsTraced(boot: string): boolean {
  return !/amd|viommu/.test(boot);
}

export function replayAs(operations: OperationTable, policy: string, boot: string): ReplayResult {
  return replay(operations, buildScenario({ policy, platform: platformOf(boot) }));
}

export async function compareCounts(r: Recording): Promise<CountComparison> {
  const trace = await load(r);
  const result = replayAs(trace.operations, r.policy, r.boot);
  return {
    recording: r,
    recorded: recordedWork(trace, invalidationsTraced(r.boot)),
    predicted: predictedWork(result),
    drains: result.counters.drains,
    result,
  };
}

/** Flush-queue drains: what the kernel did and what the replay did; undefined for recordings without a flush queue. */
export function drainsOf(c: CountComparison): { recorded: number; predicted: number } | undefined {
  if (c.recording.policy !== 'lazy') return undefined;
  const queue = kernelCounts(c.recording).flush_queue;
  const probed = queue ? queue['by_timer(fq_flush_timeout)'] + queue['by_full_queue(derived)'] : 0;
  return { recorded: c.recorded.domainInvalidations ?? probed, predicted: c.drains.timer + c.drains.full };
}

export async function countSections(): Promise<string> {
  const all: CountComparison[] = [];
  for (const r of RECORDINGS) all.push(await compareCounts(r));
  return [ownPolicy(all), drains(all), await acrossPolicies()].join('\n\n');
}

function ownPolicy(all: CountComparison[]): string {
  const rows = all.map((c): Cell[] => {
    const { recorded: was, predicted: is } = c;
    return [
      `${c.recording.boot} ${c.recording.step}`,
      c.recording.policy,
      pair(was.maps, is.maps),
      pair(was.unmaps, is.unmaps),
      pair(was.mappedPages, is.mappedPages),
      pair(was.pageInvalidations, is.pageInvalidations ?? 0),
      pair(was.invalidatedPages, is.invalidatedPages ?? 0),
      pair(was.deviceInvalidations, is.deviceInvalidations ?? 0),
      pair(was.bounced, is.bounced),
    ];
  });
  const exact = all.filter(c => isExact(c)).length;
  return `### Under the recording's own policy

A single number means that recording and replay agree to the last one; \`a → b\` means recorded a, replayed b. A number in
brackets is a prediction that nothing in the recording can confirm: AMD-Vi and virtio-iommu have no tracepoint for it.
${exact} of ${all.length} recordings agree in every column.

${table(['recording', 'policy', 'maps', 'unmaps', 'leaf PTE writes', 'page-selective invalidations', 'pages they cover', 'device-TLB invalidations', 'bounced'], rows)}`;
}

/** Everything but drains, which depend on time. */
export function isExact({ recorded, predicted }: CountComparison): boolean {
  const keys: (keyof WorkCounts)[] = [
    'maps',
    'unmaps',
    'mappedPages',
    'pageInvalidations',
    'invalidatedPages',
    'deviceInvalidations',
    'bounced',
  ];
  return keys.every(key => recorded[key] === undefined || recorded[key] === predicted[key]);
}

function drains(all: CountComparison[]): string {
  const errors: number[] = [];
  const rows = all.flatMap((c): Cell[][] => {
    const both = drainsOf(c);
    if (!both) return [];
    const queue = kernelCounts(c.recording).flush_queue;
    const error = both.predicted / both.recorded - 1;
    errors.push(Math.abs(error));
    return [
      [
        `${c.recording.boot} ${c.recording.step}`,
        both.recorded,
        both.predicted,
        percent(error),
        queue?.['by_timer(fq_flush_timeout)'],
        c.drains.timer,
        queue?.['by_full_queue(derived)'],
        c.drains.full,
      ],
    ];
  });
  return `### Flush-queue drains

Median error ${percent(median(errors)).replace('+', '')}. A timer of 10 ms ends on a tick, 12 to 16 ms later at HZ=250. Where several CPUs are at work one
alone advances jiffies at a tick; another that comes first reads the old value and leaves its timer to its next tick: in
\`612-lazy nvme-randread-64k\` 130 of 186 timers took 12 to 16 ms and 40 took 18 to 21 ms. The replay makes that share of the
timers late that even odds give for the CPUs seen in the trace. Only \`612-lazy-icount\` ran in virtual time, where the clock
cannot run ahead of a CPU; the other boots ran on an emulator with two CPU threads on a busy host, whose ticks also come late
for want of a host CPU, up to 170 ms: what remains is mostly that. The probes that count
timers in the kernel miss up to 6 % themselves, and count all domains: 3 of the drains beside \`612-lazy-icount nvme-randread-4k\` are
of the network device.

${table(['recording', 'recorded', 'replayed', 'error', 'by timer: kernel', 'replayed', 'by full queue: kernel', 'replayed'], rows)}`;
}

interface CrossCheck {
  from: Recording;
  to: Recording;
  policy: string;
  /** What to compare, per operation of the driver. */
  measures: [name: string, value: (work: WorkCounts, ops: DriverOps) => number][];
  note: string;
  /** Changes the trace before the replay (a device gains a device-TLB). */
  change?: (operations: OperationTable) => OperationTable;
}

interface DriverOps {
  maps: number;
  unmaps: number;
}

const PER_UNMAP: CrossCheck['measures'] = [
  ['page-selective invalidations per unmap', (w, o) => (w.pageInvalidations ?? 0) / o.unmaps],
  ['IOMMU unmaps per unmap', (w, o) => w.unmaps / o.unmaps],
];
const PER_MAP: CrossCheck['measures'] = [
  ['leaf PTE writes per map', (w, o) => w.mappedPages / o.maps],
  ['IOMMU maps per map', (w, o) => w.maps / o.maps],
];
const BOUNCES: CrossCheck['measures'] = [['bounces per map', (w, o) => w.bounced / o.maps]];

function crossChecks(): CrossCheck[] {
  const nvme4k = recording('612-strict', 'nvme-randread-4k');
  const nvme64k = recording('612-strict', 'nvme-randread-64k');
  const contiguity = 'segments per list depend on free memory, which differs between boots';
  return [
    {
      from: nvme4k,
      to: recording('612-lazy', 'nvme-randread-4k'),
      policy: 'lazy',
      measures: [...PER_UNMAP, ...PER_MAP],
      note: '',
    },
    {
      from: nvme64k,
      to: recording('612-lazy', 'nvme-randread-64k'),
      policy: 'lazy',
      measures: [...PER_UNMAP, ...PER_MAP],
      note: contiguity,
    },
    {
      from: recording('612-lazy', 'nvme-randread-4k'),
      to: nvme4k,
      policy: 'strict',
      measures: [...PER_UNMAP, ...PER_MAP],
      note: '',
    },
    { from: nvme4k, to: recording('612-swiotlb', 'nvme-randread-4k'), policy: 'swiotlb', measures: BOUNCES, note: '' },
    {
      from: nvme64k,
      to: recording('612-swiotlb', 'nvme-randread-64k'),
      policy: 'swiotlb',
      measures: BOUNCES,
      note: contiguity,
    },
    {
      from: recording('612-strict', 'e1000e-rx-8m'),
      to: recording('612-untrusted-5g', 'e1000e-rx-8m'),
      policy: 'untrusted',
      measures: [...BOUNCES, ...PER_UNMAP, ...PER_MAP],
      note: 'bounced buffers are aligned to pages, so none spans two',
    },
    {
      from: nvme4k,
      to: recording('612-viommu-strict', 'nvme-randread-4k'),
      policy: 'strict',
      measures: PER_MAP,
      note: 'on virtio-iommu',
    },
    {
      from: nvme64k,
      to: recording('612-viommu-strict', 'nvme-randread-64k'),
      policy: 'strict',
      measures: PER_MAP,
      note: `on virtio-iommu; ${contiguity}`,
    },
    {
      from: nvme4k,
      to: recording('612-ats2-strict', 'vblk-randread-4k'),
      policy: 'strict',
      measures: [['device-TLB invalidations per unmap', (w, o) => (w.deviceInvalidations ?? 0) / o.unmaps]],
      note: 'the NVMe device replayed as if it had a device-TLB, against a virtio-blk that has one',
      change: withDeviceTlb,
    },
  ];
}

async function acrossPolicies(): Promise<string> {
  const rows: Cell[][] = [];
  for (const check of crossChecks()) {
    const [from, to] = [await load(check.from), await load(check.to)];
    const operations = check.change?.(from.operations) ?? from.operations;
    const predicted = predictedWork(replayAs(operations, check.policy, check.to.boot));
    const recorded = recordedWork(to, true);
    for (const [name, value] of check.measures) {
      const [was, is] = [value(recorded, driverOps(to)), value(predicted, driverOps(from))];
      rows.push([
        `${check.from.boot} ${check.from.step}`,
        `${check.to.boot} ${check.to.step}`,
        name,
        was,
        is,
        was === is ? 'equal' : percent(is / was - 1),
        check.note,
      ]);
    }
  }
  return `### Across policies

A trace recorded under one policy, replayed under another, against the recording made under that other policy: per operation
of the driver, because two boots never do the same number of them.

${table(['replayed trace', 'held against', 'what', 'recorded', 'replayed', 'difference', 'note'], rows)}`;
}

function driverOps({ operations }: Trace): DriverOps {
  const ops = { maps: 0, unmaps: 0 };
  for (let op = 0; op < operations.count; op++) {
    if ((operations.kind[op] as OpKind) === OpKind.Map) ops.maps++;
    else if ((operations.kind[op] as OpKind) === OpKind.Unmap) ops.unmaps++;
  }
  return ops;
}

function withDeviceTlb(operations: OperationTable): OperationTable {
  return { ...operations, devices: operations.devices.map(device => ({ ...device, ats: true })) };
}
