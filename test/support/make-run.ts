/** Runs with plausible numbers, for tests of what is made of them. */
import type { RunSummary } from '../../src/analysis/run';

type Changes = {
  [Part in keyof RunSummary]?: RunSummary[Part] extends object ? Partial<RunSummary[Part]> : RunSummary[Part];
};

const RUN: RunSummary = {
  runId: 'run-1',
  traceId: 'trace-1',
  fingerprint: '0123456789abcdef',
  name: 'Strict · Intel VT-d',
  policy: 'strict',
  policyTitle: 'Strict',
  params: {},
  platform: 'vtd',
  platformTitle: 'Intel VT-d',
  dirtyTracking: 'none',
  loop: 'open',
  operations: 4,
  counters: {
    maps: 2,
    unmaps: 2,
    pteWrites: 2,
    pteClears: 2,
    iovaAllocs: 2,
    iovaCacheHits: 1,
    iovaTreeAllocs: 1,
    invalidations: { page: 2, domain: 0, global: 0, device: 0 },
    invalidatedPages: 2,
    invalidationWaits: 2,
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
    cpuNs: 4000,
    makespanNs: 10_000,
    speedup: 1,
    components: { iova: 400, pageTable: 1000, invalidation: 2400, lock: 0, copy: 0, exit: 0, pin: 0, other: 200 },
    band: [3000, 6000],
    byCpu: [4000],
    setupNs: 0,
  },
  exposure: {
    readablePagesPeak: 1,
    writablePagesPeak: 2,
    staleWindows: 2,
    stalePageNs: 2000,
    staleMaxNs: 1000,
    subPageBytesPeak: 0,
  },
  memory: { poolBytesPeak: 0, iovaBytesPeak: 8192, pageTableBytesPeak: 12_288, lockedBytesPeak: 0, queuedPagesPeak: 0 },
  dirty: {
    truthPages: 0,
    reportedPages: 0,
    missedPages: 0,
    overReportedPages: 0,
    extraInvalidations: 0,
    walkedEntries: 0,
  },
  device: { iotlbMissesPer4k: 1, upperMissesPer4k: [0, 0, 0], memoryReadsPer4k: 2, throughputBound: Infinity },
  series: [],
  findings: [],
  unpriced: {},
};

/** A strict run over four operations, with the parts given changed. */
export function makeRun(changes: Changes = {}): RunSummary {
  const run = structuredClone(RUN) as unknown as Record<string, unknown>;
  for (const [part, change] of Object.entries(changes)) {
    const old = run[part];
    const merge = typeof old === 'object' && old !== null && !Array.isArray(old) && !Array.isArray(change);
    run[part] = merge ? { ...old, ...(change as object) } : change;
  }
  return run as unknown as RunSummary;
}

export const LAZY = {
  runId: 'run-2',
  name: 'Lazy · Intel VT-d',
  policy: 'lazy',
  policyTitle: 'Lazy',
} as const;
