import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/analysis/compare';
import { exportRuns, type ExportFormat } from '../../src/report/export';
import { comparisonTable, findingNotes, overviewTables, shortNames } from '../../src/report/replay-report';
import { toCsv, toMarkdown, toText, type Table } from '../../src/report/table';
import { formatValue } from '../../src/report/value';
import type { TraceSummary } from '../../src/analysis/run';
import { LAZY, makeRun } from '../support/make-run';
import { smallTrace } from '../support/trace-text';

const TABLE: Table = {
  columns: [
    { title: 'name', align: 'left' },
    { title: 'Δ', align: 'right' },
  ],
  rows: [
    ['strict', '1'],
    ['a, "b" | c', '−10 %'],
  ],
};

describe('a table', () => {
  it('is aligned as text', () => {
    expect(toText(TABLE)).toBe('name            Δ\nstrict          1\na, "b" | c  −10 %\n');
  });

  it('wider than the line has its headings, then its long texts, in several lines', () => {
    const wide: Table = {
      columns: [
        { title: 'who', align: 'left' },
        { title: '≈ time per operation', align: 'right' },
        { title: 'why', align: 'left' },
      ],
      rows: [['a', '1 ns', 'twenty letters here, twenty letters here, twenty letters.']],
    };
    expect(toText(wide, 84).split('\n')).toHaveLength(3);
    const text = 'a                    1 ns  twenty letters here, twenty letters here,';
    expect(toText(wide, 70).split('\n')).toEqual([
      'who  ≈ time per operation  why',
      text,
      `${' '.repeat(27)}twenty letters.`,
      '',
    ]);
    expect(toText(wide, 60).split('\n')).toEqual([
      '        ≈ time',
      '           per',
      'who  operation  why',
      'a         1 ns  twenty letters here, twenty letters here,',
      `${' '.repeat(16)}twenty letters.`,
      '',
    ]);
  });

  it('is quoted as CSV', () => {
    expect(toCsv(TABLE)).toBe('name,Δ\r\nstrict,1\r\n"a, ""b"" | c",−10 %\r\n');
  });

  it('is escaped as Markdown', () => {
    expect(toMarkdown(TABLE)).toBe(
      '| name        |     Δ |\n| ----------- | ----: |\n| strict      |     1 |\n| a, "b" \\| c | −10 % |\n',
    );
  });

  it('may be empty', () => {
    const empty = { columns: TABLE.columns, rows: [] };
    expect(toText(empty)).toBe('name  Δ\n');
    expect(toMarkdown(empty)).toBe('| name |   Δ |\n| ---- | --: |\n');
  });
});

