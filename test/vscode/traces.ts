import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import xz from 'xz-decompress';
import { root } from '../workbench/builds.mjs';

/** A workspace folder made for one test file. */
export class TraceFolder {
  private constructor(readonly path: string) {}

  /** @param name what the window's title shows of it */
  static async make(name = 'traces'): Promise<TraceFolder> {
    return new TraceFolder(await mkdtemp(path.join(tmpdir(), `${name}-`)));
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.file(name), content);
    return this.file(name);
  }

  /** Unpacks a trace of the checkout. `packed`: its path there, ending in .xz. */
  async unpack(packed: string, name = path.basename(packed, '.xz')): Promise<string> {
    return this.write(name, await unpacked(packed));
  }

  /** Text of a file in the folder. */
  read(name: string): Promise<string> {
    return readFile(this.file(name), 'utf8');
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** The text of a packed trace of the checkout. */
export async function unpacked(packed: string): Promise<string> {
  const stream = Readable.toWeb(createReadStream(path.join(root, packed))) as ReadableStream<Uint8Array>;
  return new Response(new xz.XzReadableStream(stream)).text();
}

/** A gzip archive of which the end is missing. */
export function cutArchive(text: string, bytes: number): Uint8Array {
  return gzipSync(text).subarray(0, bytes);
}

export interface CliAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line: the editor has to say and show the same. */
export function cli(...args: string[]): Promise<CliAnswer> {
  return new Promise(resolve => {
    const options = { maxBuffer: 64 * 2 ** 20, encoding: 'utf8' as const };
    execFile(process.execPath, [path.join(root, 'dist/cli.js'), ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr });
    });
  });
}
