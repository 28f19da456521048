import { TraceReader, type ReaderOptions, type ReadResult } from './reader';

/**
 * Reads a whole trace that is in memory, decompressed.
 *
 * @throws UnsupportedTraceError where the bytes are no trace that can be read
 */
export function readTrace(bytes: Uint8Array, options: Omit<ReaderOptions, 'expectedBytes'> = {}): ReadResult {
  const reader = new TraceReader({ ...options, expectedBytes: bytes.length });
  reader.push(bytes);
  return reader.finish();
}
