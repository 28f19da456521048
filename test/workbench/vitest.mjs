// Runs vitest and counts what it ran.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { cache, root } from './builds.mjs';
import { run } from './process.mjs';

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 */

/**
 * Runs vitest to its end.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ tally: Tally; error?: unknown }>} `error` when any test failed or none ran
 */
export async function runVitest(args, env = {}) {
  const report = path.join(cache, `vitest-report-${process.pid}.json`);
  await mkdir(cache, { recursive: true });
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    await run(process.execPath, [vitest, 'run', ...reporters, ...args], { env });
    return { tally: await tallyOf(report) };
  } catch (error) {
    const tally = await tallyOf(report);
    // A run can fail beside its tests: in its set-up, or by an error that no test caught.
    return { tally: { ...tally, failed: Math.max(1, tally.failed) }, error };
  } finally {
    await rm(report, { force: true });
  }
}

/**
 * @param {string} report
 * @returns {Promise<Tally>}
 */
async function tallyOf(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  /** @type {unknown} */
  const json = JSON.parse(await readFile(report, 'utf8'));
  const { numPassedTests, numFailedTests } = /** @type {{ numPassedTests: number; numFailedTests: number }} */ (json);
  return { passed: numPassedTests, failed: numFailedTests };
}
