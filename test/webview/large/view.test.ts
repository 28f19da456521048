import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PageAnnotation } from '../../../src/editor/large/messages';
import { THEMES } from '../themes';
import type { WebviewTab } from '../webview-tab';
import { LargePage, type LargeOptions } from './large-page';

let tab: WebviewTab;
let view: LargePage | undefined;

beforeAll(async () => {
  tab = await LargePage.start();
}, 60_000);

afterAll(() => tab.close());

afterEach(async () => {
  const complaints = view?.complaints ?? [];
  await view?.close();
  view = undefined;
  expect(complaints).toEqual([]);
});

async function open(options: LargeOptions): Promise<LargePage> {
  view = await LargePage.open(tab, options);
  return view;
}

const eventually = (check: () => Promise<void> | void): Promise<void> =>
  vi.waitFor(check, { timeout: 10_000, interval: 30 });

const ANNOTATIONS: PageAnnotation[] = [
  { line: 3, text: '3.07 µs · +69.2 % vs ● Strict · ■ Lazy · Intel VT-d, bare metal', heat: 'high' },
  { line: 5, text: '900 ns · ±0 % vs ● Strict · ■ Lazy · Intel VT-d, bare metal', heat: 'medium' },
  { line: 999_000, text: '400 ns · ■ Lazy', heat: 'low' },
];

describe('a text of any size', () => {
  test('shows its first lines while the rest is being read, and says so', async () => {
    const page = await open({ lines: 50_000_000 });
    await page.read(400);
    expect((await page.shown()).slice(0, 3)).toEqual([1, 2, 3]);
    await page.page.getByText('Reading the text: 0 %').waitFor();
    await page.read();
    await page.page.getByText('Line 1 of 50,000,000').waitFor();
    expect(await page.page.getByRole('grid').getAttribute('aria-rowcount')).toBe('50000000');
    expect(await page.page.getByText(/Reading the text/).count()).toBe(0);
  });

  test.each([1_000_000, 50_000_000])(
    'of %d lines is scrolled to each end, and by the wheel line by line',
    async lines => {
      const page = await open({ lines });
      await page.read();
      const grid = page.page.getByRole('grid');
      await grid.evaluate(element => (element.scrollTop = element.scrollHeight));
      await eventually(async () => expect((await page.shown()).at(-1)).toBe(lines));
      await grid.hover();
      const before = (await page.shown())[0];
      await page.page.mouse.wheel(0, -200);
      await eventually(async () => {
        const moved = before - (await page.shown())[0];
        expect(moved).toBeGreaterThanOrEqual(8);
        expect(moved).toBeLessThanOrEqual(13);
      });
      await grid.evaluate(element => (element.scrollTop = 0));
      await eventually(async () => expect((await page.shown())[0]).toBe(1));
      // Only what is looked at has been asked for.
      expect(page.messages.filter(({ type }) => type === 'lines').length).toBeLessThan(20);
    },
  );

  test('draws no more rows than are seen', async () => {
    const page = await open({ lines: 1_000_000 });
    await page.read();
    expect((await page.shown()).length).toBeLessThan(40);
  });
});

