import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPanelState } from '../../src/editor/panel/panel-state';
import { answerQuery } from '../../src/editor/panel/queries';
import { TraceSession } from '../../src/editor/session/trace-session';
import { createEngine } from '../../src/service/engine';
import { root } from '../workbench/builds.mjs';
import { startPanelBrowser, type PanelBrowser } from './panel-page';

const SAMPLE = 'nvme-randread-4k-strict.perf.txt.xz';
const POLICIES = ['strict', 'lazy', 'passthrough', 'swiotlb'];

let browser: PanelBrowser;
let session: TraceSession;

beforeAll(async () => {
  browser = await startPanelBrowser();
  const engine = createEngine();
  const source = { path: path.join(root, 'samples', SAMPLE) };
  session = new TraceSession(
    'file:///sample',
    SAMPLE,
    () => engine,
    () => Promise.resolve(source),
  );
  await session.replay(POLICIES.map(policy => ({ policy, platform: 'vtd-bare-metal' })));
}, 60_000);

afterAll(async () => {
  session.dispose();
  await browser.close();
});

test('every view is filled by the engine from a recorded trace', async () => {
  const panel = await browser.open({ answer: query => answerQuery(session, query, {}), height: 1600 });
  const { page } = panel;
  await panel.send({ type: 'strings', language: 'en', bundle: {} });
  await panel.send({ type: 'state', state: await readPanelState(session, 1) });

  expect(await page.locator('.chip .run-name').allTextContents()).toEqual([
    'Strict',
    'Lazy',
    'Passthrough',
    'Static bounce pool (swiotlb)',
  ]);
  expect(await page.locator('.sentence').first().textContent()).toMatch(
    /^Passthrough costs least: .* The largest part of Strict is invalidation/,
  );
  const strict = session.runs.all[0].summary;
  const waits = page
    .getByRole('treegrid', { name: 'Comparison' })
    .getByRole('row', { name: /^counted: Stale windows/ });
  expect(await waits.locator('.cell').nth(1).textContent()).toBe(strict.exposure.staleWindows.toLocaleString('en-US'));

  await page.locator('#tab-over-time').click();
  await page.getByText('8,000 of 8,000 operations').waitFor();
  await page
    .getByRole('figure', { name: 'CPU time in DMA calls' })
    .locator('.sentence', { hasText: 'Highest: Strict' })
    .waitFor();
  await page.locator('#over-time-filter-input').fill('kind:unmap cost>1us');
  await page.getByText(/^4,000 of 8,000 operations$/).waitFor();
  await page.locator('#over-time-filter-input').fill('size:4k');
  await page.getByText('8,000 of 8,000 operations').waitFor();
  await page.locator('#view-over-time').getByRole('button', { name: 'Operation' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Exclude unmap' }).click();
  await page.getByText(/^4,000 of 8,000 operations$/).waitFor();
  await page.getByRole('menuitemcheckbox', { name: 'unmap, 4,000', exact: true }).click();
  await expect.poll(() => page.locator('#over-time-filter-input').inputValue()).toBe('size:4k op:unmap');
  await page.keyboard.press('Escape');
  await page.locator('#over-time-filter-input').fill('');

  await page.locator('#tab-distributions').click();
  await page.getByRole('figure', { name: 'Mapping size' }).locator('.sentence', { hasText: '4 KiB' }).waitFor();
  await page.locator('#tab-pareto').click();
  await page.locator('#view-pareto .sentence', { hasText: 'in all three' }).waitFor();
  await page.locator('#tab-sweep').click();
  await page.locator('.sensitivity .sentence', { hasText: 'Most hangs on invalidation wait' }).waitFor();
  await page.locator('.sweep vscode-button', { hasText: 'Sweep' }).click();
  await page
    .locator('.sweep-charts .sentence', { hasText: /^From / })
    .first()
    .waitFor();
  await page.locator('#tab-divergence').click();
  await page
    .locator('#view-divergence .sentence', {
      hasText: 'of 8,000 operations cost something else under Lazy than under Strict',
    })
    .waitFor();
  await page.locator('#tab-workload').click();
  await page.locator('.workload-fact', { hasText: '4,000' }).first().waitFor();

  expect(panel.complaints).toEqual([]);
  await panel.close();
});
