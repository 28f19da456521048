/** Compressed bytes to bytes, as a stream. What was readable is delivered before a damaged archive's error. */
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress as ZstdDecoder } from 'fzstd';
import { XzReadableStream } from 'xz-decompress';
import type { Compression } from './compression';

export type Chunks = AsyncIterable<Uint8Array>;

/** Compressed bytes handed over at once: at the worst ratio of gzip, 1000 to 1, still only 64 MiB of text. */
const SLICE_BYTES = 64 * 1024;

/** Node 22.15 and later decompress zstd themselves; the type definitions of Node 20 do not know of it. */
const nodeZstd = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;

/**
 * Decompresses a stream; several archives one after the other are one. A chunk read is valid until the next is asked
 * for. Iteration throws when the archive is damaged or ends early, after everything before the damage was delivered.
 */
export function decompress(compressed: Chunks, compression: Compression): Chunks {
  switch (compression) {
    case 'gzip':
      return throughNode(compressed, zlib.createGunzip());
    case 'xz':
      return throughXz(compressed);
    case 'zstd':
      return nodeZstd === undefined ? throughZstd(compressed) : throughNode(compressed, nodeZstd());
  }
}

async function* slices(chunks: Chunks): Chunks {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += SLICE_BYTES) yield chunk.subarray(start, start + SLICE_BYTES);
  }
}

/**
 * Pushes slice by slice and waits for each, because a stream that fails drops what it has buffered: everything before
 * the damage has been taken out by then.
 */
async function* throughNode(compressed: Chunks, stream: Transform): Chunks {
  let ready: Uint8Array[] = [];
  const failed = new Promise<Error>(resolve => stream.once('error', resolve));
  const ended = new Promise<undefined>(resolve => stream.once('end', () => resolve(undefined)));
  stream.on('data', (chunk: Uint8Array) => ready.push(chunk));
  const taken = function* (): Iterable<Uint8Array> {
    const chunks = ready;
    ready = [];
    yield* chunks;
  };
  try {
    for await (const slice of slices(compressed)) {
      const written = new Promise<undefined>(resolve => stream.write(slice, () => resolve(undefined)));
      const error = await Promise.race([failed, written]);
      yield* taken();
      if (error !== undefined) throw error;
    }
    stream.end();
    const error = await Promise.race([failed, ended]);
    yield* taken();
    if (error !== undefined) throw error;
  } finally {
    stream.destroy();
  }
}

async function* throughZstd(compressed: Chunks): Chunks {
  let ready: Uint8Array[] = [];
  const decoder = new ZstdDecoder(chunk => {
    if (chunk.length > 0) ready.push(chunk);
  });
  const push = function* (slice: Uint8Array, final: boolean): Iterable<Uint8Array> {
    let failure: Error | undefined;
    try {
      decoder.push(slice, final);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    const chunks = ready;
    ready = [];
    yield* chunks;
    if (failure !== undefined) throw failure;
  };
  // The decoder keeps parts of what it was given, and the reader reuses its buffers: hence the copy.
  for await (const slice of slices(compressed)) yield* push(new Uint8Array(slice), false);
  yield* push(new Uint8Array(0), true);
}

async function* throughXz(compressed: Chunks): Chunks {
  const iterator = slices(compressed)[Symbol.asyncIterator]();
  const source = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    },
    // Nothing is read ahead: the reader reuses its buffers.
    { highWaterMark: 0 },
  );
  const reader = new XzReadableStream(source).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value.length > 0) yield value;
    }
  } finally {
    // Frees the decoder, of which there is one at a time; a stream that has ended or failed has done so itself.
    await reader.cancel().catch(() => undefined);
    await iterator.return?.();
  }
}
