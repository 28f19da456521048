// The project's own packages.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './builds.mjs';
import { npm, patientFetch } from './process.mjs';

/**
 * Installs the packages of package-lock.json unless they are there already.
 *
 * @returns {Promise<void>}
 * @throws {Error} when npm fails
 */
export async function ensureDependencies() {
  if (installed()) return;
  console.log('Installing packages (npm ci) …');
  await npm(['ci', ...patientFetch], { attempts: 3 });
}

/** @returns {boolean} whether node_modules holds what package-lock.json asks for */
function installed() {
  // npm writes down in this file what it has installed, in the format of package-lock.json.
  const record = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  const present = packagesOf(record);
  return Object.entries(wanted).every(
    ([folder, entry]) => folder === '' || entry?.optional === true || present[folder]?.version === entry?.version,
  );
}

/** @typedef {Record<string, { version?: string; optional?: boolean } | undefined>} Packages by their folders */

/**
 * @param {string} lockFile
 * @returns {Packages}
 */
function packagesOf(lockFile) {
  /** @type {unknown} */
  const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
  return /** @type {{ packages: Packages }} */ (lock).packages;
}
