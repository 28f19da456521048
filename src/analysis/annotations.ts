/** What stands beside the lines of the text. */
import type { OpKind, Trace } from '../trace/operations';
import { firstRowFrom } from './lines';
import type { Ranking } from './rank';

/** Modelled cost of the operation whose first event is on a line. */
export interface LineAnnotation {
  /** 1-based. */
  line: number;
  operation: number;
  kind: OpKind;
  ns: number;
  baselineNs?: number;
  /** Rank among all operations of the run, 1 = costliest. */
  rank: number;
}

/**
 * Annotations of lines `from`..`to` (1-based, inclusive) whose rank is at most `top`, by line. An operation is
 * annotated once, where it begins, although several lines may tell of it. Cost: proportional to the range.
 */
export function annotations(
  trace: Trace,
  ns: Float32Array,
  ranking: Ranking,
  from: number,
  to: number,
  top: number,
  baselineNs?: Float32Array,
): LineAnnotation[] {
  const { events, operations } = trace;
  const found: LineAnnotation[] = [];
  for (let row = firstRowFrom(events, from); row < events.count && events.line[row] <= to; row++) {
    const operation = operations.eventOperation[row];
    if (operation < 0 || operations.eventList[operations.eventStart[operation]] !== row) continue;
    const rank = ranking.rank[operation];
    if (rank > top) continue;
    found.push({
      line: events.line[row],
      operation,
      kind: operations.kind[operation],
      ns: ns[operation],
      ...(baselineNs === undefined ? {} : { baselineNs: baselineNs[operation] }),
      rank,
    });
  }
  return found;
}
