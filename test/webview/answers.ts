/** Answers to the page's questions as an engine would give them for the runs of the fixtures. */
import type { PanelQueries, PanelQuery, PanelReply, QueryName, SeriesReply } from '../../src/editor/panel/messages';
import type {
  Distribution,
  DistributionSet,
  Facet,
  FacetField,
  OperationRow,
} from '../../src/editor/panel/view-queries';
import {
  stateOf,
  toggleExcluded,
  toggleIncluded,
  withoutField,
  type FilterValue,
} from '../../src/analysis/filter/edit';
import { fixtureRuns, TRACE } from './fixtures';

type Answers = { [Name in QueryName]: (request: Parameters<PanelQueries[Name]>[0]) => ReturnType<PanelQueries[Name]> };

export const OPERATIONS_MATCHED = 1_200_000;

/** Levels that look like a disk at work: bursts, and a slow swell. */
function series(runId: string, fromNs: number, toNs: number, points: number, scale: number): SeriesReply {
  const count = Math.min(points, 600);
  const times = Float64Array.from({ length: count }, (_, i) => fromNs + ((toNs - fromNs) * i) / count);
  const phase = Number(runId.slice(-1));
  const values = times.map(time => {
    const t = time / 1e8;
    return Math.max(0, scale * (0.6 + 0.25 * Math.sin(t + phase) + 0.15 * Math.sin(t * 17 + phase)));
  });
  return { runId, times, values };
}

const SCALES: Partial<Record<string, number[]>> = {
  ns: [8000, 2500, 200, 11_000],
  stalePages: [12, 900, 0, 0],
  poolBytes: [0, 0, 0, 120e6],
  'live-mappings': [128, 140, 0, 128],
};

function operationRow(index: number, runs: number): OperationRow {
  return {
    operation: index,
    line: 10 + index * 3,
    timeNs: index * 1500,
    kind: index % 2 === 0 ? 'map' : 'unmap',
    device: index % 7 === 0 ? '0000:00:05.0' : '0000:00:04.0',
    direction: index % 3 === 0 ? 'TO_DEVICE' : 'FROM_DEVICE',
    size: 4096 << (index % 5),
    cpu: index % 4,
    costs: Array.from({ length: runs }, (_, run) => (run === 2 ? null : 200 + ((index * 7919 + run * 331) % 1400))),
  };
}

function distributionSet(runId: string | null, bins: number, shift: number): DistributionSet {
  const counts = Array.from({ length: bins }, (_, i) => Math.round(9000 * Math.exp(-((i - shift) ** 2) / 3)));
  const count = counts.reduce((sum, value) => sum + value, 0);
  return { runId, counts, count, mean: 640, p50: 512, p90: 1400, p99: 3800, max: 58_400 };
}

function distribution(
  id: string,
  title: string,
  unit: string,
  modelled: boolean,
  runIds: (string | null)[],
): Distribution {
  const first = { size: 4096, lifetime: 16_384, cost: 32 }[id] ?? 1;
  const edges = Array.from({ length: 11 }, (_, i) => first * 2 ** i);
  return { id, title, unit, modelled, edges, sets: runIds.map((runId, i) => distributionSet(runId, 10, 3 + i * 1.6)) };
}

/** As `src/analysis/facets.ts` answers, for filters that name values in full. */
function facet(filter: string, field: FacetField, counts: [text: string, count: number][], more = 0): Facet {
  const cleared = withoutField(filter, field);
  const values = counts.map(([text, count]) => {
    const value: FilterValue = { field, text, holds: (_, alternative) => alternative.text === text };
    return {
      label: text,
      count,
      state: stateOf(filter, value),
      include: toggleIncluded(filter, value),
      exclude: toggleExcluded(filter, value),
    };
  });
  return { field, values, more, ...(cleared !== filter && { cleared }) };
}

