import type { MachineContext } from './context';
import { createCounters, type MachineCounters } from './counters';
import { DeviceSide } from './device-side';
import { DirtyTracking } from './dirty/dirty-tracking';
import { DomainMachine } from './domain-machine';
import { Exposure, PAGE_BYTES } from './exposure';
import { Failures } from './failures';
import { GatedLog } from './gated-log';
import { Gauge, Gauges } from './gauges';
import { createSharedHardware } from './hardware/create';
import { LockRegistry } from './locks';
import type { Machine, MachineOptions } from './machine';
import { MappingTable } from './mapping-table';
import { Swiotlb, SWIOTLB_DEFAULT_BYTES } from './swiotlb';
import type { WorkLog } from './work';

const DIRTY_INTERVAL_NS = 100e6;

/** A machine with nothing mapped, that writes its work to `log`. */
export function createMachine(options: MachineOptions, log: WorkLog): Machine {
  const gated = new GatedLog(log);
  const gauges = new Gauges();
  const locks = new LockRegistry();
  const failures = new Failures();
  const { cpus, traits } = options;
  const ramPages = Math.max(options.ramPages, Math.ceil((traits.guestRamBytes ?? 0) / PAGE_BYTES));
  const context: MachineContext = {
    log: gated,
    locks,
    counters: createCounters(),
    gauges,
    stale: { windows: 0, pageNs: 0, maxNs: 0 },
    failures,
    traits,
    cpus,
    domains: options.domains.length,
    ramPages,
    mappings: new MappingTable(options.mappings),
    deviceSide: new DeviceSide(traits),
    swiotlb: new Swiotlb(gated, gauges, locks, cpus, options.swiotlbBytes ?? SWIOTLB_DEFAULT_BYTES),
    trackRogueWrites: options.trackRogueWrites ?? false,
    dirty: options.dirty && new DirtyTracking(options.dirty, gated, gauges, ramPages, traits.dirtyLeafBytes),
    dirtyIntervalNs: traits.dirtyIntervalNs ?? DIRTY_INTERVAL_NS,
  };
  // Under nested translation the guest's memory is pinned as a whole, once, before the guest runs.
  if (traits.kind === 'nested-vtd') gauges.add(Gauge.LockedBytes, ramPages * PAGE_BYTES);
  let failedMaps = 0;
  let leavesBefore = 0;
  const shared = createSharedHardware(context, traits.containerPerDevice ?? true);
  const exposure = new Exposure(gauges);
  const domains = options.domains.map((config, i) => new DomainMachine(context, i, config, exposure, shared));
  return {
    log: gated,
    locks,
    counters: context.counters,
    gauges,
    stale: context.stale,
    deviceSide: context.deviceSide,
    dirty: context.dirty,
    domains,
    get failures() {
      return failures.all;
    },
    setCounting(on) {
      gated.open = on;
      leavesBefore = leavesOf(domains);
      if (on) restart(context, failedMaps);
      else failedMaps = context.counters.failedMaps;
    },
    check() {
      return [
        ...domains.flatMap(domain => domain.check()),
        ...context.swiotlb.check(),
        ...countersProblems(context.counters, leavesOf(domains) - leavesBefore),
      ];
    },
  };
}

function leavesOf(domains: readonly DomainMachine[]): number {
  return domains.reduce((sum, domain) => sum + domain.pageTable.liveLeaves, 0);
}

/** @param leaves page-table entries in use, beyond those when counting began */
function countersProblems(counters: MachineCounters, leaves: number): string[] {
  const { pteWrites, pteClears, copiedBytes, copiedToDeviceBytes, copiedFromDeviceBytes } = counters;
  const problems: string[] = [];
  if (pteWrites !== pteClears + leaves) {
    problems.push(`${pteWrites} entries were written, ${pteClears} cleared, but ${leaves} more than before are in use`);
  }
  if (copiedBytes !== copiedToDeviceBytes + copiedFromDeviceBytes) {
    problems.push(
      `${copiedBytes} bytes were copied, but ${copiedToDeviceBytes} to and ${copiedFromDeviceBytes} from devices`,
    );
  }
  const { iovaAllocs, iovaCacheHits, iovaTreeAllocs } = counters;
  if (iovaAllocs !== iovaCacheHits + iovaTreeAllocs) {
    problems.push(
      `${iovaAllocs} IOVA allocations, but ${iovaCacheHits} from caches and ${iovaTreeAllocs} from the tree`,
    );
  }
  return problems;
}

/** Counters start from zero, peaks from the present levels; what failed while counting was on before stays told. */
function restart(context: MachineContext, failedMaps: number): void {
  Object.assign(context.counters, createCounters(), { failedMaps });
  Object.assign(context.stale, { windows: 0, pageNs: 0, maxNs: 0 });
  context.deviceSide.restart();
  context.gauges.restartPeaks();
}
