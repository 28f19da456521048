import { TraceReader, type ReadResult } from './reader';

/**
 * Reads a whole trace that is in memory, decompressed.
 *
 * @throws UnsupportedTraceError where the bytes are no trace that can be read
 */
export function readTrace(bytes: Uint8Array): ReadResult {
  const reader = new TraceReader({ expectedBytes: bytes.length });
  reader.push(bytes);
  return reader.finish();
}
