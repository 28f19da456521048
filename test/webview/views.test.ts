import { describe, expect, test } from 'vitest';
import type { PanelQuery, PanelReply } from '../../src/editor/panel/messages';
import { answer, ANSWERED } from './answers';
import { panelState } from './fixtures';
import type { PanelPage } from './panel-page';
import { THEMES } from './themes';
import { queries, usePanel } from './use-panel';

const { open, openTab } = usePanel();

describe('tabs', () => {
  test('only views that the host can fill are offered, and only the open one asks', async () => {
    const panel = await open({ answer });
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

    const panel = await open({ answer, memory: memory! });
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
    expect(await page.page.locator('.sweep-charts .figure:visible').count()).toBe(4);
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
  const panel = await open({ answer });
  await panel.page.emulateMedia({ reducedMotion: 'reduce' });
  await panel.send({ type: 'state', state: panelState() });
  await panel.send({ type: 'progress', what: 'Replaying', fraction: 0.2 });
  const moving = await panel.page.evaluate(
    () => document.getAnimations().filter(animation => animation.playState === 'running').length,
  );
  expect(moving).toBe(0);
});
