/** The simulated machine against what real kernels did: the same operations under the policy they were recorded under. */
import { beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../../src/replay/replay';
import type { ReplayResult } from '../../src/replay/result';
import { buildScenario } from '../../src/replay/scenario-build';
import { EventKind, Invalidation } from '../../src/trace/events';
import { importTrace } from '../../src/trace/import';
import type { Trace } from '../../src/trace/operations';
import { fixtureTrace } from '../support/fixture-traces';

const STRICT = [
  '61-strict/igb-tx-8m',
  '61-strict/nvme-randread-64k',
  '612-strict/e1000e-rx-8m',
  '612-strict/igb-tx-8m',
  '612-strict/nvme-randread-4k',
  '612-strict/nvme-randread-64k',
  '612-strict/nvme-randwrite-4k',
];
const LAZY = [
  '61-lazy/igb-tx-8m',
  '61-lazy/nvme-randread-64k',
  '612-lazy/e1000e-rx-8m',
  '612-lazy/igb-tx-8m',
  '612-lazy/nvme-randread-4k',
  '612-lazy/nvme-randread-64k',
  '612-lazy/nvme-randwrite-4k',
  '612-untrusted/igb-rx-8m',
  '612-untrusted-5g/nvme-randread-4k',
  '72-lazy/igb-rx-8m',
  '72-lazy/nvme-randread-4k',
  '72-lazy/nvme-randread-64k',
];
const LAZY_VIRTUAL_TIME = ['612-lazy-icount/nvme-randread-4k', '612-lazy-icount/vblk-randread-4k'];
const SWIOTLB = [
  '61-swiotlb/nvme-randread-4k',
  '612-swiotlb/nvme-randread-4k',
  '612-swiotlb/nvme-randread-64k',
  '612-swiotlb/nvme-randwrite-4k',
];
const PASSTHROUGH = ['612-pt/e1000e-rx-8m', '612-pt/nvme-randread-4k'];
const ATS = '612-ats2-strict/vblk-randread-4k';

const traces = new Map<string, Trace>();

beforeAll(async () => {
  for (const name of [...STRICT, ...LAZY, ...LAZY_VIRTUAL_TIME, ...SWIOTLB, ...PASSTHROUGH, ATS]) {
    traces.set(name, importTrace(await fixtureTrace(`${name}/perf-script.txt.xz`)));
  }
}, 120_000);

function run(name: string, policy: string, platform = 'vtd-bare-metal'): ReplayResult {
  return replay(traces.get(name)!.operations, buildScenario({ policy, platform }));
}

/** Invalidation descriptors of one kind that the kernel submitted while it was recorded. */
function recorded(name: string, kind: Invalidation): { count: number; pages: number } {
  const { events } = traces.get(name)!;
  let count = 0;
  let pages = 0;
  for (let row = 0; row < events.count; row++) {
    if (events.kind[row] !== EventKind.QiSubmit || events.detail[row] !== kind) continue;
    count += 1;
    pages += events.size[row] / 4096;
  }
  return { count, pages };
}

function recordedEvents(name: string, kind: EventKind): number {
  const { events } = traces.get(name)!;
  return events.kind.subarray(0, events.count).filter(recordedKind => recordedKind === kind).length;
}

describe('strict kernels', () => {
  it.each(STRICT)('%s: each invalidation that was submitted is counted, and covers as many pages', name => {
    const truth = recorded(name, Invalidation.Page);
    const { counters } = run(name, 'strict');
    expect(truth.count).toBeGreaterThan(1000);
    expect(counters.invalidations.page).toBe(truth.count);
    expect(counters.invalidatedPages).toBe(truth.pages);
    expect(counters.invalidations.domain).toBe(0);
  });

  it.each(STRICT)('%s: as many iommu_map and iommu_unmap calls as were traced', name => {
    const { counters } = run(name, 'strict');
    expect(counters.maps).toBe(recordedEvents(name, EventKind.IommuMap));
    expect(counters.unmaps).toBe(recordedEvents(name, EventKind.IommuUnmap));
  });

  it('invalidate the device-TLB as often as recorded', () => {
    const truth = recorded(ATS, Invalidation.Device);
    expect(truth.count).toBe(16000);
    expect(run(ATS, 'strict').counters.invalidations.device).toBe(truth.count);
  });
});

describe('lazy kernels', () => {
  const errorOf = (name: string): number => {
    const truth = recorded(name, Invalidation.Domain).count;
    const { invalidations, drains } = run(name, 'lazy').counters;
    expect(invalidations.domain).toBe(drains.full + drains.timer);
    expect(invalidations.page).toBe(0);
    return Math.abs(invalidations.domain / truth - 1);
  };

  it.each(LAZY_VIRTUAL_TIME)('%s: drains within 10 %, where the recorded times are exact', name => {
    expect(errorOf(name)).toBeLessThanOrEqual(0.1);
  });

  it('drain as often as recorded: median error below 10 %, none above 20 %, where an emulator delayed the ticks', () => {
    const errors = LAZY.map(errorOf).sort((a, b) => a - b);
    expect((errors[5] + errors[6]) / 2).toBeLessThan(0.1);
    expect(errors.at(-1)).toBeLessThan(0.2);
  });

  it.each([...LAZY, ...STRICT])('%s: strict and lazy map, unmap and write page tables alike', name => {
    const pick = ({ counters }: ReplayResult) => [
      counters.maps,
      counters.unmaps,
      counters.pteWrites,
      counters.pteClears,
      counters.iovaAllocs,
    ];
    expect(pick(run(name, 'lazy'))).toEqual(pick(run(name, 'strict')));
  });
});

describe('kernels without an IOMMU in the way', () => {
  it.each(SWIOTLB)('%s: as many buffers bounce as recorded', name => {
    expect(run(name, 'swiotlb').counters.bounced).toBe(recordedEvents(name, EventKind.SwiotlbBounced));
  });

  it.each(PASSTHROUGH)('%s: passthrough does nothing at all', name => {
    const { counters, exposure } = run(name, 'passthrough');
    expect(counters).toMatchObject({
      maps: 0,
      unmaps: 0,
      pteWrites: 0,
      iovaAllocs: 0,
      invalidations: { page: 0, domain: 0, global: 0, device: 0 },
      copies: 0,
      exits: 0,
    });
    expect(exposure.staleWindows).toBe(0);
  });
});

describe('a guest behind an emulated VT-d with an assigned device', () => {
  it('invalidates on map and unmap as recorded, each leaf costs an ioctl, what is mapped is locked', async () => {
    const { operations, events } = importTrace(await fixtureTrace('nested/01-strict-1dev-bb/l2-io.ftrace.txt.xz'));
    const { counters, memory } = replay(operations, buildScenario({ policy: 'strict', platform: 'emulated-vtd' }));
    let submitted = 0;
    let leaves = 0;
    for (let row = 0; row < events.count; row++) {
      if (events.kind[row] === EventKind.QiSubmit) submitted += 1;
      if (events.kind[row] === EventKind.IommuMap) leaves += events.size[row] / 4096;
    }
    expect(submitted).toBe(480);
    expect(counters.invalidations.page).toBe(submitted);
    expect(counters.exits).toBe(submitted);
    expect(counters.ioctls).toBe(2 * leaves);
    expect(memory.lockedBytesPeak).toBe(64 * 1024);
  });
});

describe('every replay of a recorded trace', () => {
  it.each([...STRICT, ...LAZY, ...SWIOTLB, ...PASSTHROUGH])(
    '%s: keeps the conservation laws under every policy',
    name => {
      for (const policy of ['strict', 'lazy', 'passthrough', 'swiotlb']) {
        const errors = run(name, policy).findings.filter(finding => finding.text.startsWith('Conservation'));
        expect(errors, policy).toEqual([]);
      }
    },
  );
});
