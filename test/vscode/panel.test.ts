/** The comparison beside a trace: the numbers of the command line, led to and from the text, restored, and freed. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatNs } from '../../src/report/units.js';
import { extensionHostThreads } from './extension-host.js';
import { eventually, openWorkbench, violationsIn, type Workbench } from './harness.js';
import { lineOf, PanelView } from './panel.js';
import { cli, cutArchive, TraceFolder, unpacked } from './traces.js';

const packed = 'samples/nvme-randread-4k-strict.perf.txt.xz';
const name = 'nvme-randread-4k-strict.perf.txt';
const platform = 'Intel VT-d, bare metal';
const policies = ['● Strict', '■ Lazy', '▲ Passthrough', '◆ Static bounce pool (swiotlb)'];
const names = policies.map(label => label.slice(2));

/** What the command line says of the same replay. */
interface Replayed {
  scenarios: { time: { cpuNs: number } }[];
}

let folder: TraceFolder;
let workbench: Workbench;
let panel: PanelView;

beforeAll(async () => {
  folder = await TraceFolder.make();
  await folder.unpack(packed);
  workbench = await openWorkbench({ folder: folder.path, size: { width: 1920, height: 1000 } });
  panel = new PanelView(workbench);
});

afterAll(async () => {
  await workbench.close();
  await folder.remove();
});

/** Replays the trace at hand under these policies. */
async function replay(labels: readonly string[], on = platform): Promise<void> {
  await workbench.palette('IOMMU Replay: Replay with Policy…');
  await workbench.quickPick(labels);
  await workbench.quickPick(on);
}

/** Shows a run's hotspots, here and in the text. */
async function show(run: string): Promise<void> {
  const frame = await panel.frame();
  await frame.locator('.chip-main', { hasText: run }).click();
  await shows(run);
}

async function shows(run: string): Promise<void> {
  const shown = (await panel.frame()).locator('.chip.shown .run-name');
  await eventually(async () => expect(await shown.allTextContents()).toEqual([run]));
}

/** Pixels of the overview ruler in the colour of its marks. */
async function rulerMarks(): Promise<number> {
  return workbench.page
    .locator('.editor-instance canvas.decorationsOverviewRuler')
    .first()
    .evaluate(element => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let marks = 0;
      // The default of iommuReplay.hotspotRuler in dark themes.
      for (let i = 0; i < data.length; i += 4) if (data[i] === 0xe8 && data[i + 1] === 0xa3) marks++;
      return marks;
    });
}

describe('the comparison', () => {
  it('comes from a double click on the trace and four ticked policies', async () => {
    await workbench.page.locator('.explorer-folders-view').getByText(name, { exact: true }).dblclick();
    await workbench.editor.waitForText();
    const language = workbench.statusItem('status.editor.mode');
    await eventually(async () => expect(await language.innerText()).toContain('IOMMU Trace'));
    await replay(policies);
    await panel.waitForRuns(names);
    const frame = await panel.frame();
    expect(await frame.getByRole('heading', { level: 1 }).innerText()).toBe(name);
    expect(await frame.locator('.platform').first().innerText()).toContain(platform);
  });

  it('has the numbers of the command line, against the baseline that the user picks', async () => {
    const scenarios = ['--policy', 'strict,lazy,passthrough,swiotlb', '--platform', 'vtd-bare-metal'];
    const { stdout } = await cli('replay', folder.file(name), ...scenarios, '--json');
    const [strict, lazy] = (JSON.parse(stdout) as Replayed).scenarios.map(({ time }) => formatNs(time.cpuNs));
    const time = await panel.figure('CPU time in DMA calls');
    expect(time.slice(1, 3)).toEqual([strict, lazy]);
    expect(time[4]).toContain('better');

    await panel.pick('baseline', '■ Lazy');
    await eventually(async () => {
      const again = await panel.figure('CPU time in DMA calls');
      // A run keeps its place; the baseline has no differences, the others have.
      expect([again[1], again[4]]).toEqual([strict, lazy]);
      expect(again[3]).toContain('worse');
    });
  });

  it('has a bar for each run, and a click on it shows its hotspots', async () => {
    const canvas = (await panel.frame()).locator('.figure canvas').first();
    const bars = JSON.parse((await canvas.getAttribute('data-bars')) ?? '[]') as { x: number; y: number }[];
    expect(bars).toHaveLength(policies.length);
    await canvas.click({ position: { x: bars[2].x, y: bars[2].y } });
    await shows('Passthrough');
    await show('Strict');
  });

  it('leads from a hotspot to its line, and from the caret to the hotspot', async () => {
    const rows = await panel.hotspots();
    const [first, second] = [await lineOf(rows.nth(0)), await lineOf(rows.nth(1))];
    await rows.nth(0).locator('.cell').first().click();
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(first));
    await workbench.editor.goTo(second);
    const current = (await panel.frame()).locator('.hotspots [aria-current="true"]');
    await eventually(async () => expect(await lineOf(current.first())).toBe(second));
  });

  it('marks its hotspots in the overview ruler and where they can be seen beside it, until annotations are switched off', async () => {
    await workbench.editor.goTo(1);
    await eventually(async () => expect(await rulerMarks()).toBeGreaterThan(0));
    const annotations = await workbench.editor.decorations();
    const inBlanks = await workbench.editor.decorations('before');
    expect(inBlanks.map(({ line }) => line)).toEqual(annotations.map(({ line }) => line));
    for (const { text } of inBlanks) expect(text).toMatch(/^● [\d.]+ [µn]s /);
    const { x } = await workbench.editor.appearance('iommu:map');
    await workbench.palette('IOMMU Replay: Toggle Hotspot Annotations');
    try {
      await eventually(async () => expect(await rulerMarks()).toBe(0));
      expect(await workbench.editor.decorations('before')).toEqual([]);
      expect((await workbench.editor.appearance('iommu:map')).x).toBe(x);
    } finally {
      // The setting is the user's: it would stay off for whatever runs next.
      await workbench.palette('IOMMU Replay: Toggle Hotspot Annotations');
    }
    await eventually(async () => expect(await rulerMarks()).toBeGreaterThan(0));
  });
});

