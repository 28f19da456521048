// Child processes of the scripts in this folder.
import { spawn } from 'node:child_process';
import { root } from './builds.mjs';

/** A child process ended with another exit code than 0. */
export class CommandError extends Error {
  /**
   * @param {string} message
   * @param {number} exitCode
   */
  constructor(message, exitCode) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] default: the checkout
 * @property {NodeJS.ProcessEnv} [env] added to the environment
 * @property {boolean} [quiet] keep the output back and show it only on failure
 * @property {number} [attempts] how often to try; for commands that need the network
 */

/**
 * Runs a command to its end and returns its standard output (empty unless `quiet`).
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 * @throws {CommandError} when the last attempt fails
 */
export async function run(command, args, options = {}) {
  const attempts = options.attempts ?? 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(command, args, options);
    } catch (error) {
      if (attempt >= attempts) throw error;
      console.error(`${messageOf(error)}\nTrying again (${attempt + 1} of ${attempts}) …`);
      await new Promise(resolve => setTimeout(resolve, 3000 * attempt));
    }
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<string>}
 */
function runOnce(command, args, options) {
  const line = [command, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    let output = '';
    let both = '';
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
      both += chunk.toString();
    });
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => (both += chunk.toString()));
    child.on('error', error => reject(new CommandError(`${line}: ${error.message}`, 127)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new CommandError(`${both}\n${line}: ended with ${signal ?? `exit code ${code}`}`.trim(), code ?? 1));
    });
  });
}

/**
 * Runs npm. The registry, proxies and certificates are those of the user's own npm configuration.
 *
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} standard output
 * @throws {CommandError}
 */
export function npm(args, options = {}) {
  // `npm run` tells its scripts which project they belong to; an npm started inside one must not install there.
  return run('npm', args, { ...options, env: { ...options.env, npm_config_local_prefix: undefined } });
}

/** Flags of npm for a slow registry; one that is not there at all is given up within half a minute. */
export const patientFetch = [
  '--fetch-timeout=120000',
  '--fetch-retries=3',
  '--fetch-retry-mintimeout=2000',
  '--fetch-retry-maxtimeout=10000',
];

/**
 * Runs npm for something that comes from the registry: patient with slow answers, silent on success.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<string>} standard output
 * @throws {CommandError} after three failed attempts
 */
export function npmDownload(args, cwd) {
  return npm([...args, ...patientFetch, '--no-audit', '--no-fund'], { cwd, quiet: true, attempts: 3 });
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Ends the process with the exit code of a failed command and its message as the last words.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function fail(error) {
  console.error(messageOf(error));
  process.exit(error instanceof CommandError ? error.exitCode : 1);
}
