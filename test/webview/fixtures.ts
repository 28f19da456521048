/** A trace and its runs as the engine reports them: an NVMe disk under strict protection, replayed under four policies. */
import type { Hotspot, RunSummary } from '../../src/service/api';
import type { PanelHotspots, PanelState, PanelTrace } from '../../src/editor/panel/messages';
import { compareRuns } from '../../src/analysis/compare';
import { panelComparison, panelRun } from '../../src/editor/panel/panel-state';
import type { Run } from '../../src/editor/session/run-set';

const OPERATIONS = 24_682;

type Components = RunSummary['time']['components'];

interface RunFigures {
  policy: string;
  policyTitle: string;
  params?: RunSummary['params'];
  components: Partial<Components>;
  /** Ends of the band over the stated cost. */
  band: [number, number];
  counters: Partial<RunSummary['counters']>;
  exposure: Partial<RunSummary['exposure']>;
  memory: Partial<RunSummary['memory']>;
  findings?: RunSummary['findings'];
}

const COMPONENTS: Components = { iova: 0, pageTable: 0, invalidation: 0, lock: 0, copy: 0, exit: 0, pin: 0, other: 0 };

const COUNTERS: RunSummary['counters'] = {
  maps: 12_341,
  unmaps: 12_341,
  pteWrites: 0,
  pteClears: 0,
  iovaAllocs: 0,
  iovaCacheHits: 0,
  iovaTreeAllocs: 0,
  invalidations: { page: 0, domain: 0, global: 0, device: 0 },
  invalidatedPages: 0,
  invalidationWaits: 0,
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
};

const TRANSLATED = {
  pteWrites: 49_364,
  pteClears: 49_364,
  iovaAllocs: 12_341,
  iovaCacheHits: 12_104,
  iovaTreeAllocs: 237,
};

const RUNS: readonly RunFigures[] = [
  {
    policy: 'strict',
    policyTitle: 'Strict',
    components: { iova: 0.94e6, pageTable: 2.31e6, invalidation: 9.87e6, lock: 1.42e6, other: 0.37e6 },
    band: [0.72, 1.41],
    counters: {
      ...TRANSLATED,
      invalidations: { page: 12_341, domain: 0, global: 0, device: 0 },
      invalidatedPages: 53_010,
      invalidationWaits: 12_341,
    },
    exposure: {
      readablePagesPeak: 512,
      writablePagesPeak: 512,
      staleWindows: 12_341,
      stalePageNs: 3.1e9,
      staleMaxNs: 41_200,
      subPageBytesPeak: 0,
    },
    memory: { iovaBytesPeak: 2_097_152, pageTableBytesPeak: 24_576 },
    findings: [
      {
        severity: 'warning',
        text: 'Invalidation waits overlap on 3 CPUs: 9 % of the time is spent waiting for the queue lock.',
        operation: 118,
      },
      {
        severity: 'info',
        text: 'The recorded run had the same policy: its visible cost and the modelled one can be held against each other.',
        operation: -1,
      },
    ],
  },
  {
    policy: 'lazy',
    policyTitle: 'Lazy',
    components: { iova: 1.08e6, pageTable: 2.31e6, invalidation: 0.61e6, lock: 0.29e6, other: 0.37e6 },
    band: [0.78, 1.36],
    counters: {
      ...TRANSLATED,
      invalidations: { page: 0, domain: 214, global: 0, device: 0 },
      invalidationWaits: 214,
      drains: { full: 31, timer: 183 },
    },
    exposure: {
      readablePagesPeak: 1_532,
      writablePagesPeak: 1_532,
      staleWindows: 12_341,
      stalePageNs: 4.9e11,
      staleMaxNs: 15_700_000,
      subPageBytesPeak: 0,
    },
    memory: { iovaBytesPeak: 6_291_456, pageTableBytesPeak: 40_960, queuedPagesPeak: 1_020 },
    findings: [
      {
        severity: 'info',
        text: 'The flush timer has the granularity of the kernel’s tick: drains fall 10 to 14 ms after the first queued unmap.',
        operation: -1,
      },
    ],
  },
  {
    policy: 'passthrough',
    policyTitle: 'Passthrough',
    components: { other: 0.37e6 },
    band: [0.8, 1.3],
    counters: {},
    exposure: {
      readablePagesPeak: 4_194_304,
      writablePagesPeak: 4_194_304,
      staleWindows: 0,
      stalePageNs: 0,
      staleMaxNs: 0,
      subPageBytesPeak: 0,
    },
    memory: {},
    findings: [
      {
        severity: 'warning',
        text: 'Nothing is protected: every page of memory stays within the device’s reach.',
        operation: -1,
      },
    ],
  },
  {
    policy: 'swiotlb',
    policyTitle: 'Bounce through swiotlb',
    params: { slots: 65_536 },
    components: { lock: 0.74e6, copy: 19.6e6, other: 0.37e6 },
    band: [0.66, 1.62],
    counters: {
      copies: 24_682,
      copiedBytes: 202_375_168,
      copiedFromDeviceBytes: 151_781_376,
      copiedToDeviceBytes: 50_593_792,
      bounced: 12_341,
    },
    exposure: {
      readablePagesPeak: 32_768,
      writablePagesPeak: 32_768,
      staleWindows: 0,
      stalePageNs: 0,
      staleMaxNs: 0,
      subPageBytesPeak: 0,
    },
    memory: { poolBytesPeak: 134_217_728 },
    findings: [
      {
        severity: 'info',
        text: 'The recorded run had the same policy: its visible cost and the modelled one can be held against each other.',
        operation: -1,
      },
    ],
  },
];

