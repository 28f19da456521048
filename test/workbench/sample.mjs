// The bundled trace that `npm start` shows.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cache, root } from './builds.mjs';

/** A 4 KiB random-read benchmark on NVMe, recorded under strict protection. */
const sample = path.join(root, 'samples/nvme-randread-4k-strict.perf.txt.xz');

/**
 * @returns {string} path of the compressed sample
 * @throws {Error} when the checkout lacks it
 */
export function samplePath() {
  if (!existsSync(sample)) throw new Error(`The sample trace ${path.relative(root, sample)} is missing.`);
  return sample;
}

/**
 * Unpacks the sample, for a text editor to open. Needs the project's packages.
 *
 * @returns {Promise<string>} path of the text file, alone in its folder
 */
export async function unpackSample() {
  // Loaded here, because it may have been installed only now; by `require`, because Node sees no named exports in it.
  /** @type {unknown} */
  const module = createRequire(import.meta.url)('xz-decompress');
  const { XzReadableStream } = /** @type {typeof import('xz-decompress')} */ (module);
  const packed = new Blob([await readFile(samplePath())]);
  const text = await new Response(new XzReadableStream(packed.stream())).arrayBuffer();
  const folder = path.join(cache, 'traces');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, path.basename(sample, '.xz'));
  await writeFile(file, Buffer.from(text));
  return file;
}
