/** Runs a workload through the machine and through the reference, step by step. */
import { createMachine } from '../../src/iommu/create-machine';
import { Gauge } from '../../src/iommu/gauges';
import type { Machine, MachineOptions } from '../../src/iommu/machine';
import type { MachineTraits } from '../../src/iommu/traits';
import { CountingLog, Work } from '../../src/iommu/work';
import type { Parameters, Policy, PolicyInstance } from '../../src/policies/policy';
import { PlainOperation, RAM_PAGES, type Step } from './operations';
import { ReferenceDomain } from './reference-domain';
import type { ReferenceCopies, ReferencePolicy } from './reference-policies';
import { ReferenceSwiotlb } from './reference-swiotlb';

export const CPUS = 3;
/** Small magazines and a small mask, so that short workloads reach depots and domain-selective invalidations. */
export const TEST_TRAITS: MachineTraits = {
  kind: 'vtd',
  maxAddressMask: 9,
  pageSizes: [4096, 2 ** 21, 2 ** 30],
  iovaMagazineSize: 2,
  iovaDepotLimit: -1,
  hz: 250,
  deferredFlush: true,
  iotlbEntries: 16,
  pagingStructureCacheEntries: 4,
};

export function testMachine(options: Partial<MachineOptions> = {}): { machine: Machine; log: CountingLog } {
  const log = new CountingLog();
  const machine = createMachine(
    {
      cpus: CPUS,
      traits: TEST_TRAITS,
      domains: [{ name: 'group 0', devices: [{ id: 0, name: '0000:00:04.0', ats: false, untrusted: false }] }],
      mappings: 4096,
      ramPages: RAM_PAGES,
      ...options,
    },
    log,
  );
  return { machine, log };
}

export function defaultsOf(policy: Policy, given: Parameters = {}): Parameters {
  const defaults = Object.entries(policy.parameters).map(([name, schema]) => [name, schema.default] as const);
  return { ...Object.fromEntries(defaults), ...given };
}

export interface Pair {
  machine: Machine;
  log: CountingLog;
  instance: PolicyInstance;
  domain: ReferenceDomain;
  reference: ReferencePolicy;
  counts: ReferenceCopies;
  pool: ReferenceSwiotlb;
}

export interface PairOptions {
  traits?: Partial<MachineTraits>;
  atsDevices?: number;
  start?: number;
  swiotlbBytes?: number;
}

export function pair(
  policy: Policy,
  parameters: Parameters,
  makeReference: (parts: Pick<Pair, 'domain' | 'counts' | 'pool'>) => ReferencePolicy,
  options: PairOptions = {},
): Pair {
  const traits = { ...TEST_TRAITS, ...options.traits };
  const atsDevices = options.atsDevices ?? 0;
  const bytes = options.swiotlbBytes ?? 2 ** 21;
  const devices = Array.from({ length: Math.max(1, atsDevices) }, (_, id) => ({
    id,
    name: `device ${id}`,
    ats: id < atsDevices,
    untrusted: false,
  }));
  const { machine, log } = testMachine({ traits, domains: [{ name: 'd', devices }], swiotlbBytes: bytes });
  const domain = new ReferenceDomain({
    magazineSize: traits.iovaMagazineSize,
    depotLimit: traits.iovaDepotLimit,
    cpus: CPUS,
    start: options.start ?? 1,
    hz: traits.hz,
    maxAddressMask: traits.maxAddressMask,
    leafSizes: traits.pageSizes.map(size => size / 4096),
    ramPages: RAM_PAGES,
    atsDevices,
  });
  const counts: ReferenceCopies = { copies: 0, toDevice: 0, fromDevice: 0, zeroed: 0, bounced: 0, failed: 0 };
  const pool = new ReferenceSwiotlb(CPUS, bytes);
  const instance = policy.create(machine.domains[0], defaultsOf(policy, parameters));
  return { machine, log, instance, domain, counts, pool, reference: makeReference({ domain, counts, pool }) };
}

