/** Runs with plausible numbers for tests of what is shown about runs. */
import type { RunSummary, ScenarioRequest } from '../../src/service/api';
import type { Run } from '../../src/editor/session/run-set';

let made = 0;

export function makeSummary(changes: Partial<RunSummary> = {}): RunSummary {
  const policy = changes.policy ?? 'strict';
  return {
    runId: `run-${++made}`,
    traceId: 'trace-1',
    fingerprint: '0123456789abcdef',
    name: `${policy} on vtd-bare-metal`,
    policy,
    policyTitle: policy,
    params: {},
    platform: 'vtd-bare-metal',
    platformTitle: 'Intel VT-d, bare metal',
    dirtyTracking: 'none',
    loop: 'closed',
    operations: 2,
    counters: {
      maps: 1,
      unmaps: 1,
      pteWrites: 1,
      pteClears: 1,
      iovaAllocs: 1,
      iovaCacheHits: 1,
      iovaTreeAllocs: 0,
      invalidations: { page: 1, domain: 0, global: 0, device: 0 },
      invalidatedPages: 1,
      invalidationWaits: 1,
      drains: { full: 0, timer: 0 },
      copies: 0,
      copiedBytes: 0,
      copiedToDeviceBytes: 0,
      copiedFromDeviceBytes: 0,
      bounced: 0,
      exits: 0,
      ioctls: 0,
      faults: 0,
      failedMaps: 0,
    },
    time: {
      cpuNs: 1000,
      setupNs: 0,
      makespanNs: 2000,
      speedup: 1,
      components: { iova: 0, pageTable: 0, invalidation: 0, lock: 0, copy: 0, exit: 0, pin: 0, other: 0 },
      band: [800, 1200],
      byCpu: [1000],
    },
    exposure: {
      readablePagesPeak: 1,
      writablePagesPeak: 1,
      staleWindows: 0,
      stalePageNs: 0,
      staleMaxNs: 0,
      subPageBytesPeak: 0,
    },
    memory: {
      poolBytesPeak: 0,
      iovaBytesPeak: 4096,
      pageTableBytesPeak: 4096,
      lockedBytesPeak: 0,
      queuedPagesPeak: 0,
    },
    dirty: {
      truthPages: 0,
      reportedPages: 0,
      missedPages: 0,
      overReportedPages: 0,
      extraInvalidations: 0,
      walkedEntries: 0,
    },
    device: {
      iotlbMissesPer4k: 0,
      memoryReadsPer4k: 0,
      upperMissesPer4k: [0, 0, 0],
      throughputBound: Infinity,
    },
    series: [
      { id: 'live', title: 'live mappings', unit: '', modelled: false, bucketNs: 10, values: new Float64Array(4) },
    ],
    findings: [],
    unpriced: {},
    ...changes,
  };
}

export function makeRun(changes: Partial<RunSummary> = {}, request: Partial<ScenarioRequest> = {}): Run {
  const summary = makeSummary(changes);
  return { summary, request: { policy: summary.policy, platform: summary.platform, ...request }, name: summary.name };
}
