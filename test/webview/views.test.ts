import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PanelQueries, PanelQuery, PanelReply, QueryName } from '../../src/editor/panel/messages';
import { answer, ANSWERED, OPERATIONS_MATCHED } from './answers';
import { panelState, TRACE, type StateOptions } from './fixtures';
import { startPanelBrowser, type OpenOptions, type PanelBrowser, type PanelPage } from './panel-page';
import { THEMES } from './themes';

let browser: PanelBrowser;
let panel: PanelPage | undefined;

beforeAll(async () => {
  browser = await startPanelBrowser();
}, 60_000);

afterAll(() => browser.close());

afterEach(async () => {
  const complaints = panel?.complaints ?? [];
  await panel?.close();
  panel = undefined;
  expect(complaints).toEqual([]);
});

async function openTab(tab: string, options: OpenOptions = {}, state: StateOptions = {}): Promise<PanelPage> {
  panel = await browser.open({ answer, height: 1400, ...options });
  await panel.send({ type: 'strings', language: 'en', bundle: {} });
  await panel.send({ type: 'state', state: panelState({ ...state, state: { answers: ANSWERED, ...state.state } }) });
  await panel.page.locator(`#tab-${tab}`).click();
  await panel.settled();
  return panel;
}

type Request<Name extends QueryName> = Parameters<PanelQueries[Name]>[0];

function queries<Name extends QueryName>(page: PanelPage, name: Name): Request<Name>[] {
  return page.messages
    .filter(message => message.type === 'query')
    .filter(query => query.name === name)
    .map(query => query.request as Request<Name>);
}

describe('tabs', () => {
  test('only views that the host can fill are offered, and only the open one asks', async () => {
    panel = await browser.open({ answer });
    await panel.send({ type: 'state', state: panelState({ state: { answers: ['pareto', 'divergence'] } }) });
    expect(await panel.getByRole('tab').allTextContents()).toEqual(['Overview', 'Pareto', 'Divergence']);
    expect(panel.messages.some(({ type }) => type === 'query')).toBe(false);
    await panel.page.locator('#tab-pareto').click();
    await panel.posted('query');
    expect(queries(panel, 'divergence')).toEqual([]);
  });

  test('in a narrow panel the views are no wider than it, and every tab can be reached', async () => {
    const { page } = await openTab('overview', { width: 360 });
    const views = page.locator('.views vscode-panels');
    expect(await views.evaluate(element => element.scrollWidth - element.clientWidth)).toBe(0);
    await page.locator('#tab-overview').focus();
    await page.keyboard.press('End');
    await page.locator('#view-workload .figure').first().waitFor();
    const { x, width } = (await page.locator('#tab-workload').boundingBox())!;
    expect(x + width).toBeLessThanOrEqual(360);
    expect((await page.locator('#view-workload').boundingBox())!.x).toBeGreaterThanOrEqual(0);
  });

  test('arrow keys go from tab to tab; the open tab survives a reload', async () => {
    const page = await openTab('overview');
    await page.page.locator('#tab-overview').focus();
    await page.page.keyboard.press('ArrowRight');
    await page.page.keyboard.press('ArrowRight');
    await page.page.locator('#view-distributions .figure').first().waitFor();
    const memory = await page.memory();
    await page.close();

    panel = await browser.open({ answer, memory: memory! });
    await panel.send({ type: 'state', state: panelState({ state: { answers: ANSWERED } }) });
    expect(await panel.getByRole('tab', { selected: true }).textContent()).toBe('Distributions');
  });

  test('a question that the host cannot answer is explained where the answer would stand', async () => {
    const refuse = (query: PanelQuery): PanelReply => ({
      type: 'reply',
      id: query.id,
      name: query.name,
      ok: false,
      notice: { message: 'The engine has stopped.', advice: 'Reopen the trace.' },
    });
    const page = await openTab('pareto', { answer: refuse });
    expect(await page.page.locator('#view-pareto .banner').textContent()).toBe(
      'The engine has stopped.Reopen the trace.',
    );
  });

  test('a state that brings no other runs asks nothing again', async () => {
    const page = await openTab('pareto');
    await page.page.locator('#view-pareto .sentence', { hasText: 'No run beats' }).waitFor();
    await page.send({ type: 'state', state: panelState({ baseline: 'lazy', state: { answers: ANSWERED } }) });
    expect(queries(page, 'pareto')).toHaveLength(1);
  });
});