describe('its views', () => {
  it.each(['Over Time', 'Distributions', 'Pareto', 'Sweep', 'Divergence', 'Workload', 'Overview'])(
    '%s says its result in a sentence and breaks no rule of accessibility',
    async title => {
      await panel.tab(title);
      const frame = await panel.frame();
      const view = frame.locator('.view:visible').first();
      await view.locator('.sentence, .workload-fact').filter({ hasText: /\S/ }).first().waitFor();
      expect(await violationsIn(frame)).toEqual([]);
      await workbench.screenshot(`view-${title.toLowerCase().replace(' ', '-')}`);
    },
  );

  it('filter the operations by what is typed above them, and open their lines as a document', async () => {
    await panel.tab('Over Time');
    const frame = await panel.frame();
    await frame.getByText('8,000 of 8,000 operations').waitFor();
    await frame.locator('#over-time-filter-input').fill('kind:unmap cost>1us');
    await frame.getByText(/^4,000 of 8,000 operations$/).waitFor();
    await frame.getByRole('button', { name: 'Show Lines' }).click();
    await eventually(async () => expect((await workbench.editor.lines())[0]).toContain('iommu:unmap'));
    await workbench.page.keyboard.press('Control+w');
    await frame.locator('#over-time-filter-input').fill('sizzle:4');
    await frame.getByText('Unknown field “sizzle”').waitFor();
    expect(await violationsIn(frame)).toEqual([]);
    await frame.locator('#over-time-filter-input').fill('');
    await frame.locator('#over-time-filter-input').press('Escape');
    await frame.getByText('8,000 of 8,000 operations').waitFor();
  });

  it('filter by values that are included and excluded in menus', async () => {
    const frame = await panel.frame();
    const filter = frame.locator('#over-time-filter-input');
    await frame.locator('#view-over-time').getByRole('button', { name: 'Operation' }).click();
    await frame.getByRole('menuitemcheckbox', { name: 'Exclude unmap' }).click();
    await eventually(async () => expect(await filter.inputValue()).toBe('!op:unmap'));
    await frame.getByText('4,000 of 8,000 operations').waitFor();
    expect(await violationsIn(frame)).toEqual([]);
    await workbench.screenshot('view-facets');
    await frame.getByRole('menuitemcheckbox', { name: 'unmap, 4,000', exact: true }).click();
    await eventually(async () => expect(await filter.inputValue()).toBe('op:unmap'));
    await frame.getByRole('menuitem', { name: 'Clear Operation' }).click();
    await frame.getByText('8,000 of 8,000 operations').waitFor();
  });

  it('filter by a range that is dragged in a chart, and lead to the moment that is clicked', async () => {
    const frame = await panel.frame();
    const stage = frame.locator('.time-stage').first();
    const { mouse } = workbench.page;
    // A chart that is still being laid out moves from under the mouse.
    await eventually(async () => {
      await stage.scrollIntoViewIfNeeded();
      const { x, y, width, height } = (await stage.boundingBox())!;
      await mouse.move(x + width * 0.4, y + height / 2);
      await mouse.down();
      await mouse.move(x + width * 0.6, y + height / 2, { steps: 4 });
      await mouse.up();
      await frame.getByText(/^[1-7],\d\d\d of 8,000 operations$/).waitFor({ timeout: 5000 });
    });
    // The command that saves a range begins with the one that is selected. In the page, Escape would clear it.
    await workbench.page.keyboard.press('Control+1');
    await workbench.palette('IOMMU Replay: Save Time Range as Trace…');
    await eventually(async () => {
      const [from, to] = (await workbench.input.inputValue()).split('..').map(time => Number(time.replace(/ns$/, '')));
      expect((to - from) / 2.11e9).toBeCloseTo(0.2, 1);
    });
    await workbench.page.keyboard.press('Escape');
    await stage.press('Escape');
    await frame.getByText('8,000 of 8,000 operations').waitFor();
    await workbench.editor.goTo(1);
    await eventually(async () => {
      await stage.click();
      await vi.waitFor(async () => expect(await workbench.editor.activeLine()).toBeGreaterThan(1000), 5000);
    });
  });

  it('list all operations, of which only those in view are in the page, and lead to their lines by keyboard', async () => {
    const grid = (await panel.frame()).getByRole('grid', { name: 'Operations' });
    await eventually(async () => expect(Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(8000));
    await grid.locator('.row .cell').first().focus();
    await workbench.page.keyboard.press('Control+End');
    const last = grid.locator('[data-index="7999"].row');
    await last.waitFor();
    expect(await grid.getByRole('row').count()).toBeLessThan(100);
    const line = Number((await last.locator('.cell').nth(4).innerText()).replaceAll(',', ''));
    await workbench.page.keyboard.press('Enter');
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(line));
  });

  it('have columns to choose from', async () => {
    const frame = await panel.frame();
    const heading = frame.getByRole('grid', { name: 'Operations' }).getByRole('columnheader', { name: 'Direction' });
    const choose = async (): Promise<void> => {
      await frame.locator('.operations vscode-button[aria-label="Columns"]').click();
      await frame.getByRole('menuitemcheckbox', { name: 'Direction' }).click();
      await workbench.page.keyboard.press('Escape');
    };
    expect(await heading.count()).toBe(0);
    await choose();
    await heading.waitFor();
    expect(await violationsIn(frame)).toEqual([]);
    await choose();
    await heading.waitFor({ state: 'detached' });
  });

  it('sweep a parameter when asked to, and name its knee', async () => {
    await panel.tab('Sweep');
    const frame = await panel.frame();
    await frame.locator('#sweep-run').click();
    await frame.locator('#sweep-run').getByRole('option', { name: '■ Lazy' }).click();
    await frame.locator('.sweep vscode-button', { hasText: 'Sweep' }).click();
    await frame
      .locator('.sweep-charts .sentence', { hasText: /^From / })
      .first()
      .waitFor();
    expect(await violationsIn(frame)).toEqual([]);
    await panel.tab('Overview');
  });

  it('sort their tables by a heading and show details of a row', async () => {
    const frame = await panel.frame();
    const rows = await panel.hotspots();
    await frame.getByRole('grid', { name: 'Hotspots' }).getByRole('columnheader', { name: 'Line' }).click();
    await eventually(async () => {
      const lines = await Promise.all([0, 1, 2].map(row => lineOf(rows.nth(row))));
      expect(lines).toEqual([...lines].sort((a, b) => b - a));
    });
    await rows.nth(1).locator('.cell').first().click();
    const details = frame.getByRole('region', { name: 'Details of the selected hotspot' });
    await eventually(async () => expect(await details.innerText()).toContain(String(await lineOf(rows.nth(1)))));
  });

  it('give their tables to the clipboard', async () => {
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const frame = await panel.frame();
    await frame.locator('.comparison vscode-button[aria-label="Copy table"]').click();
    await frame.getByRole('menuitem', { name: 'Copy as Markdown' }).waitFor();
    expect(await violationsIn(frame)).toEqual([]);
    await frame.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
    await eventually(async () => {
      const text = await workbench.page.evaluate(() => navigator.clipboard.readText());
      expect(text).toMatch(/^\| Figure \| Strict: Value \| Strict: Δ \| .*\| Lazy \(baseline\): Value \|/);
      expect(text).toContain('| CPU time in DMA calls |');
    });
  });
});

