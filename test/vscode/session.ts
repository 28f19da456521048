import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { buildOf, cache, root, type Theme } from '../workbench/builds.mjs';
import { packageExtension } from '../workbench/package.mjs';
import { startServer, workbenchUrl, type Address } from '../workbench/server.mjs';
import { patience } from './patience.js';
import { Workbench } from './workbench.js';

/** An extension to test: loaded from its folder, or installed from its VSIX. The words mean the project's own. */
export type ExtensionUnderTest = 'source' | 'vsix' | { source: string } | { vsix: string };

export interface PageOptions {
  /** Absolute path of the workspace folder. */
  folder: string;
  /** Absolute path of a file to open in it. */
  file?: string;
  /** Default: dark. */
  theme?: Theme;
  /** Default: what the run was started with. */
  extension?: ExtensionUnderTest;
  /** Settings of this page alone, by their full names. */
  settings?: Record<string, unknown>;
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
  const { address, source, stop } = await serverFor(options.extension ?? inject('extension'));
  const browser = await chromium.connect(inject('browser'));
  const context = await browser.newContext({ viewport: options.size ?? { width: 1440, height: 900 }, locale: 'en-US' });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const defaults = { 'workbench.colorTheme': build.themes[options.theme ?? 'dark'], ...options.settings };
  await configure(page, address, defaults, source);
  const workbench = new Workbench(page, async () => {
    openWorkbenches.delete(workbench);
    await browser.close();
    await stop();
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

interface ServerOfPage {
  address: Address;
  /** Folder of the extension to load from source. */
  source?: string;
  stop: () => Promise<void>;
}

/** The run's server where it serves the purpose, else one for this page alone. */
async function serverFor(extension: ExtensionUnderTest): Promise<ServerOfPage> {
  const shared = { address: inject('server'), stop: () => Promise.resolve() };
  if (extension === 'source') return { ...shared, source: root };
  if (typeof extension === 'object' && 'source' in extension) return { ...shared, source: extension.source };
  if (extension === inject('extension')) return shared;

  const home = path.join(cache, 'run', `own-${randomUUID()}`);
  const vsix = typeof extension === 'object' ? extension.vsix : path.join(home, 'extension.vsix');
  if (extension === 'vsix') await packageExtension(root, vsix);
  const server = await startServer({ build: buildOf(inject('version')), home, vsix });
  const stop = async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
  return { address: server.address, stop };
}

/**
 * Adds to what the server tells the workbench before it starts: VS Code reads its web configuration
 * (`IWorkbenchConstructionOptions`) from an attribute of the page.
 */
async function configure(
  page: Page,
  { authority }: Address,
  configurationDefaults: Record<string, unknown>,
  source: string | undefined,
): Promise<void> {
  const extensions = source === undefined ? [] : [{ scheme: 'vscode-remote', authority, path: source }];
  await page.addInitScript(
    added => {
      document.addEventListener('readystatechange', () => {
        const element = document.getElementById('vscode-workbench-web-configuration');
        const settings = element?.getAttribute('data-settings');
        if (document.readyState !== 'interactive' || !element || !settings) return;
        element.setAttribute('data-settings', JSON.stringify({ ...(JSON.parse(settings) as object), ...added }));
      });
    },
    // An empty list would still turn the window into a development host.
    { configurationDefaults, ...(extensions.length > 0 && { developmentOptions: { extensions } }) },
  );
}
