import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extensionHostThreads } from './extension-host.js';
import { eventually, openWorkbench, violationsIn, type Workbench } from './harness.js';
import { lineOf, PanelView } from './panel.js';
import { TraceFolder, unpacked } from './traces.js';

const packed = 'samples/nvme-randread-4k-strict.perf.txt.xz';
const name = 'large.perf.txt';
const platform = 'Intel VT-d, bare metal';
/** More than VS Code lets extensions see of a document. */
const MIN_BYTES = 51 * 2 ** 20;

let folder: TraceFolder;
let workbench: Workbench;
let panel: PanelView;
let lines: string[];

beforeAll(async () => {
  folder = await TraceFolder.make();
  const text = repeated(await unpacked(packed));
  lines = text.split('\n');
  await folder.write(name, text);
  workbench = await openWorkbench({ folder: folder.path, size: { width: 1920, height: 1000 } });
  panel = new PanelView(workbench);
});

afterAll(async () => {
  await workbench.close();
  await folder.remove();
});

/** The trace again and again, each time later, until it is large. */
function repeated(text: string): string {
  const parts: string[] = [];
  for (let bytes = 0, round = 0; bytes < MIN_BYTES; round++) {
    const later = text.replace(
      /(\d+)(\.\d{6,9}:)/g,
      (_, seconds: string, rest: string) => `${Number(seconds) + 100 * round}${rest}`,
    );
    parts.push(later);
    bytes += later.length;
  }
  return parts.join('');
}

function view(): Promise<Frame> {
  return workbench.panelFrame('large-trace');
}

async function row(line: number): Promise<Locator> {
  return (await view()).locator(`#line-${line} .text`);
}

/** Makes a line the current one by its number. */
async function goTo(line: number): Promise<void> {
  await eventually(async () => {
    // The keyboard is the view's only while the view has the focus.
    await (await view()).locator('.line').first().click();
    await workbench.page.keyboard.press('Control+g');
    await workbench.answer(String(line));
    await (await view()).locator(`#line-${line}.current`).waitFor({ timeout: 5000 });
  });
}

async function annotationOf(line: number): Promise<Locator> {
  return (await view()).locator(`#line-${line} .annotation`);
}

async function currentLine(): Promise<number> {
  return Number(await (await view()).locator('.line.current .number').innerText());
}