describe('a window that is reloaded', () => {
  // VS Code in a browser writes what it keeps every five seconds: the baseline was picked long before.
  it('has its panel, its runs and its baseline again', async () => {
    await workbench.reload();
    await panel.waitForRuns(names);
    await panel.tab('Overview');
    await eventually(async () => expect((await panel.figure('CPU time in DMA calls'))[3]).toContain('worse'));
  });
});

describe('what is closed', () => {
  it('is freed, the engine with the last trace', async () => {
    const busy = await extensionHostThreads();
    await workbench.palette('View: Close All Editors');
    await eventually(async () => expect(await extensionHostThreads()).toBeLessThan(busy));
  });
});

describe('what cannot be replayed is refused in the words of the command line', () => {
  const bad: [what: string, file: string, content: () => Promise<string | Uint8Array>][] = [
    ['an empty file', 'empty.perf.txt', () => Promise.resolve('')],
    [
      'a trace without DMA events',
      'sched.perf.txt',
      () => Promise.resolve('swapper 0 [000] 1.5: sched:sched_switch: prev_comm=a prev_pid=1\n'),
    ],
    [
      'an archive of which only the beginning is there',
      'cut.perf.txt.gz',
      async () => cutArchive(await unpacked(packed), 30),
    ],
  ];
  it.each(bad)('%s', async (_what, file, content) => {
    const place = await folder.write(file, await content());
    const { code, stderr } = await cli('import', place);
    expect(code).toBe(1);
    const words = stderr.trim().replace(/^iommu-replay: /, '');
    expect(words).not.toBe('');
    await workbench.palette('IOMMU Replay: Open Trace…');
    await workbench.chooseFile(place);
    if (!file.endsWith('.gz')) {
      await workbench.page.locator('.tab.active', { hasText: file }).waitFor();
      await workbench.palette('IOMMU Replay: Replay with Policy…');
    }
    await workbench.notification(words);
    await workbench.palette('Notifications: Clear All Notifications');
    await workbench.palette('View: Close All Editors');
  });
});

