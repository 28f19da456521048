import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../workbench/builds.mjs';
import { eventually, openWorkbench, violationsIn, type Workbench } from './harness.js';

const throwaway = path.join(root, 'test/fixtures/throwaway-extension');
const statusId = 'self-test.throwaway.throwaway';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'workbench-'));
  file = path.join(folder, 'notes.txt');
  await writeFile(
    file,
    ['alpha beta', 'second line here', ...Array.from({ length: 200 }, (_, i) => `row ${i + 3}`)].join('\n'),
  );
});

afterAll(() => rm(folder, { recursive: true }));

describe('a workbench with an extension from source', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await openWorkbench({ folder, file, theme: 'light', extension: throwaway });
    await workbench.editor.waitForText();
  });
  afterAll(() => workbench.close());

  it('shows the file, in the theme that was asked for', async () => {
    expect((await workbench.editor.lines()).slice(0, 3)).toEqual(['alpha beta', 'second line here', 'row 3']);
    await eventually(async () => expect(await workbench.page.locator('.monaco-workbench.vs').count()).toBe(1));
  });

  it('shows what an extension adds to the text', async () => {
    await eventually(async () => {
      expect(await workbench.editor.decorations()).toEqual([{ line: 2, text: '4 "pages" · 1.5 µs' }]);
      expect(await workbench.editor.codeLenses()).toEqual(['Throwaway lens']);
    });
    expect(await workbench.editor.hover('beta')).toBe('about beta');
    expect(await workbench.editor.hover('here')).toBe('about here');
  });

  it('moves the cursor to a line out of view', async () => {
    await workbench.editor.goTo(150);
    expect(await workbench.editor.activeLine()).toBe(150);
    expect(await workbench.editor.lines()).toContain('row 150');
    await workbench.editor.goTo(1);
    expect(await workbench.editor.activeLine()).toBe(1);
  });

  it('runs commands, by the palette and by a CodeLens, and presses the buttons of notifications', async () => {
    await workbench.palette('Throwaway: Greet');
    await workbench.notification('Hello from the throwaway');
    expect(await workbench.notifications()).toEqual([{ message: 'Hello from the throwaway', buttons: ['Thank you'] }]);
    expect(await workbench.statusItem(statusId).textContent()).toBe('Throwaway: greeted');
    await workbench.notification('Hello', 'Thank you');
    await eventually(async () => expect(await workbench.statusItem(statusId).textContent()).toBe('Throwaway: thanked'));
    expect(await workbench.notifications()).toEqual([]);
    await workbench.editor.clickCodeLens('Throwaway lens');
    await workbench.notification('Hello', 'Thank you');
  });

  it('chooses one, chooses several, answers and confirms', async () => {
    await workbench.palette('Throwaway: Choose One');
    expect(await workbench.quickPickLabels()).toEqual(['Lazy', 'Strict', 'Strict and more']);
    await workbench.quickPick('Strict');
    await workbench.notification('one: Strict', 'Thank you');
    await workbench.palette('Throwaway: Choose Several');
    await workbench.quickPick(['Lazy', 'Strict']);
    await workbench.notification('several: Lazy+Strict', 'Thank you');
    await workbench.palette('Throwaway: Ask');
    await workbench.answer('new');
    await workbench.notification('answer: new', 'Thank you');
    await workbench.palette('Throwaway: Confirm');
    await workbench.dialog('Yes');
    await workbench.notification('confirmed: Yes', 'Thank you');
  });

  it('reads a tree view', async () => {
    const rows = await workbench.tree('Throwaway Tree');
    await eventually(async () => expect(await rows.allTextContents()).toEqual(['first', 'second']));
  });

  it('reaches into a webview and finds nothing wrong with a good one', async () => {
    await workbench.palette('Throwaway: Show Panel');
    const frame = await workbench.panelFrame('throwaway-good');
    await frame.getByRole('button', { name: 'Add' }).click();
    expect(await frame.locator('#count').textContent()).toBe('1');
    expect(await violationsIn(frame)).toEqual([]);
    expect(workbench.errors).toEqual([]);
    expect(await workbench.screenshot('harness')).toMatch(/harness\.png$/);
  });

  it('reports what is wrong with a bad webview', async () => {
    await workbench.palette('Throwaway: Show Broken Panel');
    const frame = await workbench.panelFrame('throwaway-broken');
    const rules = (await violationsIn(frame)).map(violation => violation.rule);
    expect(rules).toEqual(expect.arrayContaining(['button-name', 'image-alt']));
    await eventually(() => expect(workbench.errors.join('\n')).toContain('Content Security Policy'));
  });
});
