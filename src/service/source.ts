/** Where a trace's bytes come from: a file, standard input or memory; decompressed and read in chunks. */
import { open, type FileHandle } from 'node:fs/promises';
import { stdin } from 'node:process';
import { EngineError, type TraceSource } from './api';
import { directoryInput, emptyInput, unreadableArchive, unreadableInput } from './bad-input';
import { compressionOf, type Compression } from './compression';
import { decompress, type Chunks } from './decompress';

/** Large enough to keep system calls cheap, small enough to stay in the second-level cache. */
const CHUNK_BYTES = 512 * 1024;

/** Enough for the first bytes of every archive. */
const MAGIC_BYTES = 8;

/** The parts of the outside world that sources are read from; tests put others in their place. */
export interface SourceAccess {
  open(path: string): Promise<Pick<FileHandle, 'stat' | 'read' | 'close'>>;
  stdin: Chunks;
}

/** The machine's files and standard input. */
export const realAccess: SourceAccess = {
  open: path => open(path, 'r'),
  get stdin() {
    return stdin;
  },
};

/** An archive that could not be read to its end. */
export interface SourceDamage {
  compression: Compression;
  why: string;
  /** Decompressed bytes before the damage. */
  bytes: number;
}

/** A source being read. */
export class SourceReader {
  /** As people know it: the path as given, or the document's name. */
  readonly name: string;
  damage: SourceDamage | undefined;
  /** Decompressed size where it is known once the first chunk has been read: that of plain files. */
  expectedBytes: number | undefined;
  private size: number | undefined;
  private position = 0;

  /** `{ path: '-' }` is standard input. */
  constructor(
    private readonly source: TraceSource,
    private readonly access: SourceAccess = realAccess,
  ) {
    if ('path' in source) this.name = source.path === '-' ? 'standard input' : source.path;
    else this.name = source.name;
  }

  /** The file in which the bytes stand as they are, known once the first chunk has been read; undefined for any other source. */
  get plainFile(): string | undefined {
    return 'path' in this.source && this.expectedBytes !== undefined ? this.source.path : undefined;
  }

  /** The same source from its start. @throws EngineError for standard input, which cannot be read twice. */
  again(): SourceReader {
    if ('path' in this.source && this.source.path === '-') {
      throw new EngineError('Standard input cannot be read twice.', 'Save it to a file and name that.');
    }
    return new SourceReader(this.source, this.access);
  }

  /** How much of the input has been read, 0..1; 0 while its size is not known. */
  get fraction(): number {
    return this.size === undefined || this.size === 0 ? 0 : Math.min(1, this.position / this.size);
  }

  /**
   * Decompressed bytes, once. A chunk is valid until the next is asked for. A damaged archive ends the chunks early and
   * leaves `damage`.
   * @throws EngineError when there is nothing to read.
   */
  async *chunks(): Chunks {
    let bytes = 0;
    for await (const chunk of this.decompressed()) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes > 0) return;
    throw this.damage === undefined ? emptyInput(this.name) : unreadableArchive(this.name, this.damage.compression);
  }

  private async *decompressed(): Chunks {
    const raw = withHead(this.counted(this.raw()));
    const head = await raw.head;
    const compression = compressionOf(head);
    if (compression === undefined) {
      this.expectedBytes = this.size;
      yield* raw.chunks;
      return;
    }
    let bytes = 0;
    try {
      for await (const chunk of decompress(raw.chunks, compression)) {
        yield chunk;
        bytes += chunk.length;
      }
    } catch (error) {
      if (error instanceof EngineError) throw error;
      this.damage = { compression, why: error instanceof Error ? error.message : String(error), bytes };
    }
  }

  private async *counted(chunks: Chunks): Chunks {
    for await (const chunk of chunks) {
      this.position += chunk.length;
      yield chunk;
    }
  }

  private raw(): Chunks {
    if ('bytes' in this.source) return this.memory(this.source.bytes);
    return this.source.path === '-' ? this.access.stdin : this.file(this.source.path);
  }

  private async *memory(bytes: Uint8Array): Chunks {
    this.size = bytes.length;
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      // Lets cancellation through between chunks, as reading a file would.
      await Promise.resolve();
      yield bytes.subarray(start, start + CHUNK_BYTES);
    }
  }

  private async *file(path: string): Chunks {
    try {
      const handle = await this.access.open(path);
      try {
        const stat = await handle.stat();
        if (stat.isDirectory()) throw directoryInput(this.name);
        if (stat.isFile()) this.size = stat.size;
        yield* readAhead(handle);
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw error instanceof EngineError ? error : unreadableInput(this.name, error);
    }
  }
}

/** Reads the next chunk while the last one is being worked on: two buffers, in turn. */
async function* readAhead(handle: Pick<FileHandle, 'read'>): Chunks {
  let filling = new Uint8Array(CHUNK_BYTES);
  let other = new Uint8Array(CHUNK_BYTES);
  let reading = handle.read(filling, 0, CHUNK_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      const chunk = filling.subarray(0, bytesRead);
      [filling, other] = [other, filling];
      reading = handle.read(filling, 0, CHUNK_BYTES);
      yield chunk;
    }
  } finally {
    // The file must not be closed under a read; its failure has been told already, or is of no interest any more.
    await reading.catch(() => undefined);
  }
}

/** The first bytes of a stream (fewer only if there are no more), and the stream with them in front. */
function withHead(chunks: Chunks): { head: Promise<Uint8Array>; chunks: Chunks } {
  const iterator = chunks[Symbol.asyncIterator]();
  const head = readHead(iterator);
  return { head, chunks: resume(head, iterator) };
}

async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    const longer = new Uint8Array(head.length + next.value.length);
    longer.set(head);
    longer.set(next.value, head.length);
    head = longer;
  }
  return head;
}

async function* resume(head: Promise<Uint8Array>, iterator: AsyncIterator<Uint8Array>): Chunks {
  try {
    const first = await head;
    if (first.length > 0) yield first;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