/** Both sides live through the workload; `compare` is called after each step. */
export function run(sides: Pair, steps: readonly Step[], compare: () => void): void {
  const { machine, log, instance, domain, reference } = sides;
  const fast = machine.domains[0];
  const live: PlainOperation[] = [];
  let mappings = 0;
  instance.setUp?.();
  reference.setUp?.();
  domain.forgetSetUp();
  log.totals.fill(0);
  machine.setCounting(true);
  for (const step of steps) {
    log.time += step.kind === 'wait' ? step.ns : 1000;
    domain.now = log.time;
    while (fast.nextTimer() <= log.time) {
      log.currentCpu = fast.timerCpu();
      fast.runTimers();
    }
    domain.runTimers();
    reference.runTimer?.();
    if (step.kind === 'wait') continue;
    log.currentCpu = step.cpu;
    domain.cpu = step.cpu;
    if (step.kind === 'map') {
      const op = new PlainOperation(
        mappings++,
        step.cpu,
        step.direction,
        step.segments,
        step.coherent,
        step.skipCpuSync,
      );
      instance.map(op);
      reference.map(op);
      live.push(op);
    } else if (live.length > 0) {
      const at = step.which % live.length;
      const op = live[at];
      if (step.kind === 'unmap') {
        live.splice(at, 1);
        instance.unmap(op);
        reference.unmap(op);
      } else if (step.kind === 'sync-cpu') {
        instance.syncForCpu?.(op);
        reference.syncForCpu?.(op);
      } else {
        instance.syncForDevice?.(op);
        reference.syncForDevice?.(op);
      }
    }
    compare();
  }
}

/** What both sides say, in the same words. */
export function fastView({ machine, log }: Pair) {
  const { counters, gauges, stale } = machine;
  return {
    maps: counters.maps,
    unmaps: counters.unmaps,
    pteWrites: counters.pteWrites,
    pteClears: counters.pteClears,
    tableAllocs: log.totals[Work.TablePageAlloc],
    tableFrees: log.totals[Work.TablePageFree],
    walks: log.totals[Work.TableWalk],
    iovaAllocs: counters.iovaAllocs,
    cacheHits: counters.iovaCacheHits,
    treeAllocs: counters.iovaTreeAllocs,
    treeFrees: log.totals[Work.IovaTreeFree],
    steps: log.totals[Work.IovaTreeStep],
    depotSwaps: log.totals[Work.IovaDepotSwap],
    page: counters.invalidations.page,
    domain: counters.invalidations.domain,
    device: counters.invalidations.device,
    invalidatedPages: counters.invalidatedPages,
    waits: counters.invalidationWaits,
    drains: counters.drains,
    pushes: log.totals[Work.FlushQueuePush],
    releases: log.totals[Work.FlushQueueRelease],
    copies: counters.copies,
    toDevice: counters.copiedToDeviceBytes,
    fromDevice: counters.copiedFromDeviceBytes,
    zeroed: log.totals[Work.ZeroByte],
    bounced: counters.bounced,
    failed: counters.failedMaps,
    readable: gauges.current[Gauge.ReadablePages],
    writable: gauges.current[Gauge.WritablePages],
    otherBytes: gauges.current[Gauge.SubPageBytes],
    stalePages: gauges.current[Gauge.StalePages],
    peaks: [gauges.peak[Gauge.ReadablePages], gauges.peak[Gauge.WritablePages], gauges.peak[Gauge.StalePages]],
    queuedPages: gauges.current[Gauge.QueuedPages],
    iovaBytes: gauges.current[Gauge.IovaBytes],
    windows: stale.windows,
    pageNs: stale.pageNs,
    maxNs: stale.maxNs,
  };
}

export function referenceView({ domain, counts }: Pair): ReturnType<typeof fastView> {
  const { allocator, memory } = domain;
  const reach = memory.reach();
  return {
    maps: domain.maps,
    unmaps: domain.unmaps,
    pteWrites: memory.pteWrites,
    pteClears: memory.pteClears,
    tableAllocs: memory.tableAllocs,
    tableFrees: memory.tableFrees,
    walks: domain.walks,
    iovaAllocs: domain.iovaAllocs,
    cacheHits: allocator.cacheHits,
    treeAllocs: allocator.treeAllocs,
    treeFrees: allocator.treeFrees,
    steps: allocator.steps,
    depotSwaps: allocator.depotSwaps,
    page: domain.pageInvalidations,
    domain: domain.domainInvalidations,
    device: domain.deviceInvalidations,
    invalidatedPages: domain.invalidatedPages,
    waits: domain.waits,
    drains: { full: domain.fullDrains, timer: domain.timerDrains },
    pushes: domain.pushes,
    releases: domain.releases,
    copies: counts.copies,
    toDevice: counts.toDevice,
    fromDevice: counts.fromDevice,
    zeroed: counts.zeroed,
    bounced: counts.bounced,
    failed: counts.failed,
    readable: reach.readable,
    writable: reach.writable,
    otherBytes: reach.others,
    stalePages: reach.stalePages,
    peaks: [domain.peakReadable, domain.peakWritable, domain.peakStale],
    queuedPages: domain.queuedPages,
    iovaBytes: domain.iovaPages * 4096,
    windows: memory.windows,
    pageNs: memory.pageNs,
    maxNs: memory.maxNs,
  };
}
