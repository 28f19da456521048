/** Inputs that cannot be opened, in words: the same ones in the editor and on the command line. */
import type { UnsupportedTraceError } from '../trace/formats/unsupported';
import type { ImportReport } from '../trace/operations';
import { EngineError } from './api';
import type { Compression } from './compression';

export function emptyInput(name: string): EngineError {
  return new EngineError(
    `${name} is empty.`,
    'Record again: a recording that ends before its first event leaves an empty file.',
  );
}

export function directoryInput(name: string): EngineError {
  return new EngineError(`${name} is a directory.`, 'Name a trace file in it.');
}

/** An error of the file system, by its code. */
export function unreadableInput(name: string, error: unknown): EngineError {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new EngineError(`${name} does not exist.`, 'Check the path.');
    case 'EISDIR':
      return directoryInput(name);
    case 'EACCES':
    case 'EPERM':
      return new EngineError(
        `${name} may not be read: permission denied.`,
        `Recordings made as root belong to root: sudo chown $USER ${name}`,
      );
    default: {
      const why = error instanceof Error ? error.message : String(error);
      return new EngineError(`${name} could not be read: ${why}.`, 'Copy the file to a local disk and try again.');
    }
  }
}

/** An archive of which nothing could be read. */
export function unreadableArchive(name: string, compression: Compression): EngineError {
  return new EngineError(
    `${name} is a damaged ${compression} archive: nothing could be read from it.`,
    'Copy or download it again.',
  );
}

/** An archive of which only the beginning could be read. `bytes`: decompressed. */
export function damagedArchive(name: string, compression: Compression, bytes: number, why: string): EngineError {
  return new EngineError(
    `${name} is a damaged ${compression} archive: only its first ${bytes} bytes of text could be read (${why}).`,
    'Copy or download it again; what stands before the damage is used.',
  );
}

/** More text than the caller can take; both in bytes. */
export function tooLargeInput(name: string, maxBytes: number): EngineError {
  return new EngineError(
    `${name} holds more than the ${(maxBytes / 2 ** 20).toFixed(1)} MiB of text that can be shown.`,
    'It can be replayed all the same. To read its lines, save a time range of it as a trace of its own.',
    'too-large',
  );
}

/** Bytes that the reader refused: what they are, told of the file by its name. */
export function unsupportedInput(name: string, error: UnsupportedTraceError): EngineError {
  return new EngineError(`${name}: ${error.message}`, error.advice);
}

const RECORD =
  "Record the events iommu:*, dma:* (Linux 6.12 and later), swiotlb:* and intel_iommu:*, e.g. perf record -a -e 'iommu:*' -e 'dma:*'.";

/** A trace of a known format in which nothing is about DMA. */
export function noDmaEvents(name: string, report: ImportReport): EngineError {
  return new EngineError(
    `${name} is a ${report.format} trace without DMA events${mostOf(report.otherEvents)}.`,
    RECORD,
  );
}

/** A trace that tells of the IOMMU but holds no operation: it can be looked at, not replayed. */
export function nothingToReplay(name: string, report: ImportReport): EngineError {
  return new EngineError(`${name} holds no DMA operation to replay${mostOf(report.events)}.`, RECORD);
}

function mostOf(events: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(events).sort(([, a], [, b]) => b - a);
  const count = kinds.reduce((sum, [, n]) => sum + n, 0);
  return kinds.length === 0 ? '' : `: none among its ${count} events (most of them ${kinds[0][0]})`;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
