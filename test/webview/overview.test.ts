import { describe, expect, test } from 'vitest';
import { policyStyle } from '../../src/editor/panel/policy-style';
import type { HostToPanel } from '../../src/editor/panel/messages';
import { fixtureRuns, panelState, type StateOptions } from './fixtures';
import type { OpenOptions, PanelPage } from './panel-page';
import { THEMES } from './themes';
import { usePanel } from './use-panel';

const { open: openPage } = usePanel();

async function open(options: OpenOptions = {}): Promise<PanelPage> {
  const page = await openPage(options);
  await page.send({ type: 'strings', language: 'en', bundle: {} });
  return page;
}

async function openWith(state: StateOptions = {}, options: OpenOptions = {}): Promise<PanelPage> {
  const page = await open(options);
  await page.send({ type: 'state', state: panelState(state) });
  return page;
}

describe('before there is a run', () => {
  test('the page says that it opens the trace, then offers to replay it', async () => {
    const page = await open();
    await page.page.getByText('Opening the trace…').waitFor();
    await page.send({ type: 'state', state: panelState({ policies: [] }) });
    await page.getByRole('heading', { name: 'No policy replayed yet' }).waitFor();
    await page.page.locator('.empty vscode-button', { hasText: 'Replay with Policy…' }).click();
    await page.posted('replay');
    expect(await page.violations()).toEqual([]);
  });

  test('progress is shown, can be cancelled, and goes when the work has ended', async () => {
    const page = await openWith({ policies: [] });
    await page.send({ type: 'progress', what: 'Replaying under Lazy', fraction: 0.4 });
    await page.page.getByText('Replaying under Lazy').waitFor();
    expect(await page.page.locator('progress').getAttribute('value')).toBe('40');
    expect(await page.violations()).toEqual([]);
    await page.page.locator('vscode-button', { hasText: 'Cancel' }).click();
    await page.posted('cancel');
    await page.send({ type: 'progress', what: 'Replaying under Lazy' });
    expect(await page.page.getByText('Replaying under Lazy').count()).toBe(0);
  });

  test('a failure is announced with its advice, and goes with the next state', async () => {
    const page = await open();
    await page.send({ type: 'notice', notice: { message: 'The file is empty.', advice: 'Record a trace first.' } });
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toBe('The file is empty.Record a trace first.');
    expect(await page.violations()).toEqual([]);
    await page.send({ type: 'state', state: panelState() });
    expect(await alert.textContent()).toBe('');
  });
});

