import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { buildOf, cache, type Theme } from '../workbench/builds.mjs';
import { workbenchUrl, writeSettings } from '../workbench/server.mjs';
import { patience } from './patience.js';
import { Workbench } from './workbench.js';

export interface PageOptions {
  /** Absolute path of the workspace folder. */
  folder: string;
  /** Absolute path of a file to open in it. */
  file?: string;
  /** Default: dark. */
  theme?: Theme;
  /** Folder of another extension to load. Default: the project's own, unless the server has it installed. */
  extension?: string;
  /** Settings of this page alone, by their full names. */
  settings?: Record<string, unknown>;
  /** Whether the folder's authors are trusted; if not, VS Code is in Restricted Mode. Default: nobody is asked. */
  isTrusted?: boolean;
  /** In pixels. */
  size?: { width: number; height: number };
}

/** The workbenches that are open now, for whoever wants to see what a failed test saw. */
export const openWorkbenches = new Set<Workbench>();

/**
 * Opens a workbench in a fresh browser profile and waits until it can be used.
 *
 * @throws when the workbench, or the file's text, does not appear in time
 */
export async function openWorkbench(options: PageOptions): Promise<Workbench> {
  const build = buildOf(inject('version'));
  const address = inject('server');
  // User settings are the server's: what an earlier page has changed does not concern this one.
  await writeSettings({ home: inject('home') });
  const source = options.extension ?? inject('source');
  const browser = await chromium.connect(inject('browser'));
  const context = await browser.newContext({ viewport: options.size ?? { width: 1440, height: 900 }, locale: 'en-US' });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const defaults = { 'workbench.colorTheme': build.themes[options.theme ?? 'dark'], ...options.settings };
  if (options.isTrusted === false) Object.assign(defaults, { 'security.workspace.trust.startupPrompt': 'never' });
  await configure(page, {
    configurationDefaults: defaults,
    ...(options.isTrusted === false && { enableWorkspaceTrust: true }),
    // An empty list would still turn the window into a development host.
    ...(source !== undefined && {
      developmentOptions: {
        extensions: [{ scheme: 'vscode-remote', authority: address.authority, path: source }],
      },
    }),
  });
  const workbench = new Workbench(page, async () => {
    openWorkbenches.delete(workbench);
    await browser.close();
  });
  openWorkbenches.add(workbench);
  try {
    await page.goto(workbenchUrl(address, options.folder, options.file));
    await page.locator('.monaco-workbench .statusbar-item').first().waitFor();
    if (options.file !== undefined) await page.locator('.editor-group-container .tab.active').first().waitFor();
  } catch (error) {
    await photographFailure('did not open');
    await workbench.close();
    throw error;
  }
  return workbench;
}

/**
 * Takes pictures of all open workbenches into `.vscode-test/failures/`.
 *
 * @param occasion part of the files' names
 */
export async function photographFailure(occasion: string): Promise<void> {
  for (const { page } of openWorkbenches) {
    const name = `${inject('version')} ${occasion}`.replace(/[^\w.]+/g, '-').slice(0, 120);
    const file = path.join(cache, 'failures', `${name}.png`);
    await page.screenshot({ path: file });
    console.error(`What the workbench looked like: ${file}`);
  }
}

/**
 * Adds to what the server tells the workbench before it starts: VS Code reads its web configuration
 * (`IWorkbenchConstructionOptions`) from an attribute of the page.
 */
async function configure(page: Page, added: Record<string, unknown>): Promise<void> {
  await page.addInitScript(added => {
    document.addEventListener('readystatechange', () => {
      const element = document.getElementById('vscode-workbench-web-configuration');
      const settings = element?.getAttribute('data-settings');
      if (document.readyState !== 'interactive' || !element || !settings) return;
      element.setAttribute('data-settings', JSON.stringify({ ...(JSON.parse(settings) as object), ...added }));
    });
  }, added);
}
