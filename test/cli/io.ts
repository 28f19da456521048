/** Runs the command line in this process. */
import { run } from '../../src/cli/run';
import type { Io } from '../../src/cli/io';
import { memoryFiles, type MemoryFile } from '../support/memory-files';

export interface Outcome {
  code: number;
  out: string;
  err: string;
  /** Files written, by path. */
  written: Record<string, string>;
}

export interface Surroundings {
  files?: Record<string, MemoryFile>;
  stdin?: Uint8Array[];
  /** Standard error is a terminal. */
  terminal?: boolean;
}

/** Arguments as on a command line; files other than those given are the machine's. */
export async function cli(argv: readonly string[], { files, stdin, terminal }: Surroundings = {}): Promise<Outcome> {
  const outcome: Outcome = { code: -1, out: '', err: '', written: {} };
  const text = (content: string | Uint8Array): string =>
    typeof content === 'string' ? content : new TextDecoder().decode(content);
  const io: Io = {
    out: content => (outcome.out += text(content)),
    err: content => (outcome.err += content),
    showProgress: terminal ?? false,
    readText: path => {
      const bytes = files?.[path]?.bytes;
      if (bytes === undefined) return Promise.reject(new Error(`ENOENT: no such file: ${path}`));
      return Promise.resolve(text(bytes));
    },
    writeFile: (path, content) => {
      outcome.written[path] = text(content);
      return Promise.resolve();
    },
    ...(files === undefined && stdin === undefined ? {} : { access: memoryFiles(files ?? {}, stdin) }),
  };
  outcome.code = await run(argv, io);
  return outcome;
}

/** Output of `--json`. */
export async function cliJson<T>(argv: readonly string[], surroundings: Surroundings = {}): Promise<T> {
  const { code, out, err } = await cli([...argv, '--json'], surroundings);
  if (code !== 0) throw new Error(`exit code ${code}: ${err}`);
  return JSON.parse(out) as T;
}
