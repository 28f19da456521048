/** The trace as a place to work: everything around a replay, through the palette, the keyboard and the mouse. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openWorkbench, type Workbench } from './harness.js';
import { TraceFolder, unpacked } from './traces.js';

const packed = 'samples/nvme-randread-4k-strict.perf.txt.xz';
const statusId = 'iommu-replay.iommu-replay.status';

let folder: TraceFolder;
let workbench: Workbench;

const status = async (): Promise<string> => (await workbench.statusItem(statusId).textContent()) ?? '';
const box = () => workbench.page.locator('.quick-input-widget:visible input.input');
const focusText = (): Promise<void> => workbench.page.keyboard.press('Control+1');

/** Opens another file of the folder by its path. */
async function open(name: string): Promise<void> {
  await workbench.page.keyboard.press('Control+o');
  // The dialog fills in its folder, and lists it, only after it has appeared.
  await eventually(async () => expect(await box().inputValue()).toContain(folder.path));
  await workbench.page.getByText(name).first().waitFor();
  await workbench.answer(folder.file(name));
}

beforeAll(async () => {
  folder = await TraceFolder.make('tour');
  const text = await unpacked(packed);
  const file = await folder.write('nvme.perf.txt', text);
  const lines = text.split('\n').slice(0, 500);
  await folder.write('notes.txt', lines.slice(0, 20).join('\n'));
  // Lines 3 to 5 are one unmap: here the driver does it twice.
  lines.splice(5, 0, ...lines.slice(2, 5));
  await folder.write('double.perf.txt', lines.join('\n'));
  const settings = { 'iommuReplay.deltaTime': 'previous' };
  workbench = await openWorkbench({ folder: folder.path, file, settings, size: { width: 1900, height: 1000 } });
  await workbench.editor.waitForText();
  await eventually(async () => expect(await status()).toContain('Replay…'));
});

afterAll(async () => {
  await workbench.close();
  await folder.remove();
});

describe('reading a trace', () => {
  it('shows the time since the event before, where that is asked for', async () => {
    const hints = workbench.page.locator('.view-line').getByText(/\+[\d.]+\s[µm]s/);
    await eventually(async () => expect(await hints.count()).toBeGreaterThan(10));
  });

  it('lists what is wrong with the traced system among the problems', async () => {
    await open('double.perf.txt');
    await workbench.page.keyboard.press('Control+Shift+M');
    await workbench.page.locator('.markers-panel').getByText('double-unmap').first().waitFor();
    await workbench.page.keyboard.press('Control+Shift+M');
    await focusText();
    await workbench.page.keyboard.press('Control+w');
    await eventually(async () => expect(await workbench.editor.lines()).not.toEqual([]));
  });

  it('offers phases, devices and bursts as the outline', async () => {
    await focusText();
    await workbench.page.keyboard.press('Control+Shift+O');
    await eventually(async () => {
      const labels = await workbench.quickPickLabels();
      expect(labels).toContain('Phase 1');
      expect(labels).toContain('0000:00:04.0');
      expect(labels).toContain('Burst 1');
    });
    await workbench.page.keyboard.press('Escape');
  });

  it('is read-only', async () => {
    await workbench.editor.goTo(1);
    const [first] = await workbench.editor.lines();
    await workbench.page.keyboard.type('x');
    expect((await workbench.editor.lines())[0]).toBe(first);
    await workbench.page.keyboard.press('Escape');
  });

  it('leads from an unmap to its map', async () => {
    await workbench.editor.goTo(5);
    await workbench.page.keyboard.press('F12');
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(1));
  });

  it('finds every event of an IOVA page, and of a device', async () => {
    await workbench.editor.goTo(1);
    await workbench.page.keyboard.press('Shift+F12');
    const peek = workbench.page.locator('.peekview-title');
    await eventually(async () => expect(await peek.textContent()).toMatch(/References \(\d+\)/));
    await workbench.page.keyboard.press('Escape');
    await workbench.palette('IOMMU Replay: Find Related Events…');
    await workbench.quickPick('Events of the same device');
    await eventually(async () => expect(await peek.textContent()).toContain('(2000)'));
    await workbench.page.keyboard.press('Escape');
  });

  it('goes to an operation and to an IOVA', async () => {
    await workbench.palette('IOMMU Replay: Go to Operation…');
    await workbench.answer('1000');
    await eventually(async () => expect(await workbench.editor.activeLine()).toBeGreaterThan(1000));
    const line = await workbench.editor.activeLine();
    await workbench.palette('IOMMU Replay: Go to IOVA…');
    await workbench.answer('0xfffad000');
    await eventually(async () => expect(await workbench.editor.activeLine()).not.toBe(line));
  });

  it('accounts for every byte in the import report', async () => {
    await workbench.palette('IOMMU Replay: Show Import Report');
    await eventually(async () => {
      const pages = await Promise.all(workbench.page.frames().map(frame => frame.locator('body').innerText()));
      expect(pages.some(text => text.includes('accounted for') && text.includes('iommu:map'))).toBe(true);
    });
    await workbench.page.keyboard.press('Control+w');
  });
});

