// `npm test`: every check that CI runs, step by step, up to the first that fails.
import { current, oldest } from './builds.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { CommandError, messageOf, npm } from './process.mjs';
import { runUiTests } from './ui.mjs';
import { runVitest } from './vitest.mjs';

/** @typedef {{ tally: import('./vitest.mjs').Tally; error?: unknown }} Outcome */

/**
 * A step without tests of its own counts as one.
 *
 * @param {readonly string[]} script name of a script in package.json, and arguments
 * @returns {() => Promise<Outcome>}
 */
function script(...script) {
  return async () => {
    await npm(['run', '--silent', ...script]);
    return { tally: { passed: 1, failed: 0 } };
  };
}

/**
 * Scripts that each keep one core busy, side by side; all come to their end, then the first failure counts.
 *
 * @param {readonly string[]} scripts
 * @returns {() => Promise<Outcome>}
 */
function together(...scripts) {
  return async () => {
    const results = await Promise.allSettled(scripts.map(name => npm(['run', '--silent', name])));
    const failures = results.filter(result => result.status === 'rejected');
    const tally = { passed: scripts.length - failures.length, failed: failures.length };
    return failures.length === 0 ? { tally } : { tally, error: failures[0].reason };
  };
}

/** @type {[name: string, run: () => Promise<Outcome>][]} */
const steps = [
  ['Packages', installPackages],
  ['Formatting, lint, types, arrows between folders', together('format:check', 'lint', 'typecheck', 'arrows')],
  ['Grammar', script('test:grammar')],
  ['Unit tests', () => runVitest([])],
  ['Production build', script('build', '--', '--production')],
  ['Bundle budget', script('budget')],
  [`VS Code ${current.id}, extension from source`, () => runUiTests(current, 'source')],
  // What tests the tests' own tools does so once.
  [
    `VS Code ${oldest.id}, extension from its VSIX`,
    () => runUiTests(oldest, 'vsix', ['--exclude', '**/harness.test.ts']),
  ],
];

let passed = 0;
let failed = 0;
let exitCode = 0;
const started = performance.now();
for (const [name, step] of steps) {
  console.log(`\n▶ ${name}`);
  const begin = performance.now();
  const { tally, error } = await step().catch(failure);
  passed += tally.passed;
  failed += tally.failed;
  const time = `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  if (error === undefined) {
    console.log(`✔ ${name} (${time})`);
    continue;
  }
  console.error(messageOf(error));
  console.error(`✘ ${name} (${time})`);
  exitCode = error instanceof CommandError ? error.exitCode : 1;
  break;
}
console.log(`\nTook ${((performance.now() - started) / 60_000).toFixed(1)} min`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(exitCode);

/** @returns {Promise<Outcome>} */
async function installPackages() {
  await ensureDependencies();
  return { tally: { passed: 1, failed: 0 } };
}

/**
 * @param {unknown} error
 * @returns {Outcome}
 */
function failure(error) {
  return { tally: { passed: 0, failed: 1 }, error };
}
