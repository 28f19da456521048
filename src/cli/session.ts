/** One run of the command line: its engine, where its output goes, and how failures are told. */
import { createEngine } from '../service/engine';
import { EngineError, type CallOptions, type Engine, type PlatformInfo, type TraceSummary } from '../service/api';
import { parsePolicyPreset, type PolicyPreset } from '../service/policy-preset';
import { toCsv, toMarkdown, toText, type Table } from '../report/table';
import type { Io } from './io';
import { isFileName, knownName } from './usage';

export interface OutputOptions {
  json?: boolean;
  csv?: boolean;
  markdown?: boolean;
}

export class Session {
  readonly engine: Engine;
  /** Whether what was asked for could only be done in part. */
  incomplete = false;
  private progressShown = false;

  constructor(readonly io: Io) {
    this.engine = createEngine(io.access);
  }

  /** Progress on one line of a terminal; nothing anywhere else. */
  get call(): CallOptions {
    if (!this.io.showProgress) return {};
    return {
      progress: (fraction, what) => {
        this.progressShown = true;
        this.io.err(`\r\x1b[K${what} ${Math.round(fraction * 100)} %`);
      },
    };
  }

  clearProgress(): void {
    if (this.progressShown) this.io.err('\r\x1b[K');
    this.progressShown = false;
  }

  async open(path: string): Promise<TraceSummary> {
    const summary = await this.engine.open({ path }, this.call);
    this.clearProgress();
    if (summary.damage !== undefined) {
      this.fault(summary.damage);
      this.incomplete = true;
    }
    return summary;
  }

  /** What is wrong, and what to do about it, in one line on standard error. */
  fault({ message, advice }: { message: string; advice: string }): void {
    this.io.err(`iommu-replay: ${`${message} ${advice}`.replace(/\s+/g, ' ').trim()}\n`);
  }

  /** JSON with the same order of fields every time, and a line end. */
  json(value: unknown): void {
    this.io.out(`${JSON.stringify(value, undefined, 2)}\n`);
  }

  line(text = ''): void {
    this.io.out(`${text}\n`);
  }

  /** A file's content to the file named, or to standard output. */
  async write(path: string | undefined, content: string | Uint8Array): Promise<void> {
    this.clearProgress();
    if (path === undefined || path === '-') this.io.out(content);
    else await this.io.writeFile(path, content);
  }

  /** A table in the form asked for. */
  table(table: Table, options: OutputOptions): void {
    if (options.csv) this.io.out(toCsv(table));
    else this.io.out(options.markdown ? toMarkdown(table) : toText(table));
  }

  /** `--platform`: ids of known platforms, or files, whose text the engine takes as well. */
  async platforms(names: readonly string[]): Promise<{ id: string; text: string }[]> {
    const known = await this.engine.platforms();
    return Promise.all(names.map(name => this.platform(name, known)));
  }

  /** `--policy`: ids of known policies, all of them by `all`, or files with a policy and its parameters. */
  async policies(names: readonly string[]): Promise<PolicyPreset['scenario'][]> {
    const ids = (await this.engine.policies()).map(policy => policy.id);
    if (names.includes('all')) return ids.map(policy => ({ policy }));
    return Promise.all(names.map(name => this.policy(name, ids)));
  }

  private async policy(name: string, ids: readonly string[]): Promise<PolicyPreset['scenario']> {
    if (!isFileName(name)) return { policy: knownName('policy', name, ids) };
    const text = await this.textOf('policy', name);
    try {
      const { scenario } = parsePolicyPreset(text);
      knownName('policy', scenario.policy, ids);
      return scenario;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new EngineError(`${name} is no policy file: ${why}.`, 'Correct it; VS Code completes such files.');
    }
  }

  private async textOf(kind: string, name: string): Promise<string> {
    try {
      return await this.io.readText(name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new EngineError(`The ${kind} file ${name} could not be read: ${why}.`, 'Check the path.');
    }
  }

  private async platform(name: string, known: readonly PlatformInfo[]): Promise<{ id: string; text: string }> {
    const ids = known.map(platform => platform.id);
    if (ids.includes(name)) return { id: name, text: name };
    return { id: name, text: (await this.platformFile(name)) ?? knownName('platform', name, ids) };
  }

  /** Text of a platform's file; undefined where the name is no file's: an id with a typing error. */
  async platformFile(name: string): Promise<string | undefined> {
    return isFileName(name) ? this.textOf('platform', name) : undefined;
  }
}
