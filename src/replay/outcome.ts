import { Gauge } from '../iommu/gauges';
import { COMPONENTS } from '../iommu/work';
import { conservationFindings } from './conservation';
import { deviceResult, queueBoundNs } from './device-model';
import { findingsOf } from './findings';
import { emptyComponents, unpricedWork } from './pricing';
import type {
  DeviceResult,
  DirtyResult,
  ExposureResult,
  Finding,
  MemoryResult,
  ReplayResult,
  TimeResult,
} from './result';
import type { Run } from './run';

const NOT_TRACKED: DirtyResult = {
  truthPages: 0,
  reportedPages: 0,
  missedPages: 0,
  overReportedPages: 0,
  extraInvalidations: 0,
  walkedEntries: 0,
};

/** The result of a finished run. Speedup is 1 until a baseline is known. */
export function outcomeOf(run: Run): ReplayResult {
  const { machine, log, table, scenario } = run;
  const device = deviceResult(machine.deviceSide, scenario.platform.device);
  // The last round of dirty tracking belongs to the last bucket.
  const dirty = machine.dirty?.finish() ?? NOT_TRACKED;
  const series = run.series.finish();
  const findings = findingsOf(run);
  const time = timeOf(run, device, findings);
  findings.push(...conservationFindings(run, time, dirty, series));
  return {
    scenario,
    operations: table.count * run.layout.replicas,
    counters: structuredCopy(machine.counters),
    time,
    exposure: exposureOf(run),
    memory: memoryOf(run),
    dirty,
    device,
    series,
    findings,
    operationNs: run.operationNs,
    work: log.work.slice(),
    setupWork: run.setupWork,
    unpriced: unpricedWork(run.prices, log.work, run.setupWork),
  };
}

function timeOf(run: Run, device: DeviceResult, findings: Finding[]): TimeResult {
  const components = emptyComponents();
  COMPONENTS.forEach((component, i) => (components[component] = run.log.totals[i]!));
  const closed = run.closedNs.reduce((latest, ns) => Math.max(latest, ns), 0);
  const bound = deviceBoundOf(run, device);
  if (bound.ns > closed) {
    findings.push({
      severity: 'info',
      text: `The makespan is bound by the device (${bound.by}), not by the CPUs: a cheaper policy would not finish sooner.`,
      operation: -1,
    });
  }
  return {
    cpuNs: run.log.totals.reduce((sum, ns) => sum + ns, 0),
    makespanNs: Math.max(closed, bound.ns),
    speedup: 1,
    components,
    band: run.log.band(),
    byCpu: [...run.busyNs],
    setupNs: run.setupNs,
  };
}

/** The time that the slowest device needs for its bytes and its requests. */
function deviceBoundOf(run: Run, device: DeviceResult): { ns: number; by: string } {
  const model = run.scenario.platform.device;
  const bound = { ns: 0, by: '' };
  if (device.throughputBound === Infinity) return bound;
  const allRequests = sum(run.deviceRequests);
  const cpuNs = sum(run.closedNs);
  run.deviceBytes.forEach((bytes, i) => {
    const transferNs = (bytes / device.throughputBound) * 1e9;
    const requests = run.deviceRequests[i];
    const queueNs = queueBoundNs(requests, (cpuNs * requests) / Math.max(1, allRequests), transferNs, model);
    if (transferNs > bound.ns) Object.assign(bound, { ns: transferNs, by: rate(device.throughputBound) });
    if (queueNs > bound.ns) Object.assign(bound, { ns: queueNs, by: `${model?.queueDepth ?? 0} requests in flight` });
  });
  return bound;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function exposureOf(run: Run): ExposureResult {
  const { gauges, stale } = run.machine;
  return {
    readablePagesPeak: gauges.peak[Gauge.ReadablePages],
    writablePagesPeak: gauges.peak[Gauge.WritablePages],
    staleWindows: stale.windows,
    stalePageNs: stale.pageNs,
    staleMaxNs: stale.maxNs,
    subPageBytesPeak: gauges.peak[Gauge.SubPageBytes],
    ...(run.rogue ? { rogue: { ...run.rogue.counts } } : {}),
  };
}

function memoryOf(run: Run): MemoryResult {
  const { peak } = run.machine.gauges;
  return {
    poolBytesPeak: peak[Gauge.PoolBytes],
    iovaBytesPeak: peak[Gauge.IovaBytes],
    pageTableBytesPeak: peak[Gauge.PageTableBytes],
    lockedBytesPeak: peak[Gauge.LockedBytes],
    queuedPagesPeak: peak[Gauge.QueuedPages],
  };
}

function structuredCopy(counters: ReplayResult['counters']): ReplayResult['counters'] {
  return { ...counters, invalidations: { ...counters.invalidations }, drains: { ...counters.drains } };
}

function rate(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1e9).toFixed(2)} GB/s`;
}
