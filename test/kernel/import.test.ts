import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importTrace } from '../../src/trace/import';
import { readTrace } from '../../src/trace/read';
import type { ReadReport, ReadResult } from '../../src/trace/reader';
import { fixtureTrace } from '../support/fixture-traces';
import { rowOf } from '../support/read-lines';

const ROOT = join(process.cwd(), 'test/fixtures/traces');
const VARIANTS = '612-formats-strict/formats';
/** Options that leave out the fields: refused. */
const UNREADABLE = /ftrace-(?:hex|raw)|perf-convert|perf-trace|report-stat/;

interface Boot {
  steps?: Record<
    string,
    { perf_stat: Record<string, number>; text?: Record<string, { lines: number; events: Record<string, number> }> }
  >;
  qemu_trace_counts_whole_boot?: Record<string, number>;
}

/** What the kernel itself counted, by boot, step and file. */
const truth = JSON.parse(readFileSync(join(ROOT, 'ground-truth.json'), 'utf8')) as Record<string, Boot>;
const nested = JSON.parse(readFileSync(join(ROOT, 'nested/truth.json'), 'utf8')) as Record<
  string,
  { qemu_log_events: Record<string, number> }
>;

/** Recorded files that the truth counts and that are here, but for the one of a million lines. */
const RECORDED = Object.entries(truth).flatMap(([boot, { steps = {} }]) =>
  Object.entries(steps).flatMap(([step, { text = {} }]) =>
    Object.entries(text)
      .map(([file, expected]) => ({ path: `${boot}/${step}/${file}`, expected }))
      .flatMap(({ path, expected }) => {
        const stored = [`${path}.xz`, path].find(candidate => existsSync(join(ROOT, candidate)));
        return stored === undefined || boot === '612-big-strict' ? [] : [{ path: stored, expected }];
      }),
  ),
);

/** Counts by event name without system. */
function bareCounts(report: ReadReport): Record<string, number> {
  return Object.fromEntries(Object.entries(report.events).map(([name, count]) => [name.split(':').at(-1)!, count]));
}

function expectAccounted(report: ReadReport): void {
  expect(report.parsedBytes + report.ignoredBytes + report.skippedBytes).toBe(report.bytes);
}

describe('recordings of real kernels', () => {
  it('are there', () => {
    expect(RECORDED.length).toBeGreaterThan(40);
    expect(new Set(RECORDED.map(({ path }) => path.split('/').at(-1)!.split('.')[0]))).toEqual(
      new Set(['perf-script', 'ftrace']),
    );
  });

  it.each(RECORDED)('are read with the kernel’s own counts: $path', async ({ path, expected }) => {
    const { report } = importTrace(await fixtureTrace(path));
    expect(bareCounts(report)).toEqual(expected.events);
    expect(report.unpaired.reasons.unexplained).toBe(0);
    // fio begins after the recorder and ends before it.
    if (/-rand(?:read|write)-/.test(path))
      expect(report.unpaired).toMatchObject({ unmapWithoutMap: 0, mapWithoutUnmap: 0 });
    expect(report.skipped).toEqual([]);
    expect(report.lostEvents).toBe(0);
    expectAccounted(report);
  });
});