const ANSWERS: Answers = {
  series: ({ seriesId, runIds, fromNs, toNs, points }) =>
    runIds.map(runId => series(runId, fromNs, toNs, points, SCALES[seriesId]?.[Number(runId.slice(-1)) - 1] ?? 1)),
  operations: ({ filter, range, runIds, offset, count, sort }) => {
    const matched = filter === '' && range === undefined ? OPERATIONS_MATCHED : 24;
    const rows = Array.from({ length: Math.max(0, Math.min(count, matched - offset)) }, (_, i) => offset + i);
    const order = sort?.descending === true ? rows.map(i => matched - 1 - i) : rows;
    return { matched, total: OPERATIONS_MATCHED, rows: order.map(i => operationRow(i, runIds.length)) };
  },
  filterHelp: ({ text, caret }) => {
    const word = /\S*$/.exec(text.slice(0, caret))![0];
    const from = caret - word.length;
    const fields = [
      ['device:', 'name of the device, or a part of it'],
      ['dir:', 'to, from, both'],
      ['size>', 'bytes, with k or M'],
      ['cost>', 'modelled cost under the run shown'],
    ] as const;
    const completions =
      word === ''
        ? []
        : fields
            .filter(([name]) => name.startsWith(word))
            .map(([name, detail]) => ({ text: name, detail, from, to: caret }));
    const unknown = /(\S+):/.exec(text);
    if (unknown && !['device', 'dir'].includes(unknown[1]))
      return {
        problem: {
          message: `Unknown field “${unknown[1]}”: use device, dir, size, cost`,
          from: 0,
          to: unknown[1].length,
        },
        completions,
      };
    const finished = text === '' || /[:><]\S+$/.test(text.trim());
    return finished ? { completions } : { problem: { message: 'A value is missing.', from, to: caret }, completions };
  },
  distributions: ({ runIds }) => [
    distribution('size', 'mapping size', 'bytes', false, [null]),
    distribution('lifetime', 'mapping lifetime', 'ns', false, [null]),
    distribution('concurrency', 'mappings alive', '', false, [null]),
    distribution('cost', 'cost per operation', 'ns', true, runIds),
  ],
  pareto: ({ runIds }) => ({
    exposure: {
      title: 'pages in reach: readable, writable, waiting in flush queues (peaks)',
      unit: 'pages',
      modelled: false,
    },
    points: fixtureRuns()
      .map(run => run.summary)
      .filter(run => runIds.includes(run.runId))
      .map(run => ({
        runId: run.runId,
        costNs: run.time.cpuNs,
        exposure: run.exposure.readablePagesPeak + run.exposure.writablePagesPeak,
        memoryBytes: run.memory.poolBytesPeak + run.memory.pageTableBytesPeak,
        dominatedBy: run.policy === 'swiotlb' ? ['run-1'] : [],
      })),
  }),
  sweepParameters: ({ runId }) =>
    runId === 'run-3'
      ? []
      : [
          {
            name: 'queueSize',
            description: 'Entries of a flush queue, per CPU',
            unit: '',
            from: 16,
            to: 4096,
            current: 256,
          },
          {
            name: 'timeout',
            description: 'After which a queue is drained',
            unit: 'ns',
            from: 1e6,
            to: 1e8,
            current: 1e7,
          },
        ],
  sweep: ({ parameter, from, to }) => {
    const points = Array.from({ length: 9 }, (_, i) => {
      const value = Math.round(from * (to / from) ** (i / 8));
      const cpuNs = 4e6 + 8e6 / (1 + i * i * 0.6);
      return {
        value,
        cpuNs,
        band: [cpuNs * 0.8, cpuNs * 1.3] as [number, number],
        stalePageNs: 4e9 * (i + 1) ** 2,
        memoryBytes: 24_576 + value * 40,
        iotlbMissesPer4k: 1.6,
      };
    });
    const unit = parameter === 'timeout' ? 'ns' : '';
    return {
      parameter: { name: parameter, description: 'Entries of a flush queue, per CPU', unit, from, to, current: 256 },
      points,
      knee: { index: 5, of: 'cost', reason: 'the remaining values gain less than 5 % of what the sweep gains in all' },
    };
  },
  sensitivity: () => ({
    cpuNs: 14.91e6,
    band: [10.7e6, 21e6],
    bars: [
      [
        'InvalidationWait',
        'invalidation',
        480,
        290,
        910,
        -2.3e6,
        5.3e6,
        'recorded on Sapphire Rapids, funclatency of qi_submit_sync',
      ],
      ['PageInvalidation', 'invalidation', 210, 160, 300, -0.6e6, 1.1e6, 'Peleg et al., USENIX ATC 2015, table 2'],
      ['PteWrite', 'pageTable', 24, 15, 38, -0.45e6, 0.7e6, 'measured with dma_map_benchmark'],
      ['IovaTreeAlloc', 'iova', 900, 500, 1800, -0.1e6, 0.2e6, 'measured with dma_map_benchmark'],
    ].map(([work, component, ns, low, high, down, up, source]) => ({
      work: work as string,
      component: component as 'invalidation' | 'pageTable' | 'iova',
      ns: ns as number,
      low: low as number,
      high: high as number,
      cpuNsLow: 14.91e6 + (down as number),
      cpuNsHigh: 14.91e6 + (up as number),
      source: source as string,
    })),
  }),
  divergence: ({ points, range }) => {
    const count = Math.min(points, 400);
    const { fromNs, toNs } = range ?? { fromNs: 0, toNs: TRACE.spanNs };
    const times = Float64Array.from({ length: count }, (_, i) => fromNs + ((toNs - fromNs) * i) / count);
    return {
      times,
      cumulativeNs: times.map((_, i) => -25_600 * i),
      agreeing: 12_341,
      differing: 12_341,
      lines: Array.from({ length: 60 }, (_, i) => ({
        line: 700 + i * 13,
        operation: 230 + i * 4,
        label: `unmap ${4 << (i % 4)} KiB FROM_DEVICE 0000:00:04.0`,
        ns: i === 3 ? 15_700 : 160 + i,
        baselineNs: i === 3 ? 0 : 1900 - i * 11,
      })),
    };
  },
  facets: ({ filter }) => [
    facet(filter, 'op', [
      ['map', 600_000],
      ['unmap', 600_000],
    ]),
    facet(filter, 'device', [
      ['0000:00:04.0', 1_028_571],
      ['0000:00:05.0', 171_429],
    ]),
    facet(filter, 'domain', [['group 4', 1_200_000]]),
    facet(
      filter,
      'size',
      [4, 8, 16, 32, 64].map((size): [string, number] => [`${size}k`, 240_000]),
      173,
    ),
  ],
  workload: () => ({
    facts: [
      { title: 'maps', value: 12_341, unit: '' },
      { title: 'unmaps', value: 12_341, unit: '' },
      { title: 'bytes mapped', value: 202_375_168, unit: 'bytes' },
      { title: '4 KiB pages mapped', value: 49_408, unit: 'pages' },
      { title: 'segments mapped', value: 13_800, unit: '', note: 'physically contiguous runs' },
      { title: 'span', value: TRACE.spanNs, unit: 'ns', note: 'first to last operation, recorded' },
      { title: 'rate', value: 13_177.8, unit: '/s', note: 'operations, recorded' },
    ],
    distributions: [
      distribution('size', 'mapping size', 'bytes', false, [null]),
      distribution('lifetime', 'mapping lifetime', 'ns', false, [null]),
      distribution('concurrency', 'mappings alive', '', false, [null]),
    ],
  }),
};

/** Every question of the page that this host can answer. */
export const ANSWERED = Object.keys(ANSWERS) as QueryName[];

export function answer(query: PanelQuery): PanelReply {
  return answerOne(query);
}

function answerOne<Name extends QueryName>({
  id,
  name,
  request,
}: {
  id: number;
  name: Name;
  request: Parameters<PanelQueries[Name]>[0];
}): PanelReply {
  return { type: 'reply', id, name, ok: true, value: ANSWERS[name](request) } as PanelReply;
}
