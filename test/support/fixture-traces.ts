import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XzReadableStream } from 'xz-decompress';

const ROOT = join(process.cwd(), 'test/fixtures/traces');

/** Decompressed bytes of a recorded trace below test/fixtures/traces. */
export async function fixtureTrace(path: string): Promise<Uint8Array> {
  const bytes = readFileSync(join(ROOT, path));
  if (!path.endsWith('.xz')) return bytes;
  const stream = new Blob([bytes]).stream();
  const text = new Response(new XzReadableStream(stream as ReadableStream<Uint8Array>));
  return new Uint8Array(await text.arrayBuffer());
}
