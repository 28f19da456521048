/** A trace as a text to read: what VS Code's own editor shows of it, before a replay and after. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openWorkbench, violationsIn, type Workbench } from './harness.js';
import { TraceFolder, unpacked } from './traces.js';

const statusId = 'iommu-replay.iommu-replay.status';
const name = 'trace.perf.txt';

let folder: TraceFolder;
let workbench: Workbench;

const status = async (): Promise<string> => (await workbench.statusItem(statusId).textContent()) ?? '';
const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);

/**
 * The first operations of a recording, with a second device that reads what the first writes, an unmap that the driver
 * does twice (lines 3 to 5 and 6 to 8), and a fault at the end.
 */
function readable(recorded: string): string {
  const lines = recorded.split('\n').slice(0, 600);
  const later = (line: string): string => line.replace(/38\.56\d+/, time => (Number(time) + 0.006).toFixed(6));
  lines.splice(5, 0, ...lines.slice(2, 5).map(later));
  const last = lines[lines.length - 1].split('dma:')[0].split('iommu:')[0].split('intel_iommu:')[0];
  lines.push(`${last}iommu:io_page_fault: IOMMU:dmar0 0000:00:04.0 iova=0x00000000fffba000 flags=0x0001`);
  const second = (line: string): string => line.replace('00:04.0', '00:05.0').replace('FROM_DEVICE', 'TO_DEVICE');
  return lines.map(line => (line.includes('dma_addr=fffad000') ? second(line) : line)).join('\n');
}

beforeAll(async () => {
  folder = await TraceFolder.make('reading');
  await folder.write(name, readable(await unpacked('samples/nvme-randread-4k-strict.perf.txt.xz')));
  const settings = { 'iommuReplay.deltaTime': 'previous' };
  const file = folder.file(name);
  workbench = await openWorkbench({ folder: folder.path, file, settings, size: { width: 1900, height: 1000 } });
  await workbench.editor.waitForText();
  await eventually(async () => expect(await status()).toContain('Replay…'));
});

afterAll(async () => {
  await workbench.close();
  await folder.remove();
});

