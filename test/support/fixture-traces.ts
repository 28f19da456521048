import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XzReadableStream } from 'xz-decompress';

const ROOT = join(process.cwd(), 'test/fixtures/traces');

/** Decompressed bytes of a recorded trace below test/fixtures/traces. */
export async function fixtureTrace(path: string): Promise<Uint8Array> {
  const bytes = readFileSync(join(ROOT, path));
  return path.endsWith('.xz') ? decompressXz(bytes) : bytes;
}

/** Bytes of an .xz file. */
export async function decompressXz(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream();
  const text = new Response(new XzReadableStream(stream as ReadableStream<Uint8Array>));
  return new Uint8Array(await text.arrayBuffer());
}
