import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
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
    /** Folder of the project's extension, for pages to load; undefined: it is installed. */
    source: string | undefined;
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
  const source = path.join(home, 'source');
  if (extension === 'vsix') await packageExtension(root, vsix);
  // Themes that lie below the extension under development are its own to VS Code, which then puts the first of them on:
  // the server's lie in the checkout. A link beside the server is no parent of it.
  else await symlink(root, source, 'dir');
  const server = await startServer(extension === 'vsix' ? { build, home, vsix } : { build, home });
  const executablePath = await ensureChromium();
  const browser = await chromium.launchServer({ executablePath, args: chromiumFlags });

  project.provide('version', build.id);
  project.provide('source', extension === 'source' ? source : undefined);
  project.provide('server', server.address);
  project.provide('home', home);
  project.provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
}