describe('runs', () => {
  test('a policy has the same symbol and colour in its chip and in the tables', async () => {
    const page = await openWith();
    for (const run of fixtureRuns()) {
      const { symbol } = policyStyle(run.summary.policy);
      const marks = page.page.locator('.policy-symbol', { hasText: symbol });
      const colours = await marks.evaluateAll(elements => elements.map(element => getComputedStyle(element).color));
      expect(colours.length).toBeGreaterThan(1);
      expect(new Set(colours).size, run.name).toBe(1);
    }
    const symbols = await page.page.locator('.chip .policy-symbol').allTextContents();
    expect(new Set(symbols).size).toBe(fixtureRuns().length);
  });

  test('a name with markup in it is shown as text', async () => {
    const state = panelState();
    state.runs[0].name = '<img src=x onerror=alert(1)>';
    const page = await open();
    await page.send({ type: 'state', state });
    expect(await page.page.locator('.chip .run-name').first().textContent()).toBe('<img src=x onerror=alert(1)>');
    expect(await page.page.locator('img').count()).toBe(0);
  });

  test('choosing a chip shows its hotspots; its menu has the rest, by keyboard', async () => {
    const page = await openWith();
    await page.page.locator('.chip-main', { hasText: 'Strict' }).click();
    expect(await page.posted('setHotspots')).toEqual({ type: 'setHotspots', runId: 'run-1', by: 'operation' });

    const more = page.getByRole('button', { name: 'Actions for Passthrough' });
    await more.focus();
    await page.page.keyboard.press('Enter');
    expect(await page.focusedText()).toBe('Use as baseline');
    await page.page.keyboard.press('Enter');
    expect(await page.posted('setBaseline')).toEqual({ type: 'setBaseline', runId: 'run-3' });
    expect(await page.focusedText()).toBe('Actions for Passthrough');

    await page.page.keyboard.press('Enter');
    await page.page.keyboard.press('End');
    expect(await page.focusedText()).toBe('Remove');
    await page.page.keyboard.press('ArrowUp');
    await page.page.keyboard.press('Enter');
    expect(await page.posted('renameRun')).toEqual({ type: 'renameRun', runId: 'run-3' });

    await page.page.keyboard.press('Enter');
    await page.page.keyboard.press('Escape');
    expect(await page.getByRole('menu').count()).toBe(0);
    expect(await page.focusedText()).toBe('Actions for Passthrough');
  });

  test('a hidden run leaves charts and tables, and stays hidden after a reload', async () => {
    const page = await openWith();
    await page.getByRole('button', { name: 'Actions for Lazy' }).click();
    await page.getByRole('menuitem', { name: 'Hide from charts and tables' }).click();
    expect(await page.page.locator('.comparison .cell.band', { hasText: 'Lazy' }).count()).toBe(0);
    expect(await page.page.locator('.chip', { hasText: 'Lazy' }).textContent()).toContain('hidden');
    const memory = await page.memory();
    await page.close();

    const again = await openWith({}, { memory: memory! });
    expect(await again.page.locator('.comparison .cell.band', { hasText: 'Lazy' }).count()).toBe(0);
  });

  test('the baseline can be picked from the list, by keyboard', async () => {
    const page = await openWith();
    await page.page.locator('#baseline').focus();
    await page.page.keyboard.press('Enter');
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('Enter');
    expect(await page.posted('setBaseline')).toEqual({ type: 'setBaseline', runId: 'run-2' });
  });

  test('refusals and warnings against comparing are listed with their reasons', async () => {
    const state = panelState();
    state.refused = [
      { policy: 'ro-identity', platform: 'vtd-bare-metal', reason: 'The trace does not tell directions.' },
    ];
    state.comparison!.warnings = ['Different platforms: the prices behind Lazy are not those of Strict.'];
    const page = await open();
    await page.send({ type: 'state', state });
    const banners = await page.page.locator('.banner').allTextContents();
    expect(banners[0]).toContain('ro-identity on vtd-bare-metal was not replayed');
    expect(banners[0]).toContain('The trace does not tell directions.');
    expect(banners[1]).toContain('Different platforms');
    expect(await page.violations()).toEqual([]);
  });
});

