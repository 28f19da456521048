/** A file system in memory, with failures on demand: the tests' user may read everything. */
import type { SourceAccess } from '../../src/service/source';

export interface MemoryFile {
  bytes?: Uint8Array;
  directory?: boolean;
  /** Error code of opening it. */
  fails?: string;
  /** Error code of the read at this offset. */
  failsAt?: number;
}

/** Files by path; others do not exist. */
export function memoryFiles(files: Readonly<Record<string, MemoryFile>>, stdin: Uint8Array[] = []): SourceAccess {
  return {
    open(path) {
      const file = Object.hasOwn(files, path) ? files[path] : { fails: 'ENOENT' };
      if (file.fails !== undefined) return Promise.reject(systemError(file.fails));
      return Promise.resolve(handleOf(file));
    },
    stdin: inTurn(stdin),
  };
}

type Handle = Awaited<ReturnType<SourceAccess['open']>>;

function handleOf({ bytes = new Uint8Array(0), directory = false, failsAt }: MemoryFile): Handle {
  let position = 0;
  const read = (
    buffer: Uint8Array,
    offset: number,
    length: number,
    at?: number | null,
  ): Promise<{ bytesRead: number; buffer: Uint8Array }> => {
    position = at ?? position;
    if (failsAt !== undefined && position >= failsAt) return Promise.reject(systemError('EIO'));
    const chunk = bytes.subarray(position, Math.min(position + length, failsAt ?? Infinity));
    buffer.set(chunk, offset);
    position += chunk.length;
    return Promise.resolve({ bytesRead: chunk.length, buffer });
  };
  const stat = { isDirectory: () => directory, isFile: () => !directory, size: bytes.length };
  return {
    read,
    stat: () => Promise.resolve(stat),
    close: () => Promise.resolve(),
  } as unknown as Handle;
}

async function* inTurn(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