describe('the same events in every output of the recorders', () => {
  const expected = truth['612-formats-strict'].steps!.formats.perf_stat;
  const files = readdirSync(join(ROOT, VARIANTS)).filter(file => !UNREADABLE.test(file));
  let reference: string[];

  /** The rows without when and where, in an order that does not depend on it: recorders differ in both. */
  function contents({ events }: ReadResult): string[] {
    return Array.from({ length: events.count }, (_, row) => JSON.stringify(rowOf(events, row))).sort();
  }

  beforeAll(async () => {
    reference = contents(readTrace(await fixtureTrace(`${VARIANTS}/perf-script-default.txt.xz`)));
  });

  it.each(files.filter(file => !file.includes('stacktrace')))('%s', async file => {
    const result = readTrace(await fixtureTrace(`${VARIANTS}/${file}`));
    for (const [event, count] of Object.entries(result.report.events)) expect(count, event).toBe(expected[event]);
    expect(contents(result)).toEqual(reference);
    expect(result.report.skipped).toEqual([]);
    expectAccounted(result.report);
  });

  it.each([
    'perf-script-g-default.txt.xz',
    'perf-script-g-F-ns.txt.xz',
    'perf-script-g-F-symoff.txt.xz',
    'ftrace-stacktrace.txt.xz',
  ])('call chains lead from each event to its driver: %s', async file => {
    const { events } = readTrace(await fixtureTrace(`${VARIANTS}/${file}`));
    const chains = Array.from({ length: events.count }, (_, row) => events.strings[events.callChain[row]]);
    expect(chains.filter(chain => (chain as string | undefined) === undefined)).toEqual([]);
    expect(chains.filter(chain => /(?:^|;)(?:nvme|virt|igb|e1000|dma_|iommu_)/.test(chain))).toHaveLength(
      chains.length,
    );
    expect(chains.filter(chain => /traceiter|trace_event/.test(chain))).toEqual([]);
  });
});

describe('recordings that lost events', () => {
  const recorded = Object.values(truth['612-formats-strict'].steps!.lost.perf_stat)
    .slice(0, 5)
    .reduce((a, b) => a + b);

  it('perf: what was read and what it says was lost is what the kernel emitted', async () => {
    const { report, events } = readTrace(await fixtureTrace('612-formats-strict/lost/perf-script-show-lost.txt.xz'));
    expect(recorded).toBe(15_000);
    // perf's buffer also held one record that is no event.
    expect(events.count + report.lostEvents).toBe(recorded + 1);
    expect(report.lost.every(({ fromNs, toNs }) => toNs >= fromNs)).toBe(true);
    expect(report.skipped).toEqual([]);
  });

  it('every operation without partner is explained, also where perf does not tell what it lost', async () => {
    for (const file of ['perf-script-lost.txt.xz', 'perf-script-show-lost.txt.xz', 'ftrace-overrun.txt']) {
      const { unpaired, lost, lostEvents } = importTrace(await fixtureTrace(`612-formats-strict/lost/${file}`)).report;
      expect(unpaired.unmapWithoutMap, file).toBeGreaterThan(0);
      expect(unpaired.reasons.unexplained, file).toBe(0);
      // Told: how many and where; betrayed by the operations: where.
      expect(
        lost.every(({ line }) => line > 0),
        file,
      ).toBe(lostEvents > 0);
    }
  });

  it('trace_pipe and an overrun ring buffer', async () => {
    const pipe = readTrace(await fixtureTrace('612-formats-strict/lost/trace_pipe-lost.txt.xz')).report;
    expect([pipe.lostEvents, pipe.lost.map(({ cpu, line }) => [cpu, line])]).toEqual([3445, [[0, 1925]]]);
    const { report, events } = readTrace(await fixtureTrace('612-formats-strict/lost/ftrace-overrun.txt'));
    expect([events.count, report.lostEvents]).toEqual([176, 15_000 - 176]);
    expect(report.lost.map(({ cpu }) => cpu)).toEqual([-1, 0]);
  });

  it('trace-cmd lost none', async () => {
    const { report, events } = readTrace(await fixtureTrace('612-formats-strict/lost/trace-cmd-report-lost.txt.xz'));
    expect([events.count, report.lostEvents]).toEqual([15_000, 0]);
  });
});

describe('logs of QEMU', () => {
  it.each(Object.keys(nested))('are counted by name: %s', async run => {
    const { report } = readTrace(await fixtureTrace(`nested/${run}/qemu-trace.log.xz`));
    const events = Object.entries(nested[run].qemu_log_events).filter(([name]) => /^(?:vtd|vfio|virtio)_/.test(name));
    expect(report.events).toEqual(Object.fromEntries(events));
    expect(report.skipped).toEqual([]);
    expectAccounted(report);
  });
});