const SERIES = [
  { id: 'ns', title: 'CPU time in DMA calls', unit: 'ns', modelled: true },
  { id: 'stalePages', title: 'Stale pages', unit: 'pages', modelled: false },
  { id: 'poolBytes', title: 'Bounce memory', unit: 'bytes', modelled: false },
  { id: 'pageTableBytes', title: 'Page tables', unit: 'bytes', modelled: false },
];

function runSummary(figures: RunFigures, index: number): RunSummary {
  const components = { ...COMPONENTS, ...figures.components };
  const cpuNs = Object.values(components).reduce((sum, ns) => sum + ns, 0);
  return {
    runId: `run-${index + 1}`,
    traceId: 'trace-1',
    fingerprint: '6f1e2a90c3b47d58',
    name: figures.params === undefined ? figures.policyTitle : `${figures.policyTitle} (slots = 65536)`,
    policy: figures.policy,
    policyTitle: figures.policyTitle,
    params: figures.params ?? {},
    platform: 'vtd-bare-metal',
    platformTitle: 'Intel VT-d, bare metal',
    dirtyTracking: 'none',
    loop: 'closed',
    operations: OPERATIONS,
    counters: { ...COUNTERS, ...figures.counters },
    time: {
      cpuNs,
      setupNs: 0,
      makespanNs: 1.873e9 + cpuNs / 4,
      speedup: (1.873e9 + 14.91e6 / 4) / (1.873e9 + cpuNs / 4),
      components,
      band: [cpuNs * figures.band[0], cpuNs * figures.band[1]],
      byCpu: [cpuNs / 4, cpuNs / 4, cpuNs / 4, cpuNs / 4],
    },
    exposure: {
      readablePagesPeak: 0,
      writablePagesPeak: 0,
      staleWindows: 0,
      stalePageNs: 0,
      staleMaxNs: 0,
      subPageBytesPeak: 0,
      ...figures.exposure,
    },
    memory: {
      poolBytesPeak: 0,
      iovaBytesPeak: 0,
      pageTableBytesPeak: 0,
      lockedBytesPeak: 0,
      queuedPagesPeak: 0,
      ...figures.memory,
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
      iotlbMissesPer4k: figures.policy === 'passthrough' ? 0 : 0.021,
      memoryReadsPer4k: 0.04,
      upperMissesPer4k: [0, 0, 0],
      throughputBound: Infinity,
    },
    series: SERIES.map(info => ({ ...info, bucketNs: 1e6, values: new Float64Array(0) })),
    findings: figures.findings ?? [],
    unpriced: {},
  };
}

