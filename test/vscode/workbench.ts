import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { cache, root } from '../workbench/builds.mjs';
import { EditorView } from './editor.js';
import { collectErrors } from './errors.js';
import { eventually } from './patience.js';

/** A notification as the user reads it. */
export interface Notification {
  message: string;
  buttons: string[];
}

/** A running VS Code as its user sees it. */
export class Workbench {
  readonly editor: EditorView;
  /** See `collectErrors`. */
  readonly errors: readonly string[];
  private readonly quickInput: Locator;
  private readonly quickInputBox: Locator;

  constructor(
    readonly page: Page,
    private readonly release: () => Promise<void>,
  ) {
    this.editor = new EditorView(page);
    this.errors = collectErrors(page);
    this.quickInput = page.locator('.quick-input-widget:visible');
    this.quickInputBox = this.quickInput.locator('input.input');
  }

  /** Closes the page, its profile and everything that was started for it alone. */
  close(): Promise<void> {
    return this.release();
  }

  /** Runs a command by the name that the command palette shows, such as `View: Toggle Word Wrap`. */
  async palette(command: string): Promise<void> {
    await eventually(async () => {
      // A palette that opened before the extension's commands were known does not learn of them; hence from the start again.
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      await this.quickInputBox.fill(`>${command}`, { timeout: 5000 });
      await this.clickRow(command, 5000);
    });
  }

  /** Chooses from the open quick pick: one entry by its label, or exactly these entries where several may be chosen. */
  async quickPick(labels: string | readonly string[]): Promise<void> {
    await this.quickInput.waitFor();
    if (typeof labels === 'string') return this.clickRow(labels);
    const all = this.quickInput.getByRole('checkbox', { name: 'Toggle all checkboxes' });
    // The first click chooses everything unless everything is chosen.
    if ((await all.getAttribute('aria-checked')) !== 'true') await all.click();
    await all.click();
    for (const label of labels) {
      await this.quickInputBox.fill(label);
      await this.clickRow(label);
    }
    await this.quickInput.getByRole('button', { name: 'OK' }).click();
  }

  /** The labels in the open quick pick, as far as it shows them without scrolling. */
  async quickPickLabels(): Promise<string[]> {
    await this.quickInput.locator('.monaco-list-row').first().waitFor();
    return this.rowLabels();
  }

  /** Types a file's path into the open file dialog and accepts. */
  async chooseFile(file: string): Promise<void> {
    await this.quickInputBox.waitFor();
    await eventually(async () => {
      // The dialog looks the folder up as one types, and takes an early Enter for a wish to go into the folder.
      await this.quickInputBox.fill(file);
      await this.quickInput
        .locator('.monaco-list-row')
        .filter({ hasText: path.basename(file) })
        .first()
        .waitFor({ timeout: 3000 });
      await this.quickInputBox.press('Enter');
      await this.quickInput.waitFor({ state: 'hidden', timeout: 3000 });
    });
  }

  /** The box of the open quick pick or question. */
  get input(): Locator {
    return this.quickInputBox;
  }

  /** Types into the open input box and accepts. */
  async answer(text: string): Promise<void> {
    await this.quickInputBox.fill(text);
    await this.quickInputBox.press('Enter');
  }

  /** Presses a button of the open modal dialog. */
  async dialog(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: button, exact: true }).click();
  }

  /** The notifications that are on screen now. */
  async notifications(): Promise<Notification[]> {
    return this.page.locator('.notifications-toasts .notification-toast').evaluateAll(toasts =>
      toasts.map(toast => ({
        message: toast.querySelector('.notification-list-item-message')?.textContent ?? '',
        buttons: Array.from(toast.querySelectorAll('.monaco-text-button'), button => button.textContent),
      })),
    );
  }

  /** Waits for a notification with this text in its message; presses a button of it, if given. */
  async notification(text: string, button?: string): Promise<void> {
    const toast = this.page.locator('.notifications-toasts .notification-toast').filter({ hasText: text }).first();
    await toast.waitFor();
    if (button !== undefined) await toast.getByRole('button', { name: button, exact: true }).click();
  }

  /** An item of the status bar, by `<publisher>.<name>.<id of the item>`. */
  statusItem(id: string): Locator {
    return this.page.locator(`.statusbar-item[id="${id}"]`);
  }

  /** The rows of a tree view by the view's title; the view is unfolded. */
  async tree(title: string): Promise<Locator> {
    const header = this.page
      .locator('.pane-header')
      .filter({ has: this.page.getByRole('heading', { name: title, exact: true }) });
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
    return this.page.locator('.pane').filter({ has: header }).locator('.monaco-list-row');
  }

  /**
   * The page inside a webview.
   *
   * @param view value of `data-iommu-replay` on the page's body
   */
  async panelFrame(view = 'panel'): Promise<Frame> {
    return eventually(async () => {
      for (const frame of this.page.frames()) {
        const name = await frame.evaluate(() => document.body.dataset.iommuReplay).catch(() => undefined);
        if (name === view) return frame;
      }
      throw new Error(`No webview's body has data-iommu-replay="${view}"`);
    });
  }

  /** Reloads the window and waits until the extension is there again, which shows its item of the status bar. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator('.statusbar-item').first().waitFor();
    await this.statusItem('iommu-replay.iommu-replay.status').waitFor();
  }

  /**
   * Takes a picture: for the documentation if `SCREENSHOTS=1`, else for whoever looks into a failure.
   *
   * @param part what to show; default: the whole workbench
   * @returns the file's path
   */
  async screenshot(name: string, part?: Locator): Promise<string> {
    const folder =
      process.env.SCREENSHOTS === '1' ? path.join(root, 'docs/screenshots') : path.join(cache, 'screenshots');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `${name}.png`);
    await (part ?? this.page).screenshot({ path: file });
    return file;
  }

  private async rowLabels(): Promise<string[]> {
    const labels = await this.quickInput
      .locator('.monaco-list-row .quick-input-list-row:first-child .label-name')
      .allTextContents();
    return labels.map(label => label.replace(/\s+/g, ' ').trim());
  }

  private async clickRow(label: string, timeout?: number): Promise<void> {
    const rows = this.quickInput.locator('.monaco-list-row');
    const row = rows.filter({ has: this.page.locator('.label-name').getByText(label, { exact: true }) }).first();
    // A mouse that rests on a row opens a hover over the next one.
    await this.page.mouse.move(0, 0);
    await row.click(timeout === undefined ? {} : { timeout });
  }
}