describe('a keyboard and nothing else', () => {
  it('replays, toggles annotations and steps through hotspots', async () => {
    await focusText();
    await workbench.page.keyboard.press('Control+Alt+r');
    await workbench.quickPickLabels();
    await workbench.page.keyboard.press('Enter');
    await workbench.page.getByText('Platform whose costs the replay models').or(box()).first().waitFor();
    await workbench.quickPick('Intel VT-d, bare metal');
    await eventually(async () => expect(await status()).toMatch(/■ Lazy −\d/));
    await focusText();
    await workbench.editor.goTo(1);
    await workbench.page.keyboard.press('Alt+.');
    await eventually(async () => expect(await workbench.editor.activeLine()).toBeGreaterThan(1));
    await workbench.page.keyboard.press('Control+Alt+h');
    await eventually(async () => expect(await workbench.editor.decorations()).toEqual([]));
    await workbench.page.keyboard.press('Control+Alt+h');
    await eventually(async () => expect(await workbench.editor.decorations()).not.toEqual([]));
  });
});

describe('filtering', () => {
  const askFilter = async (filter: string): Promise<void> => {
    await workbench.palette('IOMMU Replay: Filter Lines…');
    await workbench.page.getByText('Show 8000 of 8000 operations').waitFor();
    await box().fill(filter);
  };

  it('shows the lines that match as a document, each leading back', async () => {
    await askFilter('op:unmap cost>100ns');
    await workbench.page.getByText('Show 4000 of 8000 operations').waitFor();
    await box().press('Enter');
    await eventually(async () => expect((await workbench.editor.lines())[0]).toContain('iommu:unmap'));
    await workbench.editor.goTo(4);
    await workbench.page.keyboard.press('F12');
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(11));
  });

  it('says what is wrong with a filter', async () => {
    await askFilter('sizzle>4');
    await workbench.page.getByText('Unknown field “sizzle”').waitFor();
    await workbench.page.keyboard.press('Escape');
  });
});

describe('keeping results', () => {
  const save = async (name: string): Promise<string> => {
    await eventually(async () => expect(await box().inputValue()).toContain(name));
    await workbench.page.keyboard.press('Enter');
    await workbench.notification(`${name} is written`);
    return folder.read(name);
  };

  it('exports the runs as Markdown, and for Perfetto', async () => {
    await workbench.palette('IOMMU Replay: Export Runs…');
    await workbench.quickPick('Markdown');
    expect(await save('nvme.md')).toMatch(/\| Strict +\|/);
    await workbench.palette('IOMMU Replay: Export Runs…');
    await workbench.quickPick('Perfetto');
    expect(JSON.parse(await save('nvme.perfetto.json'))).toHaveProperty('traceEvents');
  });

  it('saves a time range as a trace of its own', async () => {
    await workbench.palette('IOMMU Replay: Save Time Range as Trace…');
    await workbench.answer('100ms..200ms');
    const lines = (await save('nvme.range.perf.txt')).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.every(line => /\s38\.[67]\d*:/.test(line))).toBe(true);
  });

  it('saves the trace without its addresses', async () => {
    await workbench.palette('IOMMU Replay: Save Sanitized Trace…');
    const text = await save('nvme.sanitized.perf.txt');
    expect(text.split('\n')).toHaveLength(20_001);
    expect(text).not.toContain('fffba000');
  });

  it('brings a removed run back from the history', async () => {
    await workbench.palette('IOMMU Replay: Remove Run');
    await workbench.quickPick('■ Lazy');
    await eventually(async () => expect(await status()).toContain('● Strict'));
    await workbench.palette('IOMMU Replay: Run History…');
    await workbench.quickPick(['■ Lazy · Intel VT-d, bare metal']);
    await eventually(async () => expect(await status()).toContain('■ Lazy'));
  });
});

describe('beginning', () => {
  it('asks once before a plain text is taken for a trace', async () => {
    await open('notes.txt');
    await workbench.notification('notes.txt looks like a DMA trace', 'Treat as Trace');
    await eventually(async () => expect(await status()).toContain('Replay…'));
    await workbench.page.keyboard.press('Control+w');
  });

  it('copies a command that records a trace', async () => {
    await workbench.palette('IOMMU Replay: Copy Recording Command…');
    await workbench.quickPick('trace-cmd');
    await workbench.answer('6.6');
    await workbench.notification('This kernel has no dma events');
  });

  it('walks a new user through five steps', async () => {
    await workbench.palette('IOMMU Replay: Get Started');
    await workbench.page.getByRole('heading', { name: 'Open a sample trace' }).waitFor();
    await workbench.page.getByRole('heading', { name: 'Record your own' }).waitFor();
    await workbench.page.keyboard.press('Control+w');
  });
});
