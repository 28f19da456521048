/** Bytes that can be read anywhere: a file as it is, or a copy of what comes as a stream. */
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EngineError } from '../api';
import { unreadableInput } from '../bad-input';
import type { SourceAccess } from '../source';

export interface BytePlace {
  /** Bytes start..start+length, fewer only at the end. */
  read(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A file read in place. @param name what errors call it */
export async function filePlace(access: Pick<SourceAccess, 'open'>, file: string, name: string): Promise<BytePlace> {
  const handle = await access.open(file);
  return {
    async read(start, length) {
      try {
        return await readAt(handle, start, length);
      } catch (error) {
        throw unreadableInput(name, error);
      }
    },
    close: () => handle.close(),
  };
}

/** A copy on disk, gone with its handle however the process ends. */
export class CopyPlace implements BytePlace {
  private constructor(private readonly handle: FileHandle) {}

  static async make(): Promise<CopyPlace> {
    const folder = await mkdtemp(path.join(tmpdir(), 'iommu-replay-'));
    try {
      const handle = await open(path.join(folder, 'text'), 'wx+', 0o600);
      return new CopyPlace(handle);
    } finally {
      // The name goes at once: systems keep the bytes for as long as the file is open.
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** @throws EngineError when the disk takes no more */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.handle.appendFile(bytes);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new EngineError(
        `The text could not be unpacked to ${tmpdir()}: ${why}.`,
        'Make room there, or unpack the trace yourself and open the file.',
      );
    }
  }

  read(start: number, length: number): Promise<Uint8Array> {
    return readAt(this.handle, start, length);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

async function readAt(handle: Pick<FileHandle, 'read'>, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
