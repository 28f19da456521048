import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TraceSource } from '../../src/service/api';
import { SourceReader, type SourceAccess } from '../../src/service/source';
import { memoryFiles } from '../support/memory-files';

const ARCHIVES = join(process.cwd(), 'test/fixtures/archives');
const XZ = new Uint8Array(readFileSync(join(ARCHIVES, 'many.txt.xz')));
const ZST = new Uint8Array(readFileSync(join(ARCHIVES, 'many.txt.zst')));

interface Reading {
  bytes: Uint8Array;
  reader: SourceReader;
}

async function read(source: TraceSource, access?: SourceAccess): Promise<Reading> {
  const reader = new SourceReader(source, access);
  const chunks: Uint8Array[] = [];
  for await (const chunk of reader.chunks()) chunks.push(chunk.slice());
  return { bytes: Buffer.concat(chunks), reader };
}

const readBytes = (bytes: Uint8Array): Promise<Reading> => read({ bytes, name: 'trace.txt' });

const plain = (await readBytes(XZ)).bytes;
const gz = gzipSync(plain);

/** More than one chunk of a file, so that buffers are used again. */
const LONG = Buffer.concat(Array.from({ length: 12 }, () => plain));

describe('a source', () => {
  it('is read in chunks that do not depend on buffers used again', async () => {
    const access = memoryFiles({ '/trace': { bytes: LONG } });
    const { bytes, reader } = await read({ path: '/trace' }, access);
    expect(Buffer.compare(bytes, LONG)).toBe(0);
    expect(reader.fraction).toBe(1);
    expect(reader.expectedBytes).toBe(LONG.length);
  });

  it('is read from standard input, in pieces of any size', async () => {
    const pieces = [LONG.subarray(0, 3), LONG.subarray(3, 4), LONG.subarray(4, 100_000), LONG.subarray(100_000)];
    const { bytes, reader } = await read({ path: '-' }, memoryFiles({}, pieces));
    expect(Buffer.compare(bytes, LONG)).toBe(0);
    expect(reader.name).toBe('standard input');
  });

  it.each([
    ['gzip', gz],
    ['xz', XZ],
    ['zstd', ZST],
  ])('is decompressed by its first bytes: %s', async (_, archive) => {
    expect(plain.length).toBe(231_600);
    expect(Buffer.compare((await readBytes(archive)).bytes, plain)).toBe(0);
  });

  it.each([
    ['gzip', gz],
    ['xz', XZ],
    ['zstd', ZST],
  ])('may be several %s archives one after the other', async (_, archive) => {
    const { bytes, reader } = await readBytes(Buffer.concat([archive, archive]));
    expect(bytes.length).toBe(2 * plain.length);
    expect(reader.damage).toBeUndefined();
  });

  it('is decompressed from a pipe as well', async () => {
    const { bytes } = await read({ path: '-' }, memoryFiles({}, [XZ.subarray(0, 2), XZ.subarray(2)]));
    expect(Buffer.compare(bytes, plain)).toBe(0);
  });

  it.each([
    ['gzip', gz, 0.5],
    ['xz', readFileSync(join(process.cwd(), 'samples/nvme-randread-4k-strict.perf.txt.xz')), 0.7],
    ['zstd', ZST, 0.9],
  ])('gives what is readable of a cut off %s archive, and says so', async (compression, archive, part) => {
    const { bytes: whole } = await readBytes(archive);
    const { bytes, reader } = await readBytes(archive.subarray(0, Math.floor(archive.length * part)));
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.length).toBeLessThan(whole.length);
    expect(Buffer.compare(bytes, whole.subarray(0, bytes.length))).toBe(0);
    expect(reader.damage).toMatchObject({ compression, bytes: bytes.length });
  });

  it('gives what stands before damage inside an archive', async () => {
    const damaged = Buffer.from(gz);
    damaged.fill(0xff, gz.length - 4000, gz.length - 3000);
    const { bytes, reader } = await readBytes(damaged);
    expect(bytes.length).toBeGreaterThan(0);
    expect(reader.damage?.compression).toBe('gzip');
  });

  it('is read once more from its start', async () => {
    const { reader } = await read({ path: '/trace' }, memoryFiles({ '/trace': { bytes: gz } }));
    const chunks: Uint8Array[] = [];
    for await (const chunk of reader.again().chunks()) chunks.push(chunk.slice());
    expect(Buffer.concat(chunks).length).toBe(plain.length);
  });
});

describe('a source that cannot be read', () => {
  const files = {
    '/empty': {},
    '/directory': { directory: true },
    '/secret': { fails: 'EACCES' },
    '/root-only': { fails: 'EPERM' },
    '/on-a-bad-disk': { bytes: LONG, failsAt: 600_000 },
    '/empty.gz': { bytes: gzipSync('') },
    '/broken.gz': { bytes: gz.subarray(0, 9) },
    '/broken.xz': { bytes: XZ.subarray(0, 9) },
    '/broken.zst': { bytes: ZST.subarray(0, 9) },
  };

  it.each([
    ['/empty', '/empty is empty.'],
    ['/empty.gz', '/empty.gz is empty.'],
    ['/directory', '/directory is a directory.'],
    ['/missing', '/missing does not exist.'],
    ['/secret', '/secret may not be read: permission denied.'],
    ['/root-only', '/root-only may not be read: permission denied.'],
    ['/on-a-bad-disk', '/on-a-bad-disk could not be read: EIO: simulated.'],
    ['/broken.gz', '/broken.gz is a damaged gzip archive: nothing could be read from it.'],
    ['/broken.xz', '/broken.xz is a damaged xz archive: nothing could be read from it.'],
    ['/broken.zst', '/broken.zst is a damaged zstd archive: nothing could be read from it.'],
  ])('%s: %s', async (path, message) => {
    const failure = read({ path }, memoryFiles(files));
    await expect(failure).rejects.toMatchObject({ name: 'EngineError', message });
    await expect(failure).rejects.toHaveProperty('advice', expect.stringMatching(/\w/) as string);
  });

  it('standard input cannot be read twice', async () => {
    const { reader } = await read({ path: '-' }, memoryFiles({}, [plain]));
    expect(() => reader.again()).toThrow('Standard input cannot be read twice.');
  });

  it('a failed archive does not stand in the way of the next one', async () => {
    await readBytes(XZ.subarray(0, 4000));
    expect((await readBytes(XZ)).bytes.length).toBe(plain.length);
  });

  it('a reader that stops early does not stand in the way of the next one', async () => {
    for await (const chunk of new SourceReader({ bytes: XZ, name: 'x' }).chunks()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect((await readBytes(XZ)).bytes.length).toBe(plain.length);
  });
});
