/** Which operations a view is about: those that match a filter and begin in a time range. */
import type { FilterContext } from './filter/fields';
import { compileFilter } from './filter/match';
import type { FilterError } from './filter/query';
import { linesOf } from './lines';

/** Half-open, ns since the first event of the trace. */
export interface TimeRange {
  fromNs: number;
  toNs: number;
}

/** Operations that match the filter (empty: all) and begin in the range (absent: the whole trace). */
export interface Selection {
  filter: string;
  range?: TimeRange;
}

export interface SelectedOperations {
  /** Operation numbers, ascending. */
  operations: Uint32Array;
  errors: FilterError[];
}

/** A query with errors selects by the terms that are sound. */
export function selectOperations(selection: Selection, context: FilterContext): SelectedOperations {
  const { matches, errors } = compileFilter(selection.filter, context);
  const { count, time } = context.trace.operations;
  const { fromNs, toNs } = selection.range ?? { fromNs: -Infinity, toNs: Infinity };
  const operations = new Uint32Array(count);
  let selected = 0;
  for (let operation = 0; operation < count; operation++) {
    if (time[operation] >= fromNs && time[operation] < toNs && matches(operation)) operations[selected++] = operation;
  }
  return { operations: operations.subarray(0, selected), errors };
}

export interface FilteredLines {
  errors: FilterError[];
  /** Operations that match, of all that there are. */
  matched: number;
  total: number;
  /** 1-based lines of the matching operations' events, ascending, at most `limit`. */
  lines: Uint32Array;
  /** More lines match than are given. */
  truncated: boolean;
}

/** Lines of the operations selected, at most `limit`: those of the first operations. */
export function selectLines(selection: Selection, context: FilterContext, limit: number): FilteredLines {
  const { operations, errors } = selectOperations(selection, context);
  const lines: number[] = [];
  for (const operation of operations) {
    if (lines.length > limit) break;
    for (const line of linesOf(context.trace, operation)) lines.push(line);
  }
  return {
    errors,
    matched: operations.length,
    total: context.trace.operations.count,
    lines: Uint32Array.from(lines).sort().slice(0, limit),
    truncated: lines.length > limit,
  };
}
