/** Operations as a table, a page at a time: only the rows on screen become objects. */
import type { Trace } from '../trace/operations';
import { firstLine } from './lines';
import { directionWords, kindWords } from './words';

export type OperationColumn = 'line' | 'time' | 'kind' | 'device' | 'direction' | 'size' | 'cpu' | 'cost';

export interface OperationRow {
  operation: number;
  /** 1-based trace line of its first event. */
  line: number;
  /** ns since the first event. */
  timeNs: number;
  kind: string;
  device: string;
  direction: string;
  /** Bytes. */
  size: number;
  cpu: number;
  /** Modelled ns, one per run asked for. */
  costs: number[];
}

export interface OperationPage {
  /** Operations that match; `rows` are a page of them. */
  matched: number;
  /** Operations of the trace. */
  total: number;
  rows: OperationRow[];
}

/** Operations in the order of a column; equal ones stay in trace order. `ns`: the run that `cost` sorts by. */
export function sortOperations(
  trace: Trace,
  selected: Uint32Array,
  column: OperationColumn,
  descending: boolean,
  ns?: Float32Array,
): Uint32Array {
  const key = sortKey(trace, column, ns);
  const keys = new Float64Array(trace.operations.count);
  for (const operation of selected) keys[operation] = key(operation);
  const sign = descending ? -1 : 1;
  return selected.slice().sort((a, b) => sign * (keys[a] - keys[b]) || a - b);
}

function sortKey(trace: Trace, column: OperationColumn, ns: Float32Array | undefined): (operation: number) => number {
  const { operations } = trace;
  switch (column) {
    case 'line':
      return operation => firstLine(trace, operation);
    case 'time':
      return operation => operations.time[operation];
    case 'kind':
      return operation => operations.kind[operation];
    case 'device':
      return operation => operations.device[operation];
    case 'direction':
      return operation => operations.direction[operation];
    case 'size':
      return operation => operations.size[operation];
    case 'cpu':
      return operation => operations.cpu[operation];
    case 'cost':
      return operation => ns?.[operation] ?? 0;
  }
}

/** Rows offset .. offset + count of the operations given, with their cost in each run. */
export function operationPage(
  trace: Trace,
  sorted: Uint32Array,
  runs: readonly Float32Array[],
  offset: number,
  count: number,
): OperationPage {
  const { operations } = trace;
  return {
    matched: sorted.length,
    total: operations.count,
    rows: Array.from(sorted.subarray(offset, offset + count), operation => ({
      operation,
      line: firstLine(trace, operation),
      timeNs: operations.time[operation],
      kind: kindWords(operations.kind[operation]),
      device: operations.devices[operations.device[operation]].name,
      direction: directionWords(operations.direction[operation]),
      size: operations.size[operation],
      cpu: operations.cpu[operation],
      costs: runs.map(ns => ns[operation]),
    })),
  };
}
