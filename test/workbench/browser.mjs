// A Chromium to show the workbench in.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { messageOf, run } from './process.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** Command line for a headless browser that talks to nobody but the page. */
export const chromiumFlags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/**
 * The path of a Chromium (or Chrome, or Edge): `CHROME_PATH`, else one on the system, else Debian's package if it may be installed without asking.
 *
 * @returns {Promise<string>}
 * @throws {Error} that says what to install
 */
export async function ensureChromium() {
  const found = process.env.CHROME_PATH ?? findChromium();
  if (found !== undefined) return found;
  const prefix = await rootPrefix();
  if (which('apt-get') && prefix) {
    console.log('Installing chromium (apt-get) …');
    const [command, ...args] = [...prefix, 'apt-get'];
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    try {
      await run(command, [...args, 'update'], { quiet: true, attempts: 3, env });
      const install = [...args, 'install', '-y', '--no-install-recommends', 'chromium'];
      await run(command, install, { quiet: true, attempts: 3, env });
    } catch (error) {
      throw new Error(`${messageOf(error)}\n${advice}`, { cause: error });
    }
  }
  const installed = findChromium();
  if (installed === undefined) throw new Error(advice);
  return installed;
}

const advice =
  'UI tests need a Chromium and found none. Install one (Debian, Ubuntu: sudo apt-get install chromium; Fedora: sudo dnf install chromium; macOS: brew install --cask chromium), or set CHROME_PATH to the path of a Chrome or Edge.';

/** @returns {string | undefined} */
function findChromium() {
  for (const name of names) {
    const found = which(name);
    if (found !== undefined) return found;
  }
  return macPaths.find(isExecutable);
}

/**
 * @returns {Promise<string[] | undefined>} what to write before a command to run it as root; undefined if that would need a password
 */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (which('sudo') === undefined) return undefined;
  return run('sudo', ['-n', 'true'], { quiet: true }).then(
    () => ['sudo', '-n'],
    () => undefined,
  );
}

/**
 * @param {string} name
 * @returns {string | undefined} the command's path
 */
export function which(name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map(folder => path.join(folder, name)).find(isExecutable);
}

/**
 * @param {string} file
 * @returns {boolean}
 */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
