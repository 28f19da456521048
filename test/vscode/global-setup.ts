import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { chromiumFlags, ensureChromium } from '../workbench/browser.mjs';
import { buildOf, cache, current, root } from '../workbench/builds.mjs';
import { packageExtension } from '../workbench/package.mjs';
import { startServer, type Address } from '../workbench/server.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** VS Code's version. */
    version: string;
    /** How pages get the project's extension unless they say otherwise. */
    extension: 'source' | 'vsix';
    /** The server of all pages. */
    server: Address;
    /** Its folder. */
    home: string;
    /** Where the browser listens for test files. */
    browser: string;
  }
}

/**
 * Starts one VS Code server and one browser for all test files of a run.
 *
 * `VSCODE_VERSION` chooses the VS Code (default: the current one), `EXTENSION=vsix` installs the extension as a user does
 * instead of loading it from the checkout.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const build = buildOf(process.env.VSCODE_VERSION ?? current.id);
  const extension = process.env.EXTENSION === 'vsix' ? 'vsix' : 'source';
  const runs = path.join(cache, 'run');
  await mkdir(runs, { recursive: true });
  const home = await mkdtemp(path.join(runs, `${build.id}-${extension}-`));
  const vsix = path.join(home, 'extension.vsix');
  if (extension === 'vsix') await packageExtension(root, vsix);
  const server = await startServer(extension === 'vsix' ? { build, home, vsix } : { build, home });
  const executablePath = await ensureChromium();
  const browser = await chromium.launchServer({ executablePath, args: chromiumFlags });

  project.provide('version', build.id);
  project.provide('extension', extension);
  project.provide('server', server.address);
  project.provide('home', home);
  project.provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
}