describe('cost by component', () => {
  test('a sentence says which policy costs least, how much less, and why', async () => {
    const page = await openWith({ policies: ['strict', 'lazy'] });
    const sentence = await page.page.locator('.figure .sentence').first().textContent();
    expect(sentence).toBe(
      'Lazy costs least: 4.66 ms of CPU time in DMA calls, 69 % less than Strict. The largest part of Strict is invalidation (66 %).',
    );
    expect(await page.getByRole('img', { name: sentence! }).count()).toBe(1);
  });

  test('bands that overlap are said to', async () => {
    const page = await openWith({ policies: ['strict', 'swiotlb'], baseline: 'swiotlb' });
    expect(await page.page.locator('.figure .sentence').first().textContent()).toContain('Their bands overlap.');
  });

  test('the table twin has the same numbers with the ends of the band', async () => {
    const page = await openWith({ policies: ['strict', 'lazy'] });
    await page.page.locator('vscode-button[aria-label="Show Cost by component as a table"]').click();
    const rows = page.getByRole('grid', { name: 'Cost by component, as a table' }).getByRole('row');
    expect(await rows.nth(0).locator('.cell').allTextContents()).toEqual([
      'Run',
      'Total',
      'Low',
      'High',
      'IOVA allocation',
      'page table',
      'invalidation',
      'lock waits',
      'other',
    ]);
    expect(await rows.nth(1).locator('.cell').allTextContents()).toEqual([
      '●Strict',
      '14.9 ms',
      '10.7 ms',
      '21.0 ms',
      '940 µs',
      '2.31 ms',
      '9.87 ms',
      '1.42 ms',
      '370 µs',
    ]);
  });

  test('a click on a bar shows the hotspots of its run', async () => {
    const page = await openWith();
    const canvas = page.page.locator('.figure canvas').first();
    const bars = JSON.parse((await canvas.getAttribute('data-bars'))!) as { runId: string; x: number; y: number }[];
    expect(bars.map(bar => bar.runId)).toEqual(['run-1', 'run-2', 'run-3', 'run-4']);
    await canvas.click({ position: { x: bars[3].x, y: bars[3].y } });
    expect(await page.posted('setHotspots')).toEqual({ type: 'setHotspots', runId: 'run-4', by: 'operation' });
  });

  test('the chart takes on the colours of a new theme', async () => {
    const page = await openWith();
    const canvas = page.page.locator('.figure canvas').first();
    const picture = (): Promise<string> => canvas.evaluate(element => (element as HTMLCanvasElement).toDataURL());
    await page.changeTheme('light-modern');
    const light = await picture();
    await page.changeTheme('high-contrast');
    expect((await picture()) === light).toBe(false);
    await page.changeTheme('light-modern');
    expect((await picture()) === light).toBe(true);
  });
});

describe('comparison', () => {
  const cells = async (page: PanelPage, figure: string): Promise<string[]> => {
    const row = page.getByRole('treegrid', { name: 'Comparison' }).getByRole('row').filter({ hasText: figure }).first();
    return row.locator('.cell').allTextContents();
  };

  test('each figure stands with its difference, in per cent, and whether that is better', async () => {
    const page = await openWith({ policies: ['strict', 'lazy'] });
    expect(await cells(page, 'CPU time in DMA calls')).toEqual([
      'modelled: CPU time in DMA calls',
      '14.9 ms',
      '4.66 ms',
      '−10.3 ms',
      '−69 % better',
    ]);
    expect(await cells(page, 'Longest stale window')).toEqual([
      'modelled: Longest stale window',
      '41.2 µs',
      '15.7 ms',
      '+15.7 ms',
      '×381 worse',
    ]);
    expect(await cells(page, 'IOVA space in use')).toEqual([
      'counted: IOVA space in use, peak',
      '2 MiB',
      '6 MiB',
      '+4 MiB',
      '+200 % worse',
    ]);
  });

  test('a number that a run lacks is explained', async () => {
    const state = panelState({ policies: ['strict', 'lazy'] });
    state.comparison!.rows.push({
      id: 'time.extra',
      metric: 'probe',
      unit: 'ns',
      modelled: true,
      values: [1, null],
      deltas: [0, null],
      ratios: [0, null],
      absent: 'Lazy: the platform has no device model',
    });
    const page = await open();
    await page.send({ type: 'state', state });
    expect((await cells(page, 'Probe'))[2]).toBe('–, Lazy: the platform has no device model');
  });

  test('the band of the CPU time is a column that can be asked for', async () => {
    const page = await openWith({ policies: ['strict', 'lazy'] });
    await page.page.locator('.comparison vscode-button[aria-label="Columns"]').click();
    expect(await page.getByRole('menuitemcheckbox').allTextContents()).toEqual(['Band', 'Δ', 'Δ %']);
    await page.getByRole('menuitemcheckbox', { name: 'Band' }).click();
    await page.page.keyboard.press('Escape');
    expect(await cells(page, 'CPU time in DMA calls')).toContain('10.7 ms – 21.0 ms');
    const memory = await page.memory();
    expect(memory?.view).toMatchObject({ grids: { comparison: { columns: { band: true } } } });
  });

  test('groups open and close by keyboard and stay so', async () => {
    const page = await openWith({ policies: ['strict', 'lazy'] });
    const group = page.getByRole('row', { name: /^Work/ });
    expect(await group.getAttribute('aria-expanded')).toBe('false');
    await group.locator('.cell').focus();
    await page.page.keyboard.press('ArrowRight');
    expect(await group.getAttribute('aria-expanded')).toBe('true');
    expect(await cells(page, 'Maps')).toContain('12,341');
    await page.page.keyboard.press('ArrowLeft');
    expect(await group.getAttribute('aria-expanded')).toBe('false');
    await page.page.keyboard.press('Enter');
    expect((await page.memory())?.view).toMatchObject({ grids: { comparison: { groups: { counters: true } } } });
  });

  test('it is copied as Markdown with the names of the runs', async () => {
    const page = await openWith({ policies: ['strict', 'lazy'] });
    await page.page.locator('.comparison vscode-button[aria-label="Copy table"]').click();
    await page.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
    const { text } = await page.posted('copy');
    expect(text.split('\n').slice(0, 3)).toEqual([
      '| Figure | Strict (baseline): Value | Lazy: Value | Lazy: Δ | Lazy: Δ % |',
      '| --- | --: | --: | --: | --: |',
      '| CPU time in DMA calls | 14.9 ms | 4.66 ms | −10.3 ms | −69 % better |',
    ]);
  });
});