describe('the text', () => {
  it('is coloured by device and by direction, on lines that print none as well', async () => {
    await eventually(async () => {
      const color = async (text: string): Promise<string> => (await workbench.editor.appearance(text)).color;
      expect(await color('0000:00:05.0')).not.toBe(await color('0000:00:04.0'));
      expect(await color('TO_DEVICE')).not.toBe(await color('FROM_DEVICE'));
      expect(await color('iova=0x00000000fffad000')).toBe(await color('TO_DEVICE'));
      expect(await color('iova=0x00000000fffba000')).toBe(await color('FROM_DEVICE'));
    });
  });

  it('shows the time since the event before, where that is asked for', async () => {
    const hints = workbench.page.locator('.view-line').getByText(/\+[\d.]+\s[µm]s/);
    await eventually(async () => expect(await hints.count()).toBeGreaterThan(10));
  });

  it('is read-only', async () => {
    await workbench.editor.goTo(1);
    const [first] = await workbench.editor.lines();
    await workbench.page.keyboard.type('x');
    expect((await workbench.editor.lines())[0]).toBe(first);
    await press('Escape');
  });

  it('has phases, devices and bursts as its outline, and folds by them', async () => {
    await press('Control+Shift+O');
    await eventually(async () => {
      const labels = await workbench.quickPickLabels();
      for (const label of ['Phase 1', '0000:00:04.0', '0000:00:05.0', 'Burst 1']) expect(labels).toContain(label);
    });
    await press('Escape');
    await workbench.editor.goTo(1);
    const all = (await workbench.editor.lines()).length;
    await workbench.palette('Fold All');
    await eventually(async () => expect((await workbench.editor.lines()).length).toBeLessThan(all / 2));
    await workbench.palette('Unfold All');
    await eventually(async () => expect((await workbench.editor.lines()).length).toBe(all));
  });

  it('leads from an unmap to its map, and from a fault to the last map of its page', async () => {
    await workbench.editor.goTo(5);
    await press('F12');
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(1));
    await workbench.editor.goTo(604);
    await press('F12');
    await eventually(async () => {
      const line = await workbench.editor.activeLine();
      expect(line).toBeLessThan(604);
      expect(line).toBeGreaterThan(500);
    });
  });

  it('highlights the other lines of an operation and its partner', async () => {
    await workbench.editor.goTo(1, 70);
    const highlights = '.view-overlays .wordHighlightStrong, .view-overlays .wordHighlight';
    await eventually(async () => {
      const lines = await workbench.editor.linesWith(highlights);
      expect(lines.slice(0, 2)).toEqual([1, 2]);
      expect(lines.some(line => line >= 3 && line <= 5)).toBe(true);
    });
  });

  it('finds every event of an IOVA page, of a domain and of a device', async () => {
    await workbench.editor.goTo(1);
    const peek = workbench.page.locator('.peekview-title');
    const found = async (): Promise<number> => Number(/\((\d+)\)/.exec((await peek.textContent()) ?? '')?.[1]);
    await press('Shift+F12');
    await eventually(async () => expect(await found()).toBeGreaterThan(5));
    const ofPage = await found();
    await press('Escape');
    const counts: number[] = [];
    for (const scope of ['domain', 'device']) {
      await press('Control+Alt+e');
      await workbench.quickPick(`Events of the same ${scope}`);
      await eventually(async () => expect(await found()).toBeGreaterThan(ofPage));
      counts.push(await found());
      await press('Escape');
    }
    const [ofDomain, ofDevice] = counts;
    // A domain's invalidations name no device.
    expect(ofDomain).toBeGreaterThanOrEqual(ofDevice);
  });

  it('goes to an operation, to an IOVA and to a time', async () => {
    const goTo = async (what: string, place: string, expected: (line: number) => void): Promise<void> => {
      await workbench.palette(`IOMMU Replay: Go to ${what}…`);
      await workbench.answer(place);
      await eventually(async () => expected(await workbench.editor.activeLine()));
    };
    await goTo('Operation', '100', line => expect(line).toBeGreaterThan(100));
    await workbench.editor.goTo(1);
    await goTo('IOVA', '0xfffad000', line => expect(line).toBe(13));
    await goTo('Time', '30ms', line => expect(line).toBeGreaterThan(8));
    await goTo('Time', '0', line => expect(line).toBe(1));
  });

  it('lists what is wrong with the traced system among the problems', async () => {
    await press('Control+Shift+M');
    await workbench.page.locator('.markers-panel').getByText('double-unmap').first().waitFor();
    await press('Control+Shift+M');
    await press('Control+1');
  });

  it('has an import report that accounts for every byte', async () => {
    await workbench.palette('IOMMU Replay: Show Import Report');
    const report = await eventually(async () => {
      for (const frame of workbench.page.frames()) {
        const text = await frame.locator('body').innerText({ timeout: 1000 });
        if (text.includes('accounted for') && text.includes('iommu:map')) return frame;
      }
      throw new Error('No import report is shown');
    });
    // The page around it, and its colours, are those of VS Code's own preview.
    expect(await violationsIn(report, { within: '.markdown-body', except: ['color-contrast'] })).toEqual([]);
    await press('Control+w');
  });
});

