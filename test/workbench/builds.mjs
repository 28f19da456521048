// The VS Code builds that the user interface is tested on, and where they live in the checkout.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Ignored folder for everything that tests download or write. */
export const cache = path.join(root, '.vscode-test');

/**
 * @typedef {'dark' | 'light' | 'high-contrast' | 'high-contrast-light'} Theme
 *
 * @typedef {object} Build
 * @property {string} id VS Code's version
 * @property {string} codeServer version of the npm package that carries VS Code's server
 * @property {number} nodeMajor the major version of Node that the server runs on
 * @property {string} node exact version of the npm package that carries this Node, for systems that have another
 * @property {Record<Theme, string>} themes `workbench.colorTheme` by theme; VS Code renamed some
 */

/** The build that `npm start` opens, and the newest that is tested. @type {Build} */
export const current = {
  id: '1.139',
  codeServer: '4.139.1',
  nodeMajor: 24,
  node: '24.21.0',
  themes: {
    dark: 'Dark Modern',
    light: 'Light Modern',
    'high-contrast': 'Default High Contrast',
    'high-contrast-light': 'Default High Contrast Light',
  },
};

/** The oldest build that `engines.vscode` in package.json promises. @type {Build} */
export const oldest = {
  id: '1.100',
  codeServer: '4.100.3',
  nodeMajor: 20,
  node: '20.20.2',
  themes: {
    dark: 'Default Dark Modern',
    light: 'Default Light Modern',
    'high-contrast': 'Default High Contrast',
    'high-contrast-light': 'Default High Contrast Light',
  },
};

/**
 * The build of a VS Code version.
 *
 * @param {string} id `1.139` or `1.100`
 * @returns {Build}
 * @throws {Error} for any other version
 */
export function buildOf(id) {
  const build = [current, oldest].find(candidate => candidate.id === id);
  if (!build) throw new Error(`VS Code ${id} is not one of the tested versions: ${current.id}, ${oldest.id}`);
  return build;
}
