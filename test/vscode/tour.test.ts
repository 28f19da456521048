/** What surrounds a replay: beginning without a trace, the main job by keyboard alone, filtering, keeping results, living with it. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openWorkbench, violationsIn, type Workbench } from './harness.js';
import { Keyboard } from './keyboard.js';
import { lineOf, PanelView } from './panel.js';
import { TraceFolder, unpacked } from './traces.js';

const packed = 'samples/nvme-randread-4k-strict.perf.txt.xz';
const statusId = 'iommu-replay.iommu-replay.status';

let folder: TraceFolder;
let workbench: Workbench;
let panel: PanelView;
let keys: Keyboard;

const status = async (): Promise<string> => (await workbench.statusItem(statusId).textContent()) ?? '';

beforeAll(async () => {
  folder = await TraceFolder.make('tour');
  const lines = (await unpacked(packed)).split('\n');
  await folder.write('notes.txt', lines.slice(0, 20).join('\n'));
  const own = { title: 'Strict, in an open loop', policy: 'strict', loop: 'open' };
  await folder.write('open.iommu-policy.json', JSON.stringify(own));
  workbench = await openWorkbench({ folder: folder.path, size: { width: 1900, height: 1000 } });
  panel = new PanelView(workbench);
  keys = new Keyboard(workbench);
});

afterAll(async () => {
  await workbench.close();
  await folder.remove();
});

describe('beginning', () => {
  it('finds views that say what to do while there is nothing in them', async () => {
    await workbench.page.locator('.activitybar').getByRole('tab', { name: 'DMA Trace' }).click();
    const side = workbench.page.locator('.sidebar');
    for (const name of ['Open Trace', 'Open Sample Trace', 'Copy Recording Command'])
      await side.getByRole('button', { name, exact: true }).waitFor();
    await side.getByText('The costliest operations of a replay are listed here.').waitFor();
    await side.getByRole('button', { name: 'Open Sample Trace', exact: true }).click();
    await eventually(async () => expect(await workbench.quickPickLabels()).toContain('vfio-emulated-vtd.qemu.log.xz'));
    await keys.press('Escape');
  });

  it('walks a new user through five steps', async () => {
    await workbench.palette('IOMMU Replay: Get Started');
    await workbench.page.getByRole('heading', { name: 'Open a sample trace' }).waitFor();
    await workbench.page.getByRole('heading', { name: 'Record your own' }).waitFor();
    await keys.press('Control+w');
  });

  it('copies a command that records a trace', async () => {
    await workbench.palette('IOMMU Replay: Copy Recording Command…');
    await workbench.quickPick('trace-cmd');
    await workbench.answer('6.6');
    await workbench.notification('This kernel has no dma events');
  });
});

describe('a keyboard and nothing else', () => {
  let frame: Frame;

  it('opens a trace and replays it under two policies, each of which is explained', async () => {
    await keys.run('IOMMU Replay: Open Sample Trace…');
    await workbench.input.waitFor();
    await workbench.page.keyboard.type('nvme-randread-4k-strict');
    await eventually(async () => expect(await workbench.quickPickLabels()).toEqual([path.basename(packed)]));
    await keys.press('Enter');
    await workbench.editor.waitForText();
    await eventually(async () => expect(await status()).toContain('Replay…'));
    await keys.press('Control+Alt+r');
    await workbench.input.waitFor();
    await workbench.page.keyboard.type('open loop');
    const rows = workbench.page.locator('.quick-input-widget:visible .monaco-list-row');
    await eventually(async () => expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('open loop')]));
    await keys.press('Control+a');
    await keys.press('Backspace');
    expect(await rows.filter({ hasText: 'Strict' }).first().innerText()).toContain('Each unmap invalidates its range');
    // Strict and Lazy are ticked before anything was ever chosen.
    await keys.press('Enter');
    await eventually(async () => expect(await workbench.quickPickLabels()).toContain('Intel VT-d, bare metal'));
    await keys.press('Enter');
    await eventually(async () => expect(await status()).toMatch(/■ Lazy −\d/));
    await panel.waitForRuns(['Strict', 'Lazy']);
    frame = await panel.frame();
  });

  it('reads the comparison', async () => {
    await keys.goTo(frame, '[role="treegrid"] .cell');
    await keys.press('ArrowDown');
    await keys.press('ArrowDown');
    await eventually(async () => expect(await keys.focused(frame)).toContain('CPU time in DMA calls'));
    for (let cell = 0; cell < 4; cell++) await keys.press('ArrowRight');
    await eventually(async () => expect(await keys.focused(frame)).toMatch(/−\d+ % better/));
  });

  it('goes to a hotspot and on to the next in the text, and toggles annotations', async () => {
    await keys.goTo(frame, '.hotspots [role="grid"] .cell');
    await keys.press('ArrowDown');
    const line = await lineOf(frame.locator('.hotspots .grid-row:focus-within'));
    await keys.press('Enter');
    // The caret may have been there before: the keyboard was not.
    await workbench.page.locator('.editor-instance .monaco-editor.focused').waitFor();
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(line));
    await keys.press('Alt+.');
    await eventually(async () => expect(await workbench.editor.activeLine()).toBeGreaterThan(line));
    await eventually(async () => expect(await workbench.editor.decorations()).not.toEqual([]));
  });

  it('changes the baseline', async () => {
    await keys.goTo(frame, '#baseline');
    await keys.press('Enter');
    await keys.press('ArrowDown');
    await keys.press('Enter');
    await eventually(async () => expect((await panel.figure('CPU time in DMA calls'))[3]).toContain('worse'));
    await keys.press('Control+1');
    await keys.run('IOMMU Replay: Set as Baseline');
    await eventually(async () => expect(await workbench.quickPickLabels()).toEqual(['● Strict', '■ Lazy']));
    await keys.press('Enter');
    await eventually(async () => expect((await panel.figure('CPU time in DMA calls'))[4]).toContain('better'));
  });
});

describe('filtering', () => {
  const askFilter = async (filter: string): Promise<void> => {
    await workbench.palette('IOMMU Replay: Filter Lines…');
    await workbench.page.getByText('Show 8000 of 8000 operations').waitFor();
    await workbench.input.fill(filter);
  };

  it('shows the lines that match as a document, each leading back', async () => {
    await askFilter('op:unmap cost>100ns !size>4k');
    await workbench.page.getByText('Show 4000 of 8000 operations').waitFor();
    await keys.press('Enter');
    await eventually(async () => expect((await workbench.editor.lines())[0]).toContain('iommu:unmap'));
    await workbench.editor.goTo(4);
    await keys.press('F12');
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(11));
  });

  it('completes a filter', async () => {
    await askFilter('dev');
    await eventually(async () => expect(await workbench.quickPickLabels()).not.toContain('op:'));
    await workbench.quickPick('device:');
    await eventually(async () => expect(await workbench.quickPickLabels()).toContain('0000:00:04.0'));
    await keys.press('Escape');
  });

  it('says what is wrong with a filter', async () => {
    await askFilter('sizzle>4');
    await workbench.page.getByText('Unknown field “sizzle”').waitFor();
    await workbench.page.keyboard.press('Escape');
  });
});

describe('keeping results', () => {
  const save = async (name: string): Promise<string> => {
    await eventually(async () => expect(await workbench.input.inputValue()).toContain(name));
    // A first attempt may have written it already.
    await rm(folder.file(name), { force: true });
    await keys.press('Enter');
    await workbench.notification(`${name} is written`);
    // VS Code shows three at a time.
    await workbench.palette('Notifications: Clear All Notifications');
    return folder.read(name);
  };

  it.each([
    ['Markdown', 'md', /\| Strict +\|/],
    ['CSV', 'csv', /^id,figure,unit,kind,/],
    ['JSON', 'json', /"policy": *"strict"/],
    ['Perfetto', 'perfetto.json', /"traceEvents"/],
  ])('exports the runs as %s', async (format, ending, content) => {
    await workbench.palette('IOMMU Replay: Export Runs…');
    await workbench.quickPick(format);
    expect(await save(`nvme-randread-4k-strict.${ending}`)).toMatch(content);
  });

  it('exports a report as a page that stands alone and breaks no rule of accessibility', async () => {
    await workbench.palette('IOMMU Replay: Export Runs…');
    await workbench.quickPick('HTML');
    const name = 'nvme-randread-4k-strict.html';
    await save(name);
    const page = await workbench.page.context().newPage();
    await page.goto(`file://${folder.file(name)}`);
    await page.getByText('CPU time in DMA calls').first().waitFor();
    expect(await violationsIn(page.mainFrame())).toEqual([]);
    await page.close();
  });

  it('saves a time range as a trace of its own', async () => {
    await workbench.palette('IOMMU Replay: Save Time Range as Trace…');
    await workbench.answer('100ms..200ms');
    const lines = (await save('nvme-randread-4k-strict.range.perf.txt')).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.every(line => /\s38\.[67]\d*:/.test(line))).toBe(true);
  });

  it('saves the trace without its addresses', async () => {
    await workbench.palette('IOMMU Replay: Save Sanitized Trace…');
    const text = await save('nvme-randread-4k-strict.sanitized.perf.txt');
    expect(text.split('\n')).toHaveLength(20_001);
    expect(text).not.toContain('fffba000');
  });

  it('names runs, removes them and brings them back from the history', async () => {
    await workbench.palette('IOMMU Replay: Rename Run…');
    await workbench.quickPick('● Strict');
    await workbench.answer('As recorded');
    await panel.waitForRuns(['As recorded', 'Lazy']);
    await workbench.palette('IOMMU Replay: Remove Run');
    await workbench.quickPick('■ Lazy');
    await panel.waitForRuns(['As recorded']);
    await workbench.palette('IOMMU Replay: Run History…');
    await workbench.quickPick(['■ Lazy · Intel VT-d, bare metal']);
    await panel.waitForRuns(['As recorded', 'Lazy']);
  });
});

describe('living with it', () => {
  it('asks once before a plain text is taken for a trace', async () => {
    await workbench.palette('File: Open File...');
    await workbench.chooseFile(folder.file('notes.txt'));
    await workbench.notification('notes.txt looks like a DMA trace', 'Treat as Trace');
    await eventually(async () => expect(await status()).toContain('Replay…'));
    await keys.press('Control+w');
  });

  it('has its settings and its keys where VS Code has all of them', async () => {
    await workbench.palette('Preferences: Open Settings (UI)');
    await workbench.page.locator('.settings-editor .suggest-input-container .view-lines').first().click();
    await workbench.page.keyboard.type('@ext:iommu-replay.iommu-replay');
    const settings = workbench.page.locator('.settings-editor .setting-item-label');
    await settings.filter({ hasText: 'Delta Time' }).first().waitFor();
    await settings.filter({ hasText: 'Annotations' }).first().waitFor();
    await keys.press('Control+w');
    await workbench.palette('Preferences: Open Keyboard Shortcuts');
    await workbench.page.locator('.keybindings-editor .monaco-list-row').first().waitFor();
    await workbench.page.keyboard.type('iommuReplay');
    const row = workbench.page.locator('.keybindings-editor .monaco-list-row').filter({ hasText: 'Next Hotspot' });
    await eventually(async () => expect(await row.first().innerText()).toMatch(/Alt/));
    await keys.press('Control+w');
  });

  it('caused no error in the extension or its page', () => {
    expect(workbench.errors).toEqual([]);
  });
});

describe('a folder that nobody trusts', () => {
  it('is read and replayed all the same', async () => {
    await workbench.close();
    const file = await folder.unpack(packed);
    workbench = await openWorkbench({ folder: folder.path, file, isTrusted: false });
    await workbench
      .statusItem('status.workspaceTrust')
      .or(workbench.page.getByText('Restricted Mode'))
      .first()
      .waitFor();
    await eventually(async () => expect(await status()).toContain('Replay…'));
    await workbench.palette('IOMMU Replay: Replay with Policy…');
    await workbench.quickPick(['● Strict', '■ Lazy']);
    await workbench.quickPick('Intel VT-d, bare metal');
    await eventually(async () => expect(await status()).toMatch(/■ Lazy −\d/));
    expect(workbench.errors).toEqual([]);
  });
});
