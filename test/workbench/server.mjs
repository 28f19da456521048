// A running VS Code server.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { installServer } from './install.mjs';
import { run } from './process.mjs';
import { quietSettings } from './settings.mjs';

/** A busy two-core machine needs a few seconds; a server that needs more than this has failed. */
const readyWithinMs = 60_000;

/**
 * @typedef {object} ServerOptions
 * @property {import('./builds.mjs').Build} build
 * @property {string} home folder for user data, installed extensions and the server's log; made if missing
 * @property {string} [vsix] an extension to install before the start
 * @property {Record<string, unknown>} [settings] user settings beside the quiet ones
 *
 * @typedef {object} Address
 * @property {string} authority host:port, which is also the authority of the server's `vscode-remote:` resources
 * @property {string} token what a browser must show; the server gives its visitors a shell, so other users must not get in
 *
 * @typedef {object} Server
 * @property {Address} address
 * @property {Promise<void>} ended settles when the server has ended, for whatever reason
 * @property {() => Promise<void>} stop ends the server and every process it has started
 */

/**
 * Starts a VS Code server on a free port of the local machine and waits until it answers. It ends with this process at the latest.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 * @throws {Error} when the server, or the extension's installation, fails; the message ends with the server's last words
 */
export async function startServer(options) {
  const { node, server } = await installServer(options.build);
  const folders = ['--server-data-dir', options.home];
  folders.push('--extensions-dir', path.join(options.home, 'extensions'));
  await mkdir(path.join(options.home, 'extensions'), { recursive: true });
  await writeSettings(options);
  // No gallery: nothing in these tests may depend on the network.
  const env = { EXTENSIONS_GALLERY: '{}', NODE_OPTIONS: undefined };
  if (options.vsix !== undefined) {
    const install = ['--install-extension', options.vsix, '--force', '--accept-server-license-terms'];
    await run(node, [server, ...folders, ...install], { env, quiet: true });
  }

  const token = randomUUID();
  const flags = ['--host', '127.0.0.1', '--port', '0', '--connection-token', token, '--accept-server-license-terms'];
  flags.push('--telemetry-level', 'off', '--log', 'info', '--disable-workspace-trust');
  flags.push('--disable-experiments', '--force-disable-user-env');
  // Its own process group, so that `stop` reaches the extension hosts too.
  const child = spawn(node, [server, ...flags, ...folders], {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => killGroup(child.pid);
  process.once('exit', kill);
  /** @type {Promise<void>} */
  const ended = new Promise(resolve => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  void ended.then(() => process.off('exit', kill));
  const stop = () => {
    kill();
    return ended;
  };

  const log = path.join(options.home, 'server.log');
  try {
    const port = await listening(child, log);
    return { address: { authority: `127.0.0.1:${port}`, token }, ended, stop };
  } catch (error) {
    await stop();
    const said = (await readFile(log, 'utf8')).trim().split('\n').slice(-15).join('\n');
    throw new Error(`VS Code ${options.build.id} did not start: ${String(error)}\n${log} ends with:\n${said}`, {
      cause: error,
    });
  }
}

/**
 * Writes the user settings of a server, as they are when nobody has changed any.
 *
 * @param {Pick<ServerOptions, 'home' | 'settings'>} options
 */
export async function writeSettings({ home, settings: added }) {
  const folder = path.join(home, 'data/User');
  await mkdir(folder, { recursive: true });
  const settings = { ...quietSettings, ...added };
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
}

/**
 * Waits for the line that VS Code prints when it accepts connections.
 *
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @param {string} logFile
 * @returns {Promise<number>} the port
 */
function listening(child, logFile) {
  const log = createWriteStream(logFile);
  child.stderr.pipe(log, { end: false });
  child.stdout.pipe(log, { end: false });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${readyWithinMs / 1000} s`)), readyWithinMs);
    let said = '';
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      said += chunk.toString();
      const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('error', reject);
    child.once('exit', code => {
      clearTimeout(timer);
      reject(new Error(`it ended with exit code ${code}`));
    });
  });
}

/**
 * The address to open in a browser.
 *
 * @param {Address} address
 * @param {string} folder absolute path of the workspace folder
 * @param {string} [file] absolute path of a file to open
 * @returns {string}
 */
export function workbenchUrl({ authority, token }, folder, file) {
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (file !== undefined) payload.push(['openFile', `vscode-remote://${authority}${encodeURI(file)}`]);
  const query = new URLSearchParams({ folder, tkn: token, payload: JSON.stringify(payload) });
  return `http://${authority}/?${query.toString()}`;
}

/** @param {number | undefined} pid the group's leader */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}