describe('values', () => {
  it.each([
    [1500, 'ns', '1.50 µs'],
    [2048, 'bytes', '2 KiB'],
    [2 ** 30, 'bytes/s', '1 GiB/s'],
    [32e9, 'page·ns', '32 page·s'],
    [1.5, '×', '1.500×'],
    [12345, '', '12,345'],
    [0.5, 'pages', '0.50'],
  ])('%d in %s is %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));
});

const strict = makeRun({ findings: [{ severity: 'info', text: 'TablePageAlloc has no price.', operation: -1 }] });
const lazy = makeRun({
  ...LAZY,
  time: { cpuNs: 1000, band: [500, 2000] },
  findings: [
    { severity: 'info', text: 'TablePageAlloc has no price.', operation: -1 },
    { severity: 'warning', text: 'A timer ran late.', operation: 3 },
  ],
});
const runs = [strict, lazy];

describe('runs side by side', () => {
  it('are named by what tells them apart', () => {
    expect(shortNames(runs)).toEqual(['Strict', 'Lazy']);
    expect(shortNames([{ name: 'Strict · VT-d' }, { name: 'Strict · AMD' }])).toEqual(['VT-d', 'AMD']);
    expect(shortNames([{ name: 'Strict · VT-d' }])).toEqual(['Strict']);
    expect(shortNames([{ name: 'Strict · VT-d' }, { name: 'Strict · VT-d' }])).toEqual(['Strict', 'Strict']);
  });

  it('show difference, and what is new or gone', () => {
    const { rows } = comparisonTable(
      compareRuns([makeRun(), makeRun({ ...LAZY, counters: { exits: 5, maps: 0 } })], 'run-1'),
    );
    expect(rows).toContainEqual(['=', 'VM exits', '0', '5', 'new']);
    expect(rows).toContainEqual(['=', 'maps', '2', '0', '−100 %']);
    expect(rows).toContainEqual(['≈', 'CPU time in DMA calls', '4 µs', '4 µs', '0 %']);
  });

  it('have an overview with the band', () => {
    const [{ columns, rows }, exposure] = overviewTables(runs, strict);
    expect(columns.map(column => column.title).slice(0, 4)).toEqual(['costs', '≈ CPU time', '≈ band', '≈ Δ']);
    expect(rows[1].slice(0, 4)).toEqual(['Lazy', '1 µs', '500 ns … 2 µs', '−75.0 %']);
    expect(exposure.columns.map(column => column.title)).toContain('≈ stale at most');
    expect(exposure.rows.map(([name]) => name)).toEqual(['Strict', 'Lazy']);
  });

  it('tell findings once, with the runs that have them', () => {
    expect(findingNotes(runs)).toEqual(['info: all: TablePageAlloc has no price.', 'warning: Lazy: A timer ran late.']);
  });
});

describe('exports', () => {
  const columns = smallTrace().trace();
  const trace: TraceSummary = {
    traceId: 't',
    name: 'disk <1>.txt',
    fingerprint: '0123456789abcdef',
    report: columns.report,
    devices: [],
  };
  const series = [
    { id: 'cost', title: 'Cost', unit: 'ns', modelled: true, bucketNs: 100, values: Float64Array.from([1, 1, 5]) },
  ];
  const content = {
    trace,
    columns,
    runs: [{ ...strict, series }, lazy],
    costs: [
      { runId: 'run-1', name: strict.name, operationNs: Float32Array.from([100, 1_000_000, 1, 2, 3, 4, 5, 6]) },
      { runId: 'run-2', name: lazy.name, operationNs: new Float32Array(8) },
    ],
    comparison: compareRuns(runs, 'run-1'),
  };
  const exported = (format: ExportFormat): string => exportRuns(format, content);

  it('as HTML need nothing else, escape names, and repeat every number of a bar in words', () => {
    const html = exported('html');
    expect(html).not.toMatch(/<script|src=|href=|url\(/);
    expect(html).toContain('<title>IOMMU Replay: disk &lt;1&gt;.txt</title>');
    expect(html).toContain('title="invalidation: 2.40 µs"');
    expect(html.match(/<table>/g)).toHaveLength(3);
    expect(html).toContain('counted from the trace');
  });

  it('as Perfetto timeline have a process for each run, a track for each CPU, and counters', () => {
    const { traceEvents } = JSON.parse(exported('perfetto')) as { traceEvents: Record<string, unknown>[] };
    const slices = traceEvents.filter(event => event.ph === 'X');
    expect(slices).toHaveLength(16);
    expect(traceEvents.filter(event => event.ph === 'M')).toMatchObject([
      { pid: 1, args: { name: strict.name } },
      { pid: 2 },
    ]);
    expect(slices[0]).toMatchObject({ pid: 1, tid: 0, ts: 0, dur: 0.1, args: { line: 1, device: '0000:00:04.0' } });
    expect(traceEvents.filter(event => event.ph === 'C').map(event => event.ts)).toEqual([0, 0.2]);
  });

  it('as timeline never overlap on a CPU', () => {
    const { traceEvents } = JSON.parse(exported('perfetto')) as {
      traceEvents: { ph: string; pid: number; tid: number; ts: number; dur: number }[];
    };
    const end = new Map<string, number>();
    for (const { ph, pid, tid, ts, dur } of traceEvents) {
      if (ph !== 'X') continue;
      const track = `${pid} ${tid}`;
      expect(ts).toBeGreaterThanOrEqual((end.get(track) ?? 0) - 1e-9);
      end.set(track, ts + dur);
    }
  });

  it('as JSON have no infinity', () => {
    expect(JSON.parse(exported('json'))).toHaveProperty('scenarios[0].device.throughputBound', null);
  });

  it('as CSV and Markdown hold every figure', () => {
    expect(exported('csv').split('\r\n')).toHaveLength(content.comparison.rows.length + 2);
    expect(exported('markdown')).toContain('CPU time in DMA calls');
  });
});