describe('the current line', () => {
  test('moves by key and click; the host is told where it stops, and details follow', async () => {
    const page = await open({ lines: 1_000_000 });
    await page.read();
    await page.page.locator('#line-4').click();
    await eventually(() => expect(page.last('caret')?.line).toBe(4));
    await page.page.getByRole('region').getByText('event of line 4').waitFor();
    await page.page.keyboard.press('PageDown');
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('ArrowUp');
    await page.page.keyboard.press('End');
    await eventually(() => expect(page.last('caret')?.line).toBe(1_000_000));
    expect((await page.shown()).at(-1)).toBe(1_000_000);
    expect(await page.page.getByRole('grid').getAttribute('aria-activedescendant')).toBe('line-1000000');
    await page.page.getByRole('button', { name: 'Partner: line 777' }).click();
    await eventually(() => expect(page.last('caret')?.line).toBe(777));
    expect(await page.shown()).toContain(777);
  });

  test('is where the host reveals a line, at once or as soon as the text has been read so far', async () => {
    const page = await open({ lines: 1_000_000 });
    await page.read(500);
    await page.send({ type: 'reveal', line: 700_000, focus: true, count: 1 });
    expect(await page.shown()).toContain(1);
    await page.read();
    await eventually(async () => expect(await page.shown()).toContain(700_000));
    expect(await page.page.locator('.line.current').getAttribute('data-line')).toBe('700000');
    await page.send({ type: 'reveal', line: 12, focus: true, count: 2 });
    await eventually(async () => expect(await page.shown()).toContain(12));
    expect(await page.page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
  });

  test('and the place are the same after a reload', async () => {
    const page = await open({ lines: 1_000_000 });
    await page.read();
    await page.send({ type: 'reveal', line: 400_000, focus: false, count: 1 });
    await eventually(async () => expect(await page.memory()).toMatchObject({ line: 400_000 }));
    const memory = (await page.memory())!;
    const before = await page.shown();
    await page.close();
    const again = await open({ lines: 1_000_000, memory });
    await again.read(100);
    await again.read();
    await eventually(async () => expect(await again.shown()).toEqual(before));
    expect(await again.page.locator('.line.current').getAttribute('data-line')).toBe('400000');
  });
});

describe('copying', () => {
  test('takes the lines that are selected with Shift, however many', async () => {
    const page = await open({ lines: 1_000_000 });
    await page.read();
    await page.page.locator('#line-4').click();
    await page.page.keyboard.press('Shift+End');
    expect(await page.page.locator('.line[aria-selected="true"]').count()).toBe((await page.shown()).length);
    await page.page.keyboard.press('Control+c');
    await eventually(() => expect(page.last('copy')).toEqual({ type: 'copy', from: 4, to: 1_000_000 }));
  });

  test('leaves a selection of text to the browser, without line numbers', async () => {
    const page = await open({ lines: 1_000_000, annotations: ANNOTATIONS });
    await page.read();
    await page.page.locator('#line-3 .text .color-event').dblclick();
    expect(await page.page.evaluate(() => document.getSelection()?.toString())).toMatch(/^(iommu|map|iommu:map)$/);
    await page.page.keyboard.press('Control+c');
    await page.page.waitForTimeout(100);
    expect(page.last('copy')).toBeUndefined();
  });
});

describe('annotations', () => {
  test('stand at the ends of their lines, with a mark in the overview, until they are switched off', async () => {
    const annotations = [...ANNOTATIONS];
    const page = await open({ lines: 1_000_000, annotations });
    await page.read();
    await page.page.locator('#line-3.heat-high .annotation', { hasText: '+69.2 % vs ● Strict' }).waitFor();
    expect(await page.page.locator('.annotation').count()).toBe(2);
    expect(await page.page.locator('.overview .mark').count()).toBe(3);
    annotations.length = 0;
    await page.send({ type: 'stale', what: 'annotations' });
    await eventually(async () => expect(await page.page.locator('.annotation, .mark').count()).toBe(0));
  });

  test('are found by a click on their mark', async () => {
    const page = await open({ lines: 1_000_000, annotations: ANNOTATIONS });
    await page.read();
    await page.page.locator('.overview .mark').nth(2).waitFor();
    const { height } = (await page.page.locator('.overview').boundingBox())!;
    await page.page.locator('.overview').click({ position: { x: 5, y: height - 2 } });
    await page.page.locator('#line-999000 .annotation', { hasText: '400 ns' }).waitFor();
  });
});

describe('a text that changes', () => {
  test('is read again, from where it was', async () => {
    const page = await open({ lines: 1_000_000 });
    await page.read();
    await page.send({ type: 'reveal', line: 5000, focus: false, count: 1 });
    const before = await page.shown();
    await page.send({ type: 'stale', what: 'text' });
    await page.read();
    await eventually(async () => expect(await page.shown()).toEqual(before));
  });

  test('shows what went wrong, until it is well again', async () => {
    const page = await open({ lines: 1_000_000 });
    await page.send({ type: 'notice', notice: { message: 'It does not exist.', advice: 'Check the path.' } });
    await page.page.getByText('It does not exist. Check the path.').waitFor();
    await page.send({ type: 'notice', notice: null });
    expect(await page.page.getByText('It does not exist.').isVisible()).toBe(false);
  });
});

test.each(THEMES.map(({ name }) => name))('nothing is out of reach in %s', async theme => {
  const page = await open({ lines: 1_000_000, theme, annotations: ANNOTATIONS });
  await page.read();
  await page.page.locator('#line-2').click();
  await page.page.keyboard.press('Shift+ArrowDown');
  await page.page.locator('.annotation').first().waitFor();
  await page.page.getByRole('region').getByText('event of line 3').waitFor();
  expect(await page.violations()).toEqual([]);
});