describe('a trace above 50 MiB', () => {
  it('is opened from the palette in a view of its own, which shows its lines', async () => {
    await workbench.palette('IOMMU Replay: Open Trace…');
    await workbench.chooseFile(folder.file(name));
    await eventually(async () => expect(await (await row(1)).textContent()).toBe(lines[0]));
    const count = (lines.length - 1).toLocaleString('en-US');
    await (await view()).locator('.place', { hasText: `Line 1 of ${count}` }).waitFor();
  });

  it('goes to a line by its number, and to the end and the begin by key', async () => {
    const middle = Math.floor(lines.length / 2);
    await goTo(middle);
    await eventually(async () => expect(await (await row(middle)).textContent()).toBe(lines[middle - 1]));
    await workbench.page.keyboard.press('End');
    await eventually(async () => expect(await (await row(lines.length - 1)).textContent()).toBe(lines.at(-2)));
    await workbench.page.keyboard.press('Home');
    await eventually(async () => expect(await currentLine()).toBe(1));
  });

  it('tells of a line what a hover tells, and leads to its partner', async () => {
    const details = (await view()).getByRole('region', { name: 'Details of the current line' });
    await goTo(1);
    const link = details.getByRole('button', { name: /^Partner: line \d+/ });
    await link.waitFor();
    await eventually(async () => expect(await details.innerText()).toContain('iommu:map'));
    const partner = Number((await link.innerText()).replace(/\D/g, ''));
    await workbench.page.keyboard.press('F12');
    await eventually(async () => expect(await currentLine()).toBe(partner));
  });

  it('is replayed, and a hotspot of the panel leads to its line, which is annotated', async () => {
    await workbench.palette('IOMMU Replay: Replay with Policy…');
    await workbench.quickPick(['● Strict', '■ Lazy']);
    await workbench.quickPick(platform);
    await panel.waitForRuns(['Strict', 'Lazy']);
    const hotspots = await panel.hotspots();
    const line = await lineOf(hotspots.nth(0));
    await hotspots.nth(0).locator('.cell').first().click();
    await eventually(async () => expect(await currentLine()).toBe(line));
    await eventually(async () => {
      const annotation = await (await annotationOf(line)).innerText();
      expect(annotation).toMatch(/^[\d.]+ [µm]s · .* vs ● Strict · ■ Lazy · Intel VT-d, bare metal$/);
    });
    expect(await (await view()).locator('.overview .mark').count()).toBe(20);
    expect(await violationsIn(await view())).toEqual([]);
  });

  it('moves the row of the panel with its current line', async () => {
    const line = await lineOf((await panel.hotspots()).nth(1));
    await goTo(line);
    const current = (await panel.frame()).locator('.hotspots [aria-current="true"]');
    await eventually(async () => expect(await lineOf(current.first())).toBe(line));
  });

  it('has its annotations off and on again by one command', async () => {
    const annotations = (await view()).locator('.annotation');
    const marks = (await view()).locator('.overview .mark');
    await eventually(async () => expect(await annotations.count()).toBeGreaterThan(0));
    await workbench.palette('IOMMU Replay: Toggle Hotspot Annotations');
    await eventually(async () => expect([await annotations.count(), await marks.count()]).toEqual([0, 0]));
    await workbench.palette('IOMMU Replay: Toggle Hotspot Annotations');
    await eventually(async () => expect(await annotations.count()).toBeGreaterThan(0));
  });

  it('can be filtered, as any other trace', async () => {
    await workbench.palette('IOMMU Replay: Filter Lines…');
    await workbench.answer('kind:unmap line<200');
    await workbench.editor.waitForText();
    const [first] = await workbench.editor.lines();
    expect(first).toContain('iommu:unmap');
    expect(lines).toContain(first);
    await workbench.palette('View: Close Editor');
  });

  it('can be searched, onwards and back, around its end', async () => {
    await goTo(10);
    await workbench.page.keyboard.press('Control+f');
    await workbench.answer('/(/');
    await workbench.input.waitFor();
    await workbench.answer('/iommu:unmap.*size=4096/');
    const after = (from: number): number =>
      lines.findIndex((text, i) => i >= from && /iommu:unmap.*size=4096/.test(text)) + 1;
    const [first, second] = [after(10), after(after(10))];
    await eventually(async () => expect(await currentLine()).toBe(first));
    await workbench.page.keyboard.press('F3');
    await eventually(async () => expect(await currentLine()).toBe(second));
    await workbench.page.keyboard.press('Shift+F3');
    await eventually(async () => expect(await currentLine()).toBe(first));
    await eventually(async () => {
      // The box goes when the view takes the focus once more.
      await workbench.page.keyboard.press('Control+f');
      await workbench.input.fill('no such words', { timeout: 2000 });
      await workbench.input.press('Enter');
      await workbench.page.getByText('No line has no such words.').first().waitFor({ timeout: 6000 });
    });
    await workbench.palette('Notifications: Clear All Notifications');
  });

  it('is where it was after a reload, with its annotations', async () => {
    const line = await currentLine();
    // VS Code for the Web writes the state of editors every five seconds, once it is idle.
    await workbench.page.waitForTimeout(6000);
    await workbench.reload();
    await eventually(async () => {
      expect(await currentLine()).toBe(line);
      expect(await (await view()).locator('.annotation').first().innerText()).toContain('vs ● Strict');
    });
  });

  it('is freed with its view', async () => {
    const busy = await extensionHostThreads();
    await workbench.palette('View: Close All Editors');
    // The engine and the reader of the text.
    await eventually(async () => expect(await extensionHostThreads()).toBeLessThanOrEqual(busy - 2));
  });
});

it('caused no error in the extension or its pages', () => {
  expect(workbench.errors).toEqual([]);
});