describe('hotspots', () => {
  test('a click reveals the line and keeps the keyboard in the page; Enter takes it to the line', async () => {
    const page = await openWith();
    const grid = page.getByRole('grid', { name: 'Hotspots' });
    await grid.locator('[data-index="1"] .cell').first().click();
    expect(await page.posted('reveal')).toEqual({ type: 'reveal', line: 8331, preserveFocus: true });
    expect(await grid.locator('[data-index="1"]').getAttribute('aria-selected')).toBe('true');

    const before = page.messages.length;
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('Enter');
    expect(await page.posted('reveal', before)).toEqual({ type: 'reveal', line: 16_250, preserveFocus: false });
  });

  test('the caret in the trace marks the row and brings it into view, also inside a group', async () => {
    const page = await openWith({ by: 'device' });
    const far = panelState({ by: 'device' }).hotspots!.items[37];
    await page.send({ type: 'selection', line: far.lines[3], operationLines: [far.lines[3]] });
    const row = page.page.locator('.hotspots [aria-current="true"]');
    expect(await row.count()).toBe(1);
    expect(await row.locator('.cell').first().textContent()).toBe(far.label);
    await expect
      .poll(() =>
        row.evaluate(element => {
          const { top, bottom } = element.getBoundingClientRect();
          const view = element.closest('.grid-scroller')!.getBoundingClientRect();
          return top >= view.top && bottom <= view.bottom + 1;
        }),
      )
      .toBe(true);
  });

  test('the list does not jump under the keyboard when the caret moves', async () => {
    const page = await openWith();
    const { items } = panelState().hotspots!;
    await page.page.locator('.hotspots [data-index="0"] .cell').first().click();
    await page.send({ type: 'selection', line: items[38].line, operationLines: [] });
    const scroller = page.page.locator('.hotspots .grid-scroller');
    expect(await scroller.evaluate(element => element.scrollTop)).toBe(0);
    expect(await page.focusedText()).toBe(items[0].label);
  });

  test('a group shows its costliest lines, each of which can be revealed', async () => {
    const page = await openWith({ by: 'device' });
    await page.page.locator('.hotspots [data-index="0"] .cell').first().click();
    const before = page.messages.length;
    await page.getByRole('region', { name: 'Details of the selected hotspot' }).getByRole('button').nth(2).click();
    expect(await page.posted('reveal', before)).toEqual({ type: 'reveal', line: 418, preserveFocus: true });
  });

  test('a heading sorts by keyboard: largest first, smallest first, as given', async () => {
    const page = await openWith();
    const lines = async (): Promise<number[]> =>
      (await page.page.locator('.hotspots .grid-row.row .cell:nth-child(2)').allTextContents()).map(Number);
    const given = await lines();
    const heading = page.page.locator('.hotspots .cell.title', { hasText: 'Line' });
    await heading.focus();
    await page.page.keyboard.press('Enter');
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    const sorted = panelState()
      .hotspots!.items.map(({ line }) => line)
      .sort((a, b) => b - a);
    expect((await lines()).slice(0, 10)).toEqual(sorted.slice(0, 10));
    await page.page.keyboard.press('Enter');
    expect((await lines()).slice(0, 10)).toEqual([...sorted].reverse().slice(0, 10));
    await page.page.keyboard.press('Enter');
    expect(await lines()).toEqual(given);
    expect(await page.focusedText()).toBe('Line');
  });

  test('Ctrl+C copies the list as tab-separated values', async () => {
    const page = await openWith();
    await page.page.locator('.hotspots [data-index="0"] .cell').first().click();
    await page.page.keyboard.press('Control+c');
    const { text } = await page.posted('copy');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(41);
    expect(lines[0]).toBe('Operation\tLine\tCost\tShare\tΔ\tΔ %');
    expect(lines[1]).toMatch(/^unmap 4 KiB FROM_DEVICE 0000:00:04.0\t412\t58.4 µs\t1.3 %\t/);
  });

  test('run and grouping are chosen above the list', async () => {
    const page = await openWith();
    await page.page.locator('#hotspots-by').focus();
    await page.page.keyboard.press('Enter');
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('Enter');
    expect(await page.posted('setHotspots')).toEqual({ type: 'setHotspots', runId: 'run-2', by: 'device' });
  });
});

