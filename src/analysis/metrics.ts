/** The figures that runs are compared by: where each is found, its unit, and whether it was counted or modelled. */
import type { TimeResult } from '../replay/result';
import type { RunSummary } from './run';

export interface Metric {
  id: string;
  title: string;
  /** ns, bytes, pages, page·ns, or empty for plain counts and ratios. */
  unit: string;
  modelled: boolean;
  smallerIsBetter?: boolean;
  /** undefined or infinite: the run has no such number. */
  value(run: RunSummary): number | undefined;
  /** Why a run may lack it. */
  absent?: string;
}

type Component = keyof TimeResult['components'];

const COMPONENT_TITLES: Readonly<Record<Component, string>> = {
  iova: 'IOVA allocation',
  pageTable: 'page table',
  invalidation: 'invalidation',
  lock: 'lock waits',
  copy: 'copies',
  exit: 'VM exits',
  pin: 'pinning',
  other: 'other',
};

function modelled(id: string, title: string, unit: string, value: Metric['value'], absent?: string): Metric {
  return { id, title, unit, modelled: true, smallerIsBetter: true, value, ...(absent === undefined ? {} : { absent }) };
}

function counted(id: string, title: string, value: Metric['value'], unit = '', smallerIsBetter?: boolean): Metric {
  return { id, title, unit, modelled: false, value, ...(smallerIsBetter === undefined ? {} : { smallerIsBetter }) };
}

function component(name: Component): Metric {
  return modelled(`time.${name}`, `CPU time, ${COMPONENT_TITLES[name]}`, 'ns', run => run.time.components[name]);
}

const NO_ROGUE = 'no rogue writes were injected (--rogue-write-after)';
const NO_DIRTY = 'the run tracks no dirty pages (--dirty)';
const tracked =
  (value: (run: RunSummary) => number): Metric['value'] =>
  run =>
    run.dirtyTracking === 'none' ? undefined : value(run);

const TIME: readonly Metric[] = [
  modelled('time.cpuNs', 'CPU time in DMA calls', 'ns', run => run.time.cpuNs),
  modelled('time.perOperation', 'CPU time per operation', 'ns', run =>
    run.operations === 0 ? undefined : run.time.cpuNs / run.operations,
  ),
  modelled('time.low', 'CPU time, low end of the prices', 'ns', run => run.time.band[0]),
  modelled('time.high', 'CPU time, high end of the prices', 'ns', run => run.time.band[1]),
  modelled('time.makespanNs', 'makespan', 'ns', run => run.time.makespanNs),
  {
    ...modelled('time.speedup', 'speedup over the recorded policy', '×', run => run.time.speedup),
    smallerIsBetter: false,
    absent: 'the recorded policy is not known',
  },
  modelled('time.setupNs', 'one-time set-up', 'ns', run => run.time.setupNs),
  ...(['iova', 'pageTable', 'invalidation', 'lock', 'copy', 'exit', 'pin', 'other'] as const).map(component),
];

const ROGUE_TITLES = {
  hit: 'rogue writes that hit mapped memory',
  staleHit: 'rogue writes that hit a stale entry',
  faulted: 'rogue writes that faulted',
  blocked: 'rogue writes that were blocked',
} as const;

const EXPOSURE: readonly Metric[] = [
  counted('exposure.readable', 'pages the device can read, peak', r => r.exposure.readablePagesPeak, 'pages', true),
  counted('exposure.writable', 'pages the device can write, peak', r => r.exposure.writablePagesPeak, 'pages', true),
  counted('exposure.subPage', 'other data in reach, peak', r => r.exposure.subPageBytesPeak, 'bytes', true),
  counted('exposure.staleWindows', 'stale windows', r => r.exposure.staleWindows, '', true),
  modelled('exposure.stalePageNs', 'stale pages × time', 'page·ns', r => r.exposure.stalePageNs),
  modelled('exposure.staleMaxNs', 'longest stale window', 'ns', r => r.exposure.staleMaxNs),
  ...(['hit', 'staleHit', 'faulted', 'blocked'] as const).map(fate => ({
    ...counted(`exposure.rogue.${fate}`, ROGUE_TITLES[fate], r => r.exposure.rogue?.[fate]),
    absent: NO_ROGUE,
  })),
];

const MEMORY: readonly Metric[] = [
  counted('memory.pool', 'bounce memory, peak', run => run.memory.poolBytesPeak, 'bytes', true),
  counted('memory.iova', 'IOVA space in use, peak', run => run.memory.iovaBytesPeak, 'bytes', true),
  counted('memory.pageTable', 'page-table memory, peak', run => run.memory.pageTableBytesPeak, 'bytes', true),
  counted('memory.locked', 'locked memory, peak', run => run.memory.lockedBytesPeak, 'bytes', true),
  counted('memory.queued', 'pages waiting in flush queues, peak', run => run.memory.queuedPagesPeak, 'pages', true),
];

