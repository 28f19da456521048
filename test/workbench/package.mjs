// A VSIX, as a user gets it.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { root } from './builds.mjs';
import { run } from './process.mjs';

/**
 * Packages an extension without its node_modules: the bundles hold all they need. Runs its `vscode:prepublish` script, if it has one.
 *
 * @param {string} folder the extension's folder
 * @param {string} vsix where to write the package
 * @returns {Promise<void>}
 * @throws {Error} when the manifest is not in order or the build fails
 */
export async function packageExtension(folder, vsix) {
  await mkdir(path.dirname(vsix), { recursive: true });
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const options = [
    '-o',
    vsix,
    '--no-dependencies',
    '--allow-missing-repository',
    '--skip-license',
    '--no-rewrite-relative-links',
  ];
  await run(process.execPath, [vsce, 'package', ...options], { cwd: folder, quiet: true });
}
