import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDelta,
  formatMoment,
  formatNs,
  formatRatio,
  formatShare,
  formatValue,
} from '../../webview/format';
import { readView } from '../../webview/memory';
import { listed, setBundle, t } from '../../webview/strings';
import type { Column } from '../../webview/ui/grid/columns';
import { tableCells, toMarkdown, toTsv } from '../../webview/ui/grid/copy';
import { LocalRows } from '../../webview/ui/grid/local-rows';
import { rowWindow, scrollHeight, scrollTo } from '../../webview/ui/grid/window';
import { TimeFrame } from '../../webview/charts/time-frame';
import { peak, valueAt } from '../../webview/charts/time-lines';

describe('numbers', () => {
  test('have three significant digits and the unit that suits them', () => {
    expect([0, 999.4, 999.7, 18_432, 4.662e6, 1.873e9].map(formatNs)).toEqual([
      '0 ns',
      '999 ns',
      '1.00 µs',
      '18.4 µs',
      '4.66 ms',
      '1.87 s',
    ]);
    expect([0, 512, 4096, 24_576, 134_217_728].map(formatBytes)).toEqual([
      '0 B',
      '512 B',
      '4 KiB',
      '24 KiB',
      '128 MiB',
    ]);
    expect([1_200_000, -3, 0.021].map(formatCount)).toEqual(['1,200,000', '−3', '0.02']);
    expect(formatValue(3.1e9, 'page·ns')).toBe('3.10 page·s');
    expect(formatValue(Infinity, 'ns')).toBe('∞');
    expect([1, 2].map(pages => formatValue(pages, 'pages'))).toEqual(['1 page', '2 pages']);
  });

  test('differences have a sign, ratios of tenfold and more are factors', () => {
    expect([1200, -300, 0].map(ns => formatDelta(ns, 'ns'))).toEqual(['+1.20 µs', '−300 ns', '±0']);
    expect([0.1, -0.042, 0.0001, 8.99, 9, 380].map(formatRatio)).toEqual([
      '+10 %',
      '−4.2 %',
      '±0 %',
      '+899 %',
      '×10',
      '×381',
    ]);
    expect([0, 0.0004, 0.05, 0.66].map(formatShare)).toEqual(['0.0 %', '< 0.1 %', '5.0 %', '66 %']);
  });

  test('moments have the digits that tell neighbours apart', () => {
    expect(formatMoment(1.234_567_8e9, 1e6)).toBe('1.235 s');
    expect(formatMoment(1.234_567_8e9, 1e3)).toBe('1.234568 s');
    expect(formatMoment(41_200, 1e6)).toBe('41 µs');
  });
});

describe('words', () => {
  test('are translated where the bundle has them, and have their values put in', () => {
    setBundle({ '{0} of {1} operations': '{1} Operationen, davon {0}' });
    expect(t('{0} of {1} operations', 3, 10)).toBe('10 Operationen, davon 3');
    expect(t('{0} lines', 4)).toBe('4 lines');
    setBundle({});
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
    expect(listed(['a'])).toBe('a');
  });
});

describe('memory', () => {
  test('of another version is read as far as it fits', () => {
    const view = readView({
      tab: 'pareto',
      hidden: ['Lazy', 7],
      grids: { a: { sort: { column: 'x' }, groups: { g: true } } },
      scroll: 'far',
    });
    expect(view).toMatchObject({ tab: 'pareto', hidden: ['Lazy'], scroll: 0, grids: { a: { groups: { g: true } } } });
    expect(view.grids.a).not.toHaveProperty('sort');
    expect(readView(null).tab).toBe('overview');
    expect(readView([1]).tab).toBe('overview');
  });
});

interface Row {
  name: string;
  ns: number | undefined;
}

const COLUMNS: Column<Row>[] = [
  { id: 'name', title: 'Name', width: 10, value: row => row.name, text: row => row.name },
  {
    id: 'ns',
    title: 'Cost',
    band: { id: 'b', title: 'Lazy' },
    numeric: true,
    width: 10,
    value: row => row.ns,
    text: row => String(row.ns ?? '–'),
  },
];

const ROWS: Row[] = [
  { name: 'cpu10', ns: 5 },
  { name: 'cpu9', ns: undefined },
  { name: 'cpu1', ns: 7 },
  { name: 'cpu2', ns: 5 },
];

function shown(rows: LocalRows<Row>): string[] {
  return Array.from({ length: rows.count }, (_, i) => {
    const item = rows.at(i);
    if (item.kind === 'group') return `[${item.title} ${item.count}]`;
    return item.kind === 'row' ? item.row.name : '…';
  });
}

