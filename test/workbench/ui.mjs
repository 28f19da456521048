// The tests in a real workbench.
// As a command: node test/workbench/ui.mjs [--version 1.139|1.100] [--extension source|vsix] [arguments of vitest]
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './browser.mjs';
import { buildOf, current, root } from './builds.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { installServer } from './install.mjs';
import { fail, npm } from './process.mjs';
import { runVitest } from './vitest.mjs';

/**
 * Runs the tests in one VS Code. The bundles must be up to date.
 *
 * @param {import('./builds.mjs').Build} build
 * @param {'source' | 'vsix'} extension how the extension gets into VS Code
 * @param {readonly string[]} [args] for vitest
 */
export async function runUiTests(build, extension, args = []) {
  await installServer(build);
  const browser = await ensureChromium();
  const config = path.join(root, 'test/vscode/vitest.config.ts');
  const env = { VSCODE_VERSION: build.id, EXTENSION: extension, CHROME_PATH: browser };
  return runVitest(['--config', config, ...args], env);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const args = process.argv.slice(2);
    const build = buildOf(option(args, '--version') ?? current.id);
    const extension = option(args, '--extension') === 'vsix' ? 'vsix' : 'source';
    await ensureDependencies();
    await npm(['run', 'build', '--silent']);
    const { error } = await runUiTests(build, extension, args);
    if (error !== undefined) fail(error);
  } catch (error) {
    fail(error);
  }
}

/**
 * Takes an option and its value out of a command line.
 *
 * @param {string[]} args
 * @param {string} name
 * @returns {string | undefined} the value
 */
function option(args, name) {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
}