describe('a sample that ships', () => {
  it('is opened from its archive, with a panel that says what to do', async () => {
    await workbench.palette('IOMMU Replay: Open Sample Trace…');
    await workbench.quickPick('vfio-emulated-vtd.qemu.log.xz');
    await workbench.editor.waitForText();
    await workbench.palette('IOMMU Replay: Show Comparison');
    const frame = await panel.frame();
    await frame.getByRole('heading', { name: 'No policy replayed yet' }).waitFor();
    expect(await violationsIn(frame)).toEqual([]);
    await frame.locator('.empty vscode-button', { hasText: 'Replay with Policy…' }).click();
    await workbench.quickPick(['● Strict', '□ Read-only identity']);
    await workbench.quickPick(platform);
    await panel.waitForRuns(['Strict']);
  });

  it('says which policy it does not replay, and why', async () => {
    const frame = await panel.frame();
    await frame.locator('.banner.warning', { hasText: 'does not tell the direction' }).waitFor();
    await workbench.notification('does not tell the direction');
    expect(await violationsIn(frame)).toEqual([]);
  });

  it('says why runs of two platforms are not comparable', async () => {
    await replay(['■ Lazy'], 'Arm SMMUv3');
    const frame = await panel.frame();
    await frame.locator('.banner.warning', { hasText: 'Compare with care' }).waitFor();
    expect(await violationsIn(frame)).toEqual([]);
    await workbench.screenshot('view-warnings');
  });

  it('says why a number is missing', async () => {
    const frame = await panel.frame();
    await frame.getByRole('row', { name: /^Device \d/ }).click();
    const row = frame.getByRole('row').filter({ hasText: 'Throughput bound by translation' }).first();
    await row.getByText('the platform has no device model').first().waitFor({ state: 'attached' });
    expect(await violationsIn(frame)).toEqual([]);
  });
});

it('caused no error in the extension or its page', () => {
  expect(workbench.errors).toEqual([]);
});
