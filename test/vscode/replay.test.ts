import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  scenarios: { policy: string; time: { cpuNs: number }; counters: { invalidations: { page: number } } }[];
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

/** Runs the replay with these policies on the first platform. */
async function replay(labels: readonly string[]): Promise<void> {
  await workbench.palette('IOMMU Replay: Replay with Policy…');
  await workbench.quickPick(labels);
  await workbench.quickPick(platform);
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

describe('a trace in a folder', () => {
  it('is recognised by its name when it is opened by a double click', async () => {
    await workbench.page.locator('.explorer-folders-view').getByText(name, { exact: true }).dblclick();
    await workbench.editor.waitForText();
    const language = workbench.statusItem('status.editor.mode');
    await eventually(async () => expect(await language.innerText()).toContain('IOMMU Trace'));
    await eventually(async () =>
      expect(await workbench.statusItem('iommu-replay.iommu-replay.status').innerText()).toContain('Replay…'),
    );
  });

  it('is replayed under the policies that were ticked, on the platform that was chosen', async () => {
    await replay(policies);
    await panel.waitForRuns(names);
    const frame = await panel.frame();
    expect(await frame.getByRole('heading', { level: 1 }).innerText()).toBe(name);
    expect(await frame.locator('.platform').first().innerText()).toContain(platform);
  });

  it('shows the same numbers as the command line, with the baseline that the user picks', async () => {
    const ids = 'strict,lazy,passthrough,swiotlb';
    const { stdout } = await cli(
      'replay',
      folder.file(name),
      '--policy',
      ids,
      '--platform',
      'vtd-bare-metal',
      '--json',
    );
    const { scenarios } = JSON.parse(stdout) as Replayed;
    const [strict, lazy] = scenarios.map(({ time }) => time.cpuNs);
    const time = await panel.figure('CPU time in DMA calls');
    expect(time[1]).toBe(formatNs(strict));
    expect(time[2]).toBe(formatNs(lazy));
    expect(time[4]).toContain('better');

    await panel.pick('baseline', '■ Lazy');
    await eventually(async () => {
      const again = await panel.figure('CPU time in DMA calls');
      // The baseline keeps its place but loses its differences; Strict has got some.
      expect(again[1]).toBe(formatNs(strict));
      expect(again[3]).toContain('worse');
    });
    await panel.pick('baseline', '● Strict');
    await eventually(async () => expect((await panel.figure('CPU time in DMA calls'))[4]).toContain('better'));
  });

  it('draws a bar for each run, and a click on it shows its hotspots', async () => {
    const frame = await panel.frame();
    const canvas = frame.locator('.figure canvas').first();
    const bars = JSON.parse((await canvas.getAttribute('data-bars')) ?? '[]') as { x: number; y: number }[];
    expect(bars).toHaveLength(policies.length);
    await canvas.click({ position: bars[1] });
    await eventually(async () =>
      expect(await frame.locator('.chip.shown .run-name').allTextContents()).toEqual(['Lazy']),
    );
    await frame.locator('.chip-main', { hasText: 'Strict' }).click();
    await eventually(async () =>
      expect(await frame.locator('.chip.shown .run-name').allTextContents()).toEqual(['Strict']),
    );
  });

  it('has no violations of accessibility in the panel', async () => {
    expect(await violationsIn(await panel.frame())).toEqual([]);
  });
});

describe('hotspots', () => {
  it('go from the list to the line, and from the caret to the list', async () => {
    const rows = await panel.hotspots();
    const [first, second] = [await lineOf(rows.nth(0)), await lineOf(rows.nth(1))];
    await rows.nth(0).locator('.cell').first().click();
    await eventually(async () => expect(await workbench.editor.activeLine()).toBe(first));

    await workbench.editor.goTo(second);
    const current = (await panel.frame()).locator('.hotspots [aria-current="true"]');
    await eventually(async () => expect(await lineOf(current.first())).toBe(second));
  });

  it('stand at the ends of their lines and name policy, run and platform', async () => {
    const line = await lineOf((await panel.hotspots()).nth(0));
    await workbench.editor.goTo(line);
    await eventually(async () => {
      const annotations = await workbench.editor.decorations();
      const text = annotations.find(annotation => annotation.line === line)?.text ?? '';
      expect(text).toMatch(/^[\d.]+ [µm]s/);
      expect(text).toContain(`● Strict · ${platform}`);
    });
    // Quiet by default: of thousands of operations only the costliest.
    expect((await workbench.editor.decorations()).length).toBeLessThanOrEqual(20);
  });

  it('are off and on again by one command, in the text and in the overview ruler', async () => {
    await eventually(async () => expect(await rulerMarks()).toBeGreaterThan(0));
    await workbench.palette('IOMMU Replay: Toggle Hotspot Annotations');
    await eventually(async () => {
      expect(await workbench.editor.decorations()).toEqual([]);
      expect(await rulerMarks()).toBe(0);
    });
    await workbench.palette('IOMMU Replay: Toggle Hotspot Annotations');
    await eventually(async () => {
      expect((await workbench.editor.decorations()).length).toBeGreaterThan(0);
      expect(await rulerMarks()).toBeGreaterThan(0);
    });
  });

  it('name the difference from the baseline when another run is shown', async () => {
    await (await panel.frame()).locator('.chip-main', { hasText: 'Lazy' }).click();
    const line = await lineOf((await panel.hotspots()).nth(0));
    await workbench.editor.goTo(line);
    await eventually(async () => {
      const texts = (await workbench.editor.decorations()).map(({ text }) => text);
      expect(texts.join('\n')).toMatch(/ vs ● Strict · ■ Lazy · /);
    });
  });
});

describe('reading', () => {
  it('decodes an event and its operation in the hover, with the cost under each policy', async () => {
    await workbench.editor.goTo(1);
    const text = await workbench.editor.hover('iommu:map');
    expect(text).toContain('iommu:map');
    expect(text).toContain('0000:00:04.0');
    expect(text).toMatch(/Partner: line \d+/);
    for (const policy of policies) expect(text).toContain(policy);
    expect(text).toContain('baseline');
    await workbench.page.keyboard.press('Escape');
  });

  it('tells the shown run in the status bar', async () => {
    const item = workbench.statusItem('iommu-replay.iommu-replay.status');
    expect(await item.innerText()).toMatch(/■ Lazy −\d+/);
  });
});

describe('a window that is reloaded', () => {
  it('has its panel, its runs and its baseline again', async () => {
    await (await panel.frame()).locator('#tab-overview').click();
    await panel.pick('baseline', '■ Lazy');
    await eventually(async () => expect((await panel.figure('CPU time in DMA calls'))[3]).toContain('worse'));
    // What the page keeps is written a moment later.
    await workbench.page.waitForTimeout(1000);
    await workbench.reload();
    await panel.waitForRuns(names);
    await eventually(async () => expect((await panel.figure('CPU time in DMA calls'))[3]).toContain('worse'));
    expect(await violationsIn(await panel.frame())).toEqual([]);
  });
});

describe('what is closed', () => {
  it('is freed, and the engine with the last trace', async () => {
    const busy = await extensionHostThreads();
    await workbench.palette('View: Close All Editors');
    await eventually(async () => expect(await extensionHostThreads()).toBeLessThan(busy));
  });
});

describe('bad input is refused in the words of the command line', () => {
  const bad: [what: string, name: string, content: () => Promise<string | Uint8Array>][] = [
    ['an empty file', 'empty.perf.txt', () => Promise.resolve('')],
    [
      'a trace without DMA events',
      'sched.perf.txt',
      () => Promise.resolve('swapper 0 [000] 1.5: sched:sched_switch: prev_comm=a prev_pid=1\n'),
    ],
    ['a cut archive', 'cut.perf.txt.gz', async () => cutArchive(await unpacked(packed), 30)],
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
    await workbench.notification(words, 'Show Log');
    await workbench.palette('View: Close All Editors');
  });

  it('opens a whole archive as text, and replays it', async () => {
    await workbench.palette('IOMMU Replay: Open Sample Trace…');
    await workbench.quickPick('nvme-randread-4k-lazy.perf.txt.xz');
    await workbench.editor.waitForText();
    await replay(['■ Lazy', '● Strict']);
    await panel.waitForRuns(['Strict', 'Lazy']);
    expect(await violationsIn(await panel.frame())).toEqual([]);
  });
});

it('caused no error in the extension or its page', () => {
  expect(workbench.errors).toEqual([]);
});
