// VS Code's server from the npm package that carries it. It is a real workbench with a real Node extension host, needs
// no download beside npm packages, and runs in a browser: https://www.npmjs.com/package/code-server.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cache } from './builds.mjs';
import { messageOf, npmDownload, run } from './process.mjs';

/** Part of the marker: a change of the steps below, told by a new number, makes every machine install again. */
const recipe = 1;

/** Folders of the server that tests never use; without them it takes a third of the disk space. */
const unneeded = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
  'extensions/microsoft-authentication',
];

/**
 * @typedef {object} Installation
 * @property {string} node path of the Node binary that runs the server
 * @property {string} server path of the server's script
 */

/**
 * Installs a VS Code server under `.vscode-test/`, once; later calls return at once.
 *
 * @param {import('./builds.mjs').Build} build
 * @returns {Promise<Installation>}
 * @throws {Error} when a package cannot be downloaded or unpacked
 */
export async function installServer(build) {
  const home = path.join(cache, build.id);
  const ownNode = Number(process.versions.node.split('.')[0]) !== build.nodeMajor;
  const marker = path.join(home, 'installed.txt');
  const expected = [build.codeServer, ownNode ? build.node : 'system', `recipe ${recipe}`].join('\n');
  if (!existsSync(marker) || (await readFile(marker, 'utf8')) !== expected) {
    console.log(`Installing VS Code ${build.id} under ${path.relative(process.cwd(), home)} …`);
    await installInto(home, build, ownNode);
    await writeFile(marker, expected);
  }
  return {
    node: ownNode ? path.join(home, 'node/bin/node') : process.execPath,
    server: path.join(home, 'vscode/out/server-main.js'),
  };
}

/**
 * @param {string} home
 * @param {import('./builds.mjs').Build} build
 * @param {boolean} ownNode
 */
async function installInto(home, build, ownNode) {
  // Built beside its place and moved there: whoever interrupts this leaves nothing that looks complete.
  const partial = `${home}.partial-${process.pid}`;
  try {
    const vscode = path.join(partial, 'vscode');
    await unpack(`code-server@${build.codeServer}`, 'package/lib/vscode', vscode);
    for (const folder of [vscode, path.join(vscode, 'extensions')]) {
      // The install scripts compile what a headless test has no use for, with downloads from elsewhere.
      await npmDownload(['install', '--omit=dev', '--ignore-scripts', '--prefix', folder], folder);
    }
    // Older builds look for their modules in the archive that a desktop release has.
    const archive = path.join(vscode, 'node_modules.asar');
    if (!existsSync(archive)) await symlink('node_modules', archive);
    if (ownNode) await unpack(nodePackage(build), 'package/bin', path.join(partial, 'node/bin'));
    await prune(vscode);
    await rm(home, { recursive: true, force: true });
    await rename(partial, home);
  } catch (error) {
    throw new Error(`VS Code ${build.id} could not be installed from npm packages.\n${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * The npm package with Node's binary for this system.
 *
 * @param {import('./builds.mjs').Build} build
 * @returns {string}
 */
function nodePackage(build) {
  if (process.platform === 'win32') {
    throw new Error(`On Windows, run this with Node ${build.nodeMajor}; no other Node is installed by itself there.`);
  }
  return `node-${process.platform}-${process.arch}@${build.node}`;
}

/**
 * Downloads a package and unpacks one of its folders, without the package's dependencies.
 *
 * @param {string} name name@version
 * @param {string} inside folder in the package's archive
 * @param {string} to
 */
async function unpack(name, inside, to) {
  await mkdir(to, { recursive: true });
  const archive = (await npmDownload(['pack', name, '--loglevel=error'], to)).trim().split('\n').at(-1) ?? '';
  const depth = inside.split('/').length;
  await run('tar', ['-xzf', archive, `--strip-components=${depth}`, inside], { cwd: to, quiet: true });
  await rm(path.join(to, archive));
}

/** @param {string} vscode */
async function prune(vscode) {
  for (const folder of unneeded) await rm(path.join(vscode, folder), { recursive: true, force: true });
  const searchers = path.join(vscode, 'node_modules/@vscode/ripgrep-universal/bin');
  for (const system of existsSync(searchers) ? await readdir(searchers) : []) {
    if (system !== `${process.platform}-${process.arch}`) await rm(path.join(searchers, system), { recursive: true });
  }
}