export const TRACE: PanelTrace = {
  traceId: 'trace-1',
  name: 'nvme-randread-4k-strict.perf.txt',
  fingerprint: '6f1e2a90c3b47d58',
  format: 'perf-script',
  bytes: 8_912_311,
  lines: 61_873,
  spanNs: 1.873e9,
  operations: { map: 12_341, unmap: 12_341, sync: 0, alloc: 0, free: 0 },
  recordedPolicy: { id: 'strict', evidence: 'every unmap is followed by a page-selective qi_submit and a wait' },
  lostEvents: 0,
  gaps: 0,
  skippedLines: 3,
  assumptions: ['The device of domain 7 is assumed to be 0000:00:04.0: no other is mapped at that time.'],
};

export function fixtureRuns(policies?: readonly string[]): Run[] {
  return RUNS.map(runSummary)
    .filter(({ policy }) => policies === undefined || policies.includes(policy))
    .map(summary => ({
      summary,
      name: summary.name,
      request: { policy: summary.policy, params: summary.params, platform: summary.platform },
    }));
}

export function fixtureHotspots(run: Run, by: PanelHotspots['by'] = 'operation'): PanelHotspots {
  const items = Array.from({ length: 40 }, (_, i): Hotspot => {
    const totalNs = 58_400 / (1 + i * 0.35);
    const line = 412 + ((i * 7919) % 60_000);
    const single = by === 'operation';
    return {
      label: single
        ? `${i % 3 === 1 ? 'map' : 'unmap'} ${[4, 8, 64, 128][i % 4]} KiB FROM_DEVICE 0000:00:04.0`
        : ['0000:00:04.0', '0000:00:05.0', '0000:00:1f.2'][i % 3] + (i > 2 ? ` #${Math.floor(i / 3)}` : ''),
      operations: single ? 1 : 1200 - i * 20,
      totalNs,
      share: totalNs / run.summary.time.cpuNs,
      meanNs: single ? totalNs : totalNs / (1200 - i * 20),
      maxNs: totalNs,
      baselineNs: totalNs * (0.6 + ((i * 37) % 90) / 100),
      line,
      lines: single ? [line] : Array.from({ length: 16 }, (__, n) => line + n * 3),
    };
  });
  return { runId: run.summary.runId, runName: run.name, by, items };
}

export interface StateOptions {
  policies?: readonly string[];
  baseline?: string;
  shown?: string;
  by?: PanelHotspots['by'];
  state?: Partial<PanelState>;
}

/** What the host sends: made by its own functions from the runs. */
export function panelState({
  policies,
  baseline = 'strict',
  shown = 'lazy',
  by = 'operation',
  state = {},
}: StateOptions = {}): PanelState {
  const runs = fixtureRuns(policies);
  const idOf = (policy: string): Run => runs.find(({ summary }) => summary.policy === policy) ?? runs[0];
  const base: PanelState = {
    version: 1,
    trace: TRACE,
    runs: runs.map(run => panelRun(run, runs)),
    refused: [],
    answers: [],
    restore: { version: 1, uri: 'file:///traces/nvme.perf.txt', scenarios: runs.map(run => run.request), baseline: 0 },
  };
  if (runs.length === 0) return { ...base, ...state };
  const summaries = runs.map(run => run.summary);
  return {
    ...base,
    baseline: idOf(baseline).summary.runId,
    comparison: panelComparison(compareRuns(summaries, idOf(baseline).summary.runId), runs),
    hotspots: fixtureHotspots(idOf(shown), by),
    ...state,
  };
}