describe('over time', () => {
  const stageOf = (page: PanelPage, nth = 0) => page.page.locator('.time-stage').nth(nth);

  async function drag(page: PanelPage, from: number, to: number): Promise<void> {
    const box = (await stageOf(page).boundingBox())!;
    const at = (share: number): number => box.x + 72 + (box.width - 76) * share;
    await page.page.mouse.move(at(from), box.y + 60);
    await page.page.mouse.down();
    await page.page.mouse.move(at((from + to) / 2), box.y + 60);
    await page.page.mouse.move(at(to), box.y + 60);
    await page.page.mouse.up();
    await page.settled();
  }

  test('asks the engine for no more than four points a pixel', async () => {
    const page = await openTab('over-time');
    const [first] = queries(page, 'series');
    const width = await stageOf(page).evaluate(element => element.clientWidth);
    expect(first.runIds).toEqual(['run-1', 'run-2', 'run-3', 'run-4']);
    expect(first.points).toBeLessThanOrEqual(4 * width);
    expect(first.fromNs).toBe(0);
    expect(first.toNs).toBeGreaterThanOrEqual(TRACE.spanNs);
  });

  test('a range dragged in one chart is shown in all, filters the table, and goes to the host', async () => {
    const page = await openTab('over-time');
    await drag(page, 0.25, 0.5);
    const { range } = page.messages.filter(message => message.type === 'selectRange').at(-1)!;
    expect(range!.fromNs / TRACE.spanNs).toBeCloseTo(0.25, 1);
    expect(range!.toNs / TRACE.spanNs).toBeCloseTo(0.5, 1);
    expect(await page.page.locator('.time-selection:visible').count()).toBe(
      await page.page.locator('.time-stage').count(),
    );
    await page.page.getByText('24 of 1,200,000 operations').waitFor();
    expect(queries(page, 'operations').at(-1)!.range).toEqual(range);

    await page.getByRole('button', { name: /^Clear the time range/ }).click();
    await page.page.getByText('1,200,000 of 1,200,000 operations').waitFor();
    expect(
      page.messages.at(-1)!.type === 'query' ||
        page.messages.some(m => m.type === 'selectRange' && m.range === undefined),
    ).toBe(true);
  });

  test('a click reveals the moment in the trace', async () => {
    const page = await openTab('over-time');
    const box = (await stageOf(page).boundingBox())!;
    await page.page.mouse.click(box.x + 72 + (box.width - 76) / 2, box.y + 60);
    const { timeNs, preserveFocus } = await page.posted('revealTime');
    expect(timeNs / TRACE.spanNs).toBeCloseTo(0.5, 1);
    expect(preserveFocus).toBe(true);
    expect(page.messages.some(({ type }) => type === 'selectRange')).toBe(false);
  });

  test('zooming moves all charts together and asks for the points of the new range', async () => {
    const page = await openTab('over-time');
    await page.page.locator('vscode-button[aria-label="Zoom in"]').click();
    await expect
      .poll(() => queries(page, 'series').filter(({ toNs, fromNs }) => toNs - fromNs < TRACE.spanNs * 0.6).length)
      .toBe(3);
    const zoomed = queries(page, 'series').slice(-3);
    expect(new Set(zoomed.map(({ fromNs, toNs }) => `${fromNs} ${toNs}`)).size).toBe(1);
    expect(new Set(zoomed.map(({ seriesId }) => seriesId))).toEqual(new Set(['ns', 'stalePages', 'poolBytes']));
  });

  test('by keyboard: a cursor that says its values, a selection, zoom, and the way to the line', async () => {
    const page = await openTab('over-time');
    await stageOf(page).focus();
    for (let i = 0; i < 10; i++) await page.page.keyboard.press('ArrowRight');
    const spoken = page.page.locator('.series-chart [aria-live]').first();
    expect(await spoken.textContent()).toMatch(
      /^at 3\d\d ms: Strict .+, Lazy .+, Passthrough .+, Bounce through swiotlb/,
    );
    for (let i = 0; i < 5; i++) await page.page.keyboard.press('Shift+ArrowRight');
    const { range } = page.messages.filter(message => message.type === 'selectRange').at(-1)!;
    expect((range!.toNs - range!.fromNs) / TRACE.spanNs).toBeCloseTo(0.1, 1);
    await page.page.keyboard.press('+');
    await page.page
      .getByText(/^\d.* – \d.*s$/)
      .first()
      .waitFor();
    await page.page.keyboard.press('0');
    await page.page.getByText(/^the whole trace/).waitFor();
    await page.page.keyboard.press('Enter');
    expect((await page.posted('revealTime')).preserveFocus).toBe(false);
    await page.page.keyboard.press('Escape');
    expect(page.messages.filter(message => message.type === 'selectRange').at(-1)).toEqual({ type: 'selectRange' });
  });

  test('the chart’s table gives the highest value of each interval', async () => {
    const page = await openTab('over-time');
    await page.page.locator('vscode-button[aria-label="Show Stale pages as a table"]').click();
    const grid = page.getByRole('grid', { name: 'Stale pages, as a table' });
    expect(await grid.getAttribute('aria-rowcount')).toBe('41');
    expect(await grid.getByRole('row').nth(0).locator('.cell').allTextContents()).toEqual([
      'Time',
      '● Strict',
      '■ Lazy',
      '▲ Passthrough',
      '◆ Bounce through swiotlb (slots = 65536)',
    ]);
    const [, strict, lazy, passthrough] = await grid.getByRole('row').nth(1).locator('.cell').allTextContents();
    expect(strict).toMatch(/^\d+(\.\d+)? pages$/);
    expect(Number.parseFloat(lazy)).toBeGreaterThan(Number.parseFloat(strict));
    expect(passthrough).toBe('0 pages');
  });

  test('which series are shown is chosen from a menu and remembered', async () => {
    const page = await openTab('over-time');
    await page.page.locator('vscode-button', { hasText: 'Series' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Page tables' }).click();
    await page.page.keyboard.press('Escape');
    await page.getByRole('figure', { name: 'Page tables' }).waitFor();
    expect((await page.memory())?.view).toMatchObject({ series: ['ns', 'stalePages', 'poolBytes', 'pageTableBytes'] });
  });
});

describe('operations', () => {
  const grid = (page: PanelPage) => page.getByRole('grid', { name: 'Operations' });

  test('a million rows are asked for by page, and only a screenful of them is in the page', async () => {
    const page = await openTab('over-time');
    await grid(page).locator('[data-index="3"].row').waitFor();
    expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(OPERATIONS_MATCHED + 2));
    await grid(page).locator('[data-index="3"] .cell').first().focus();
    await page.page.keyboard.press('Control+End');
    const last = grid(page).locator(`[data-index="${OPERATIONS_MATCHED - 1}"].row`);
    await last.waitFor();
    expect(await last.locator('.cell').allTextContents()).toContain(String(10 + (OPERATIONS_MATCHED - 1) * 3));
    expect(await grid(page).getByRole('row').count()).toBeLessThan(60);
    expect(queries(page, 'operations').every(({ count }) => count <= 200)).toBe(true);
    const scrolled = await grid(page)
      .locator('.grid-scroller')
      .evaluate(element => element.scrollHeight);
    expect(scrolled).toBeLessThan(33_000_000);
  });

  test('the keyboard stays on its row when the page of that row arrives', async () => {
    const page = await openTab('over-time');
    await grid(page).locator('[data-index="3"].row .cell').first().focus();
    await page.page.keyboard.press('Control+End');
    await grid(page)
      .locator(`[data-index="${OPERATIONS_MATCHED - 1}"].row`)
      .waitFor();
    await page.page.keyboard.press('Enter');
    expect(await page.posted('reveal')).toEqual({
      type: 'reveal',
      line: 10 + (OPERATIONS_MATCHED - 1) * 3,
      preserveFocus: false,
    });
  });

  test('sorting is the engine’s work, by the cost of the run under whose heading it is asked', async () => {
    const page = await openTab('over-time');
    await grid(page).locator('[data-column="cost@run-2"]').click();
    await expect
      .poll(() => queries(page, 'operations').at(-1)!.sort)
      .toEqual({ column: 'cost', runId: 'run-2', descending: true });
  });

  test('an operation that a policy does not replay has a reason in place of a cost', async () => {
    const page = await openTab('over-time');
    const cell = grid(page).locator('[data-index="0"].row .cell').nth(7);
    expect(await cell.textContent()).toBe('–, not replayed under this policy');
  });
});

describe('the filter', () => {
  const field = (page: PanelPage) => page.page.locator('#over-time-filter-input');

  test('completes by keyboard and filters when it is understood', async () => {
    const page = await openTab('over-time');
    await field(page).click();
    await page.page.keyboard.type('dev');
    await page.getByRole('option', { name: /^device:/ }).waitFor();
    expect(await page.page.locator('.filter-problem:visible').count()).toBe(0);
    await page.page.keyboard.press('ArrowDown');
    expect(await field(page).getAttribute('aria-activedescendant')).toBe('over-time-filter-completions-0');
    await page.page.keyboard.press('Enter');
    await page.page.keyboard.type('04.0');
    await page.page.getByText('24 of 1,200,000 operations').waitFor();
    expect(await field(page).inputValue()).toBe('device:04.0');
    expect(queries(page, 'operations').at(-1)!.filter).toBe('device:04.0');
    expect((await page.memory())?.view).toMatchObject({ filter: 'device:04.0' });
  });

  test('its suggestions stay away when Escape comes before them', async () => {
    const page = await openTab('over-time');
    await field(page).click();
    await page.page.keyboard.press('Escape');
    await expect.poll(() => queries(page, 'filterHelp').length).toBeGreaterThan(0);
    await page.settled();
    expect(await page.getByRole('option').count()).toBe(0);
    await page.page.keyboard.type('dev');
    await page.getByRole('option', { name: /^device:/ }).waitFor();
  });

  test('one that cannot be understood is explained and changes nothing', async () => {
    const page = await openTab('over-time');
    await field(page).click();
    await page.page.keyboard.type('dir:to');
    await page.page.getByText('24 of 1,200,000 operations').waitFor();
    await field(page).fill('colour:red');
    await page.getByRole('alert').filter({ hasText: 'Unknown field “colour”' }).waitFor();
    expect(await field(page).getAttribute('aria-invalid')).toBe('true');
    expect(queries(page, 'operations').at(-1)!.filter).toBe('dir:to');
    expect(await page.violations()).toEqual([]);
    await page.page.keyboard.press('Escape');
    expect(await field(page).getAttribute('aria-invalid')).toBe('false');
    await page.page.getByText('1,200,000 of 1,200,000 operations').waitFor();
  });

  test('holds in all views, and its lines can be opened as a document', async () => {
    const page = await openTab('over-time');
    await field(page).click();
    await page.page.keyboard.type('dir:to');
    await page.page.locator('#view-over-time vscode-button', { hasText: 'Show Lines' }).click();
    expect(await page.posted('openFiltered')).toEqual({ type: 'openFiltered', filter: 'dir:to' });
    await page.page.locator('#tab-workload').click();
    await page.settled();
    expect(queries(page, 'workload').at(-1)).toMatchObject({ filter: 'dir:to' });
    expect(await page.page.locator('#workload-filter-input').inputValue()).toBe('dir:to');
  });
});

describe('facets', () => {
  const field = (page: PanelPage) => page.page.locator('#over-time-filter-input');
  const facet = (page: PanelPage, name: string | RegExp) =>
    page.page.locator('#view-over-time').getByRole('button', { name, exact: true });

  test('are offered where there is something to choose from', async () => {
    const page = await openTab('over-time');
    await facet(page, 'Size').waitFor();
    const group = page.page.locator('#view-over-time').getByRole('group', { name: 'Facets' });
    const names = await group.getByRole('button').allTextContents();
    expect(names.map(name => name.trim())).toEqual(['Operation', 'Device', 'Size']);
    expect(queries(page, 'facets')).toEqual([{ filter: '', runIds: ['run-1', 'run-2', 'run-3', 'run-4'], limit: 12 }]);
  });

  test('by keyboard: values with their counts are included in the text of the filter, and taken out again', async () => {
    const page = await openTab('over-time');
    await facet(page, 'Device').focus();
    await page.page.keyboard.press('Enter');
    const menu = page.getByRole('menu', { name: 'Device' });
    expect(await menu.locator('.menu-line').allTextContents()).toEqual([
      '0000:00:04.01,028,571',
      '0000:00:05.0171,429',
    ]);
    await page.page.keyboard.press('ArrowDown');
    expect(await page.focusedText()).toBe('0000:00:05.0, 171,429');
    await page.page.keyboard.press('Enter');
    await expect.poll(() => field(page).inputValue()).toBe('device:0000:00:05.0');
    await page.page.getByText('24 of 1,200,000 operations').waitFor();
    expect(queries(page, 'operations').at(-1)!.filter).toBe('device:0000:00:05.0');
    await facet(page, 'Device 1 in the filter').waitFor();
    expect(await page.violations()).toEqual([]);

    // The menu is still open, and the focus where it was.
    const chosen = page.getByRole('menuitemcheckbox', { name: '0000:00:05.0, 171,429', checked: true });
    await chosen.waitFor();
    expect(await page.focusedText()).toBe('0000:00:05.0, 171,429');
    await page.page.keyboard.press('ArrowUp');
    await page.page.keyboard.press(' ');
    await expect.poll(() => field(page).inputValue()).toBe('device:0000:00:05.0,0000:00:04.0');
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press(' ');
    await expect.poll(() => field(page).inputValue()).toBe('device:0000:00:04.0');
    await page.page.keyboard.press('Escape');
    await expect.poll(() => page.focusedText()).toBe('Device 1 in the filter');
    expect((await page.memory())?.view).toMatchObject({ filter: 'device:0000:00:04.0' });
  });

  test('values are excluded, and the facet’s terms cleared, while others stay', async () => {
    const page = await openTab('over-time');
    await field(page).fill('dir:to');
    await page.page.getByText('24 of 1,200,000 operations').waitFor();
    await facet(page, 'Size').click();
    const menu = page.getByRole('menu', { name: 'Size' });
    expect(await menu.getByRole('menuitem', { name: '173 more values', disabled: true }).count()).toBe(1);
    await page.page.keyboard.press('ArrowRight');
    expect(await page.focusedText()).toBe('Exclude 4k');
    await page.page.keyboard.press('Enter');
    await expect.poll(() => field(page).inputValue()).toBe('dir:to !size:4k');
    await page.getByRole('menuitemcheckbox', { name: 'Exclude 4k', checked: true }).waitFor();
    expect(await page.violations()).toEqual([]);
    for (const { name } of THEMES) {
      await page.changeTheme(name);
      expect(await page.violations(['color-contrast']), name).toEqual([]);
    }
    await menu.getByRole('menuitem', { name: 'Clear Size' }).click();
    await expect.poll(() => field(page).inputValue()).toBe('dir:to');
    expect(await page.getByRole('menu').count()).toBe(0);
    await expect.poll(() => page.focusedText()).toBe('Size');
  });

  test('clicks that come before their answers are counted one after the other', async () => {
    const page = await openTab('over-time');
    await facet(page, 'Size').click();
    await page.page.evaluate(() => {
      for (const item of document.querySelectorAll<HTMLElement>('.menu-line > :first-child')) item.click();
    });
    await expect.poll(() => field(page).inputValue()).toBe('size:4k,8k,16k,32k,64k');
  });
});

describe('studies', () => {
  test('distributions have a sentence, the usual quantiles and a table of the bins', async () => {
    const page = await openTab('distributions');
    const cost = page.getByRole('figure', { name: 'Cost per operation' });
    expect(await cost.locator('.sentence').textContent()).toContain('Lazy: half up to 512 ns, 99 % up to 3.80 µs');
    const summary = page.getByRole('table', { name: 'cost per operation: summary' });
    expect(await summary.getByRole('row').nth(2).getByRole('rowheader').textContent()).toBe('■Lazy');
    await page.page.locator('vscode-button[aria-label="Show Mapping size as a table"]').click();
    const bins = page.getByRole('grid', { name: 'Mapping size, as a table' }).getByRole('row');
    expect(await bins.nth(1).locator('.cell').allTextContents()).toEqual(['4 KiB to 8 KiB', '448']);
  });

  test('the trade-off says which runs nothing beats', async () => {
    const page = await openTab('pareto');
    expect(await page.page.locator('#view-pareto .sentence').textContent()).toBe(
      'No run beats Strict, Lazy and Passthrough in all three; Bounce through swiotlb (slots = 65536) is no better than Strict in anything.',
    );
    await page.page.locator('vscode-button[aria-label="Show Cost, exposure and memory as a table"]').click();
    const rows = page.getByRole('grid', { name: 'Cost, exposure and memory, as a table' }).getByRole('row');
    expect(await rows.nth(0).locator('.cell').allTextContents()).toEqual([
      'Run',
      'Cost (modelled)',
      'Exposure (counted)',
      'Memory (counted)',
      'Beaten by',
    ]);
    expect(await rows.nth(4).locator('.cell').last().textContent()).toBe('Strict');
  });

  test('a sweep runs when it is asked for, and names its knee', async () => {
    const page = await openTab('sweep');
    await page.page.getByText('Entries of a flush queue, per CPU. From 16 to 4,096; this run has 256.').waitFor();
    expect(queries(page, 'sweep')).toEqual([]);
    await page.page.locator('vscode-button', { hasText: 'Sweep' }).click();
    await page
      .getByRole('figure', { name: 'Cost', exact: true })
      .locator('.sentence', { hasText: 'Knee at 512' })
      .waitFor();
    expect(queries(page, 'sweep')).toEqual([{ runId: 'run-1', parameter: 'queueSize', from: 16, to: 4096 }]);
    await page.send({ type: 'state', state: panelState({ baseline: 'lazy', state: { answers: ANSWERED } }) });
    expect(await page.page.locator('.sweep-charts .figure:visible').count()).toBe(3);
  });

  test('a policy without parameters says so', async () => {
    const page = await openTab('sweep', {}, { policies: ['passthrough'] });
    await page.page.getByText('Passthrough has no parameter to sweep.').waitFor();
    expect(await page.page.locator('.sweep vscode-button', { hasText: 'Sweep' }).isVisible()).toBe(false);
  });

  test('sensitivity names the price on which most hangs, with its source in the table', async () => {
    const page = await openTab('sweep');
    const figure = page.getByRole('figure', { name: 'Sensitivity to the prices of the platform' });
    expect(await figure.locator('.sentence').textContent()).toBe(
      'Strict costs 14.9 ms; with all prices at their ends, from 10.7 ms to 21 ms. Most hangs on invalidation wait, whose ends are 51 % of the cost apart.',
    );
    await page.page
      .locator('vscode-button[aria-label="Show Sensitivity to the prices of the platform as a table"]')
      .click();
    const row = figure.getByRole('row').nth(1).locator('.cell');
    expect(await row.allTextContents()).toEqual([
      'invalidation wait',
      'invalidation',
      '480 ns',
      '290 ns',
      '910 ns',
      '−2.30 ms',
      '+5.30 ms',
      'recorded on Sapphire Rapids, funclatency of qi_submit_sync',
    ]);
  });

  test('divergence counts the operations that differ and leads to their lines', async () => {
    const page = await openTab('divergence');
    expect(await page.page.locator('#view-divergence .sentence').textContent()).toBe(
      '12,341 of 24,682 operations cost something else under Lazy than under Strict: together 10.2 ms less.',
    );
    const grid = page.getByRole('grid', { name: 'Lines that differ most' });
    await grid.locator('[data-index="2"] .cell').first().click();
    expect(await page.posted('reveal')).toEqual({ type: 'reveal', line: 726, preserveFocus: true });
    expect(await grid.locator('[data-index="3"] .cell').last().textContent()).toBe('–, it costs nothing under Strict');
  });

  test('with one run there is nothing to diverge from, and the view says what to do', async () => {
    const page = await openTab('divergence', {}, { policies: ['strict'] });
    await page.page.getByText('Replay a second policy').waitFor();
    expect(queries(page, 'divergence')).toEqual([]);
  });

  test('the workload is told in counted facts', async () => {
    const page = await openTab('workload');
    expect(await page.page.locator('.workload-fact').allTextContents()).toContain('bytes mapped193 MiB');
  });
});

const TABS = ['over-time', 'distributions', 'pareto', 'sweep', 'divergence', 'workload'];

async function openAndFill(page: PanelPage, tab: string): Promise<void> {
  await page.page.locator(`#tab-${tab}`).click();
  await page.page.locator(`#view-${tab} .figure:visible`).first().waitFor();
  if (tab === 'sweep') await page.page.locator('vscode-button', { hasText: 'Sweep' }).click();
  await page.settled();
}

test.each(TABS)('nothing in a view stands in the way of assistive technology, in any theme: %s', async tab => {
  const page = await openTab(tab);
  await openAndFill(page, tab);
  for (const twin of await page.page.locator(`#view-${tab} vscode-button[aria-label$="as a table"]:visible`).all())
    await twin.click();
  await page.settled();
  expect(await page.violations()).toEqual([]);
  for (const { name } of THEMES) {
    await page.changeTheme(name);
    expect(await page.violations(['color-contrast']), name).toEqual([]);
  }
});

test('with reduced motion nothing moves', async () => {
  panel = await browser.open({ answer });
  await panel.page.emulateMedia({ reducedMotion: 'reduce' });
  await panel.send({ type: 'state', state: panelState() });
  await panel.send({ type: 'progress', what: 'Replaying', fraction: 0.2 });
  const moving = await panel.page.evaluate(
    () => document.getAnimations().filter(animation => animation.playState === 'running').length,
  );
  expect(moving).toBe(0);
});