test('findings that several runs share are said once, with their names', async () => {
  const page = await openWith();
  const shared = page.page.locator('.finding', { hasText: 'The recorded run had the same policy' });
  expect(await shared.count()).toBe(1);
  expect(await shared.locator('.run-name').allTextContents()).toEqual([
    'Strict',
    'Bounce through swiotlb (slots = 65536)',
  ]);
});

test('the page remembers names, filters and scroll positions, and no data', async () => {
  const page = await openWith();
  await page.page.mouse.wheel(0, 400);
  await expect.poll(async () => ((await page.memory())?.view as { scroll: number }).scroll).toBeGreaterThan(0);
  const memory = (await page.memory())!;
  const scrolled = await page.page.evaluate(() => window.scrollY);
  expect(memory.restore).toEqual(panelState().restore);
  expect(JSON.stringify(memory.view).length).toBeLessThan(500);
  await page.close();

  const again = await openWith({}, { memory });
  await expect.poll(() => again.page.evaluate(() => window.scrollY)).toBe(scrolled);
});

test('the words come from the host’s bundle', async () => {
  const panel = await openPage();
  await panel.send({ type: 'strings', language: 'de', bundle: { Hotspots: 'Brennpunkte', Baseline: 'Bezugslauf' } });
  await panel.send({ type: 'state', state: panelState() });
  await panel.getByRole('heading', { name: 'Brennpunkte' }).waitFor();
  await panel.page.getByText('Bezugslauf').waitFor();
  expect(await panel.page.locator('html').getAttribute('lang')).toBe('de');
});

test('messages that are not the host’s are ignored', async () => {
  const page = await openWith();
  await page.send({ source: 'some extension of the browser' } as unknown as HostToPanel);
  expect(await page.page.locator('.chip').count()).toBe(4);
});

test('nothing stands in the way of assistive technology, in any theme', async () => {
  const page = await openWith({}, { height: 1600 });
  await page.page.locator('vscode-button[aria-label="Show Cost by component as a table"]').click();
  await page.page.locator('.hotspots [data-index="0"] .cell').first().click();
  await page.send({ type: 'selection', line: 8331, operationLines: [8331] });
  expect(await page.violations()).toEqual([]);
  for (const { name } of THEMES) {
    await page.changeTheme(name);
    expect(await page.violations(['color-contrast']), name).toEqual([]);
  }
  await page.getByRole('button', { name: 'Actions for Lazy' }).click();
  expect(await page.violations()).toEqual([]);
});