const WORK: readonly Metric[] = [
  counted('counters.maps', 'maps', run => run.counters.maps),
  counted('counters.unmaps', 'unmaps', run => run.counters.unmaps),
  counted('counters.failedMaps', 'failed maps', run => run.counters.failedMaps, '', true),
  counted('counters.pteWrites', 'page-table entries written', run => run.counters.pteWrites, '', true),
  counted('counters.pteClears', 'page-table entries cleared', run => run.counters.pteClears, '', true),
  counted('counters.iovaAllocs', 'IOVA allocations', run => run.counters.iovaAllocs, '', true),
  counted('counters.iovaCacheHits', 'IOVA allocations from a cache', run => run.counters.iovaCacheHits),
  counted('counters.iovaTreeAllocs', 'IOVA allocations from the tree', run => run.counters.iovaTreeAllocs, '', true),
  ...(['page', 'domain', 'global', 'device'] as const).map(kind =>
    counted(
      `counters.invalidations.${kind}`,
      `invalidations, ${kind === 'device' ? 'device TLB' : `${kind}${kind === 'global' ? '' : '-selective'}`}`,
      run => run.counters.invalidations[kind],
      '',
      true,
    ),
  ),
  counted('counters.invalidatedPages', 'pages invalidated one range at a time', run => run.counters.invalidatedPages),
  counted('counters.invalidationWaits', 'invalidation waits', run => run.counters.invalidationWaits, '', true),
  counted('counters.drains.full', 'flush-queue drains, queue full', run => run.counters.drains.full),
  counted('counters.drains.timer', 'flush-queue drains, timer', run => run.counters.drains.timer),
  counted('counters.bounced', 'bounced mappings', run => run.counters.bounced, '', true),
  counted('counters.copies', 'copies', run => run.counters.copies, '', true),
  counted('counters.copiedBytes', 'copied bytes', run => run.counters.copiedBytes, 'bytes', true),
  counted('counters.exits', 'VM exits', run => run.counters.exits, '', true),
  counted('counters.ioctls', 'VFIO ioctls', run => run.counters.ioctls, '', true),
  counted('counters.faults', 'faults', run => run.counters.faults, '', true),
];

const DIRTY: readonly Metric[] = [
  {
    ...counted(
      'dirty.truth',
      'pages the device may have written',
      tracked(r => r.dirty.truthPages),
      'pages',
    ),
    absent: NO_DIRTY,
  },
  {
    ...counted(
      'dirty.reported',
      'pages reported dirty',
      tracked(r => r.dirty.reportedPages),
      'pages',
    ),
    absent: NO_DIRTY,
  },
  {
    ...counted(
      'dirty.missed',
      'dirty pages missed',
      tracked(r => r.dirty.missedPages),
      'pages',
      true,
    ),
    absent: NO_DIRTY,
  },
  {
    ...counted(
      'dirty.overReported',
      'clean pages reported dirty',
      tracked(r => r.dirty.overReportedPages),
      'pages',
      true,
    ),
    absent: NO_DIRTY,
  },
  {
    ...counted(
      'dirty.extraInvalidations',
      'invalidations for tracking',
      tracked(r => r.dirty.extraInvalidations),
      '',
      true,
    ),
    absent: NO_DIRTY,
  },
  {
    ...counted(
      'dirty.walkedEntries',
      'page-table entries read for tracking',
      tracked(r => r.dirty.walkedEntries),
      '',
      true,
    ),
    absent: NO_DIRTY,
  },
];

const DEVICE: readonly Metric[] = [
  { ...counted('device.iotlbMisses', 'IOTLB misses per 4 KiB', run => run.device.iotlbMissesPer4k, '', true) },
  { ...counted('device.memoryReads', 'page-walk reads per 4 KiB', run => run.device.memoryReadsPer4k, '', true) },
  {
    id: 'device.throughputBound',
    title: 'throughput bound by translation',
    unit: 'bytes/s',
    modelled: true,
    smallerIsBetter: false,
    value: run => run.device.throughputBound,
    absent: 'the platform has no device model',
  },
];

/** Every figure, in the order in which people read them: cost, exposure, memory, dirty pages, device, work. */
export const METRICS: readonly Metric[] = [...TIME, ...EXPOSURE, ...MEMORY, ...DIRTY, ...DEVICE, ...WORK];
