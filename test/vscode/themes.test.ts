import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, openWorkbench, violationsIn, type Workbench } from './harness.js';
import { lineOf, PanelView } from './panel.js';
import { TraceFolder } from './traces.js';

const themes = [
  { id: 'dark', label: 'Dark Modern', kind: 'vs-dark' },
  { id: 'light', label: 'Light Modern', kind: 'vs' },
  { id: 'high-contrast', label: 'Dark High Contrast', kind: 'hc-black' },
  { id: 'high-contrast-light', label: 'Light High Contrast', kind: 'hc-light' },
];

let folder: TraceFolder;
let workbench: Workbench;
let panel: PanelView;

beforeAll(async () => {
  folder = await TraceFolder.make('e1000e-rx');
  const file = await folder.unpack('samples/e1000e-rx-strict.ftrace.txt.xz');
  const settings = {
    'editor.fontSize': 12,
    'workbench.activityBar.location': 'hidden',
    'window.title': 'IOMMU Replay',
  };
  workbench = await openWorkbench({ folder: folder.path, file, size: { width: 2100, height: 1100 }, settings });
  panel = new PanelView(workbench);
  await workbench.editor.waitForText();
  await workbench.palette('View: Toggle Primary Side Bar Visibility');
  await workbench.palette('IOMMU Replay: Replay with Policy…');
  await workbench.quickPick(['● Strict', '■ Lazy', '▲ Passthrough', '▼ Dynamic bounce buffers']);
  await workbench.quickPick('Intel VT-d, bare metal');
  await panel.waitForRuns(['Strict', 'Lazy', 'Passthrough', 'Dynamic bounce buffers']);
  await widenText(1220);
});

afterAll(async () => {
  await workbench.close();
  await folder.remove();
});

/** Drags the border between text and panel, so that there is room for annotations. */
async function widenText(width: number): Promise<void> {
  const { mouse } = workbench.page;
  const box = (await workbench.page.locator('.editor-group-container').nth(1).boundingBox())!;
  await mouse.move(box.x, 400);
  await mouse.down();
  await mouse.move(width, 400, { steps: 5 });
  await mouse.up();
}

/** Scrolls the text to the right until the annotation of a line ends within the view. */
async function scrollToAnnotations(): Promise<void> {
  const editor = workbench.page.locator('.editor-group-container').first();
  let y = 500;
  await eventually(async () => {
    // Elsewhere each time: a hover under the mouse would take the wheel.
    await workbench.page.mouse.move(600, (y += 40));
    await workbench.page.mouse.wheel(400, 0);
    const hidden = await editor.evaluate(element => {
      const spans = Array.from(element.querySelectorAll('.view-lines .view-line span'));
      const annotated = spans.filter(span => getComputedStyle(span, '::after').content.startsWith('"'));
      const right = element.getBoundingClientRect().right;
      return Math.max(...annotated.map(span => span.getBoundingClientRect().right)) - right;
    });
    if (hidden > 0) throw new Error(`${hidden} px of an annotation are out of view`);
  });
}

describe.each(themes)('$label', ({ id, label, kind }) => {
  it('is put on', async () => {
    await workbench.palette('Preferences: Color Theme');
    await workbench.quickPick(label);
    await workbench.page.locator(`.monaco-workbench.${kind}`).waitFor();
  });

  it('shows hotspots at the ends of their lines, in a colour that can be read', async () => {
    const rows = await panel.hotspots();
    const line = await lineOf(rows.nth(0));
    await rows.nth(0).locator('.cell').first().click();
    await eventually(async () => {
      expect((await workbench.editor.decorations()).map(annotation => annotation.line)).toContain(line);
    });
    await scrollToAnnotations();
    await workbench.screenshot(`trace-${id}`, workbench.page.locator('.editor-group-container').first());
  });

  it('shows a panel without violations of accessibility', async () => {
    const frame = await panel.frame();
    await frame.evaluate(() => window.scrollTo(0, 0));
    expect(await violationsIn(frame)).toEqual([]);
    await workbench.screenshot(`panel-${id}`);
  });

  it('shows policies with their symbols to choose from', async () => {
    await workbench.palette('IOMMU Replay: Replay with Policy…');
    await eventually(async () => expect(await workbench.quickPickLabels()).toContain('● Strict'));
    await workbench.screenshot(`quick-pick-${id}`);
    await workbench.page.keyboard.press('Escape');
  });
});

it('caused no error in the extension or its page', () => {
  expect(workbench.errors).toEqual([]);
});
