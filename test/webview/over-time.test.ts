import { describe, expect, test } from 'vitest';
import { OPERATIONS_MATCHED } from './answers';
import { TRACE } from './fixtures';
import type { PanelPage } from './panel-page';
import { THEMES } from './themes';
import { queries, usePanel } from './use-panel';

const { openTab } = usePanel();

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
