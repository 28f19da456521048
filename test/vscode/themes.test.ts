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
  await workbench.palette('View: Close Primary Side Bar');
  await workbench.palette('IOMMU Replay: Replay with Policy…');
  await workbench.quickPick(['● Strict', '■ Lazy', '▲ Passthrough', '▼ Dynamic bounce buffers']);
  await workbench.quickPick('Intel VT-d, bare metal');
  await panel.waitForRuns(['Strict', 'Lazy', 'Passthrough', 'Dynamic bounce buffers']);
  // Room for annotations, beside the panel.
  const { x } = (await workbench.page.locator('.editor-group-container').nth(1).boundingBox())!;
  await drag({ x, y: 400 }, 1220 - x);
});

afterAll(async () => {
  await workbench.close();
  await folder.remove();
});

/** Presses the mouse at a place, drags it sideways, and lets it go. */
async function drag({ x, y }: { x: number; y: number }, by: number): Promise<void> {
  const { mouse } = workbench.page;
  await mouse.move(x, y);
  await mouse.down();
  await mouse.move(x + by, y, { steps: 5 });
  await mouse.up();
}

/** Scrolls the text to the right until the annotations end within the view. */
async function scrollToAnnotations(): Promise<void> {
  const editor = workbench.page.locator('.editor-group-container').first();
  await eventually(async () => {
    // A line that is being revealed takes the view back to its begin: hence again and again.
    // Over the margin there are no hovers that would scroll instead.
    await workbench.page.mouse.move(30, 500);
    await workbench.page.mouse.wheel(2000, 0);
    await workbench.page.waitForTimeout(300);
    const hidden = await editor.evaluate(element => {
      const spans = Array.from(element.querySelectorAll('.view-lines .view-line span'));
      const annotated = spans.filter(span => getComputedStyle(span, '::after').content.startsWith('"'));
      const right = element.getBoundingClientRect().right;
      return Math.max(...annotated.map(span => span.getBoundingClientRect().right)) - right;
    });
    if (!Number.isFinite(hidden)) throw new Error('No annotated line is in view');
    if (hidden > 0) throw new Error(`${hidden} px of an annotation are out of view`);
  });
}

/** Contrast of the annotations with the hottest tint behind them, as WCAG reckons it. */
function annotationContrast(): Promise<number> {
  return workbench.page.evaluate(() => {
    const channels = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
    const over = ([r, g, b, alpha = 1]: number[], below: number[]): number[] =>
      [r, g, b].map((value, i) => value * alpha + below[i] * (1 - alpha));
    const luminance = (color: number[]): number => {
      const linear = color
        .map(value => value / 255)
        .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const styles = Array.from(document.querySelectorAll('.view-lines .view-line span'), span =>
      getComputedStyle(span, '::after'),
    );
    const text = styles.find(({ content }) => content.startsWith('"'));
    const paper = channels(getComputedStyle(document.querySelector('.monaco-editor-background')!).backgroundColor);
    const tints = Array.from(document.querySelectorAll('.view-overlays [class*="ced-"]'), tint =>
      luminance(over(channels(getComputedStyle(tint).backgroundColor), paper)),
    );
    const ink = luminance(channels(text?.color ?? ''));
    return Math.min(...tints.map(tint => (Math.max(ink, tint) + 0.05) / (Math.min(ink, tint) + 0.05)));
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
    expect(await annotationContrast()).toBeGreaterThan(4.5);
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
