// `npm start`: from a fresh clone to a replayed trace in VS Code. `--no-open` ends after the comparison on the terminal.
import path from 'node:path';
import { which } from './browser.mjs';
import { cache, current, root } from './builds.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { packageExtension } from './package.mjs';
import { fail, npm, run } from './process.mjs';
import { samplePath, unpackSample } from './sample.mjs';
import { startServer, workbenchUrl } from './server.mjs';

try {
  await ensureDependencies();
  await npm(['run', 'build', '--silent']);
  const replay = ['replay', samplePath(), '--policy', 'all', '--platform', 'vtd-bare-metal'];
  await run(process.execPath, [path.join(root, 'dist/cli.js'), ...replay]);
  if (!process.argv.includes('--no-open')) await open(await unpackSample());
} catch (error) {
  fail(error);
}

/**
 * Opens a trace in the VS Code of this machine, or else in one that a browser shows until Ctrl+C.
 *
 * @param {string} file
 */
async function open(file) {
  const code = which('code');
  if (code !== undefined) {
    await run(code, ['--new-window', `--extensionDevelopmentPath=${root}`, path.dirname(file), file]);
    console.log(`Opened ${path.basename(file)} in VS Code.`);
    return;
  }
  const home = path.join(cache, 'start');
  const vsix = path.join(home, 'extension.vsix');
  await packageExtension(root, vsix);
  const settings = { 'workbench.colorTheme': current.themes.dark };
  const server = await startServer({ build: current, home, vsix, settings });
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void server.stop().then(() => process.exit(0)));
  console.log(`\nVS Code shows the trace at\n\n  ${workbenchUrl(server.address, path.dirname(file), file)}\n`);
  console.log('Open this address in a browser. Ctrl+C ends it.');
  await server.ended;
  throw new Error(`VS Code has ended. Its log: ${path.join(home, 'server.log')}`);
}
