import { buildOperations, countByKind } from './build/operations';
import type { Trace } from './operations';
import { readTrace } from './read';
import type { ReadResult } from './reader';

/**
 * Reads a whole trace that is in memory, decompressed, and puts its events together to operations.
 *
 * @throws UnsupportedTraceError where the bytes are no trace that can be read
 */
export function importTrace(bytes: Uint8Array): Trace {
  return assembleTrace(readTrace(bytes));
}

/** Puts the events that a reader found together to operations, and completes its report. */
export function assembleTrace({ events, report }: ReadResult): Trace {
  const built = buildOperations(events, report.lost);
  const { operations, unpaired, lost, recordedPolicy, mapSegments } = built;
  return {
    report: {
      ...report,
      operations: countByKind(operations),
      lost,
      mapSegments,
      unpaired,
      recordedPolicy,
      assumptions: [...report.assumptions, ...built.assumptions],
    },
    events,
    operations,
  };
}