describe('its hotspots', () => {
  const gutter = () =>
    workbench.editor.linesWith('.glyph-margin-widgets .cgmr', { property: 'background-image', value: 'heat-' });
  const tint = () =>
    workbench.editor.linesWith('.view-overlays [class*="ced-"]', { property: 'background-color', value: '232, 163' });

  beforeAll(async () => {
    await press('Control+1');
    await press('Control+Alt+r');
    await workbench.quickPick(['● Strict', '■ Lazy']);
    await workbench.quickPick('Intel VT-d, bare metal');
    await eventually(async () => expect(await status()).toMatch(/■ Lazy −\d/));
    // The comparison is not what is read here.
    await workbench.palette('View: Close Editors in Other Groups');
    await press('Control+1');
  });

  it('stand at the ends of their lines: cost, difference from the baseline, policy and platform', async () => {
    await workbench.editor.goTo(1);
    await press('Alt+.');
    await eventually(async () => {
      const line = await workbench.editor.activeLine();
      const found = (await workbench.editor.decorations()).find(annotation => annotation.line === line);
      expect(found?.text).toMatch(/^[\d.]+ [µn]s · \S.* vs ● Strict · ■ Lazy · Intel VT-d, bare metal$/);
    });
    // Quiet by default: only the costliest.
    expect((await workbench.editor.decorations()).length).toBeLessThanOrEqual(20);
  });

  it('have bars in the gutter and a tint, move no text, and go by one key', async () => {
    const isWhole = async (): Promise<void> => {
      // Lines go in and out of view as CodeLenses come.
      const lines = (await workbench.editor.decorations()).map(({ line }) => line);
      expect(lines).not.toEqual([]);
      expect(await gutter()).toEqual(lines);
      expect(await tint()).toEqual(lines);
    };
    await eventually(isWhole);
    const { x } = await workbench.editor.appearance('size=4096');
    await press('Control+Alt+h');
    await eventually(async () => {
      expect(await workbench.editor.decorations()).toEqual([]);
      expect(await gutter()).toEqual([]);
      expect(await workbench.editor.codeLenses()).toEqual([]);
    });
    expect((await workbench.editor.appearance('size=4096')).x).toBe(x);
    await press('Control+Alt+h');
    await eventually(isWhole);
  });

  it('are summed up by a CodeLens at bursts, and nowhere else', async () => {
    await workbench.editor.goTo(1);
    await eventually(async () => expect(await workbench.editor.codeLenses()).not.toEqual([]));
    const lenses = await workbench.editor.codeLenses();
    for (const lens of lenses) expect(lens).toMatch(/^Burst \d+ · [\d,]+ operations · [\d.]+ [µnm]s · .* · ■ Lazy$/);
    expect(lenses.length).toBeLessThanOrEqual(5);
  });

  it('are decoded in a hover, with the partner, the lifetime and the cost under each policy', async () => {
    await workbench.editor.goTo(1);
    const text = await workbench.editor.hover('iommu:map');
    for (const part of ['iommu:map', '0000:00:04.0', '● Strict', '■ Lazy', 'baseline', 'mapped for'])
      expect(text).toContain(part);
    expect(text).toMatch(/Partner: line \d+/);
    await press('Escape');
  });

  it('are stepped through by keys, there and back', async () => {
    await workbench.editor.goTo(1);
    const lines: number[] = [];
    for (const key of ['Alt+.', 'Alt+.', 'Alt+,']) {
      const before = await workbench.editor.activeLine();
      await press(key);
      await eventually(async () => expect(await workbench.editor.activeLine()).not.toBe(before));
      lines.push(await workbench.editor.activeLine());
    }
    expect(lines[1]).toBeGreaterThan(lines[0]);
    expect(lines[2]).toBe(lines[0]);
  });

  it('are listed in a view that names the run, groups them, and leads to the line', async () => {
    await workbench.page.locator('.activitybar').getByRole('tab', { name: 'DMA Trace' }).click();
    const rows = await workbench.tree('Hotspots');
    await eventually(async () => expect(await rows.first().innerText()).toMatch(/[µn]s[^]*line \d+/));
    const pane = workbench.page.locator('.pane').filter({ has: workbench.page.locator('[aria-label^="Hotspots"]') });
    expect(await pane.locator('.pane-header').first().innerText()).toContain('■ Lazy');
    for (const [by, text] of [
      ['Device', '0000:00:05.0'],
      ['Size', '4 KiB'],
      ['Operation', 'line'],
    ]) {
      await workbench.palette('IOMMU Replay: Group Hotspots by…');
      await workbench.quickPick(by);
      await rows.filter({ hasText: text }).first().waitFor();
    }
    await workbench.editor.goTo(600);
    const line = Number(/line (\d+)/.exec(await rows.first().innerText())?.[1]);
    await rows.first().click();
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(line));
  });
});

it('caused no error in the extension or its page', () => {
  expect(workbench.errors).toEqual([]);
});