describe('rows', () => {
  test('are sorted stably, absent values last either way, numbers in names as numbers', () => {
    const rows = new LocalRows<Row>();
    rows.setRows(ROWS);
    rows.setSort({ column: 'ns', descending: true }, COLUMNS);
    expect(shown(rows)).toEqual(['cpu1', 'cpu10', 'cpu2', 'cpu9']);
    rows.setSort({ column: 'ns', descending: false }, COLUMNS);
    expect(shown(rows)).toEqual(['cpu10', 'cpu2', 'cpu1', 'cpu9']);
    rows.setSort({ column: 'name', descending: false }, COLUMNS);
    expect(shown(rows)).toEqual(['cpu1', 'cpu2', 'cpu9', 'cpu10']);
  });

  test('are grouped, sorted within their group, and hidden while it is closed', async () => {
    const rows = new LocalRows<Row>(
      { key: row => String(row.ns), title: key => `ns ${key}`, open: key => key === '5' },
      { '7': true },
    );
    rows.setRows(ROWS);
    rows.setSort({ column: 'name', descending: true }, COLUMNS);
    expect(shown(rows)).toEqual(['[ns 5 2]', 'cpu10', 'cpu2', '[ns undefined 1]', '[ns 7 1]', 'cpu1']);
    rows.toggle('5');
    expect(shown(rows)).toEqual(['[ns 5 2]', '[ns undefined 1]', '[ns 7 1]', 'cpu1']);
    expect(rows.toggledGroups).toEqual({ '5': false, '7': true });
    expect(await rows.rows(10)).toHaveLength(4);
  });

  test('are copied with the band of their column, and nothing in a cell breaks the table', () => {
    const cells = tableCells(COLUMNS, [{ name: 'a|b\tc\nd', ns: undefined }]);
    expect(toTsv(cells)).toBe('Name\tLazy: Cost\na|b c d\t–\n');
    expect(toMarkdown(cells, COLUMNS)).toBe('| Name | Lazy: Cost |\n| --- | --: |\n| a\\|b\tc d | – |\n');
  });
});

describe('a window of rows', () => {
  test('covers what is on screen and a few more', () => {
    expect(rowWindow(1000, 20, 400, 200, 2)).toEqual({ from: 18, to: 32, height: 20_000, top: 360 });
    expect(rowWindow(3, 20, 0, 200, 2)).toMatchObject({ from: 0, to: 3, top: 0 });
  });

  test('reaches the last of ten million rows, though no browser is that tall', () => {
    const count = 10_000_000;
    const end = scrollHeight(count, 22) - 440;
    expect(scrollHeight(count, 22)).toBeLessThan(33_000_000);
    const { from, to, top } = rowWindow(count, 22, end, 440, 0);
    expect(to).toBe(count);
    expect(from).toBe(count - 20);
    expect(top).toBe(end);
  });

  test.each([1000, 10_000_000])('scrolls to any of %d rows, and no further than needed', count => {
    for (const index of [0, 1, 57, Math.floor(count / 2), count - 2, count - 1]) {
      const scrolled = scrollTo(index, count, 22, 0, 440);
      const { from, to } = rowWindow(count, 22, scrolled, 440, 0);
      expect(from).toBeLessThanOrEqual(index);
      expect(to).toBeGreaterThan(index);
    }
    const there = scrollTo(500, count, 22, 0, 440);
    expect(scrollTo(495, count, 22, there, 440)).toBe(there);
  });
});

describe('time', () => {
  test('zooms about the cursor and never leaves the trace', () => {
    const frame = new TimeFrame();
    frame.setSpan(1e9);
    frame.setCursor(0.25e9);
    frame.zoomBy(0.5);
    expect(frame.zoom).toEqual({ fromNs: 0.125e9, toNs: 0.625e9 });
    frame.pan(-1);
    expect(frame.zoom).toEqual({ fromNs: 0, toNs: 0.5e9 });
    frame.zoomBy(1e-9);
    expect(frame.zoom.toNs - frame.zoom.fromNs).toBe(1000);
    frame.zoomBy(1e9);
    expect(frame.zoom).toEqual({ fromNs: 0, toNs: 1e9 });
    expect(frame.isZoomed).toBe(false);
  });

  test('a level holds until the next point', () => {
    const line = { times: Float64Array.of(10, 20, 30), values: Float64Array.of(1, 5, 2) };
    expect([9, 10, 19.9, 20, 99].map(time => valueAt(line, time))).toEqual([undefined, 1, 1, 5, 2]);
    expect(peak(line)).toEqual({ time: 20, value: 5 });
    expect(peak({ times: new Float64Array(0), values: new Float64Array(0) })).toBeUndefined();
  });
});
