/** Where in the trace two runs part: over time, and line by line. */
import type { Trace } from '../trace/operations';
import { decimateIndices } from './decimate';
import { firstLine } from './lines';
import { rankByCost } from './rank';
import type { TimeRange } from './select';
import { operationTitle } from './words';

export interface DivergentLine {
  /** 1-based. */
  line: number;
  operation: number;
  label: string;
  ns: number;
  baselineNs: number;
}

export interface Divergence {
  /** ns since the first event. */
  times: Float64Array;
  /** Cost of the run minus that of the baseline since the start of the range, ns. */
  cumulativeNs: Float64Array;
  /** Operations that cost the same in both to within a tenth of a nanosecond, and those that do not. */
  agreeing: number;
  differing: number;
  /** Widest difference first, whichever sign. */
  lines: DivergentLine[];
}

const SAME_NS = 0.1;

/**
 * Compares the costs per operation of two runs over one trace: at most `points` points of the running difference, and
 * the `top` operations that differ most.
 */
export function diverge(
  trace: Trace,
  ns: Float32Array,
  baselineNs: Float32Array,
  points: number,
  top: number,
  range: TimeRange = { fromNs: -Infinity, toNs: Infinity },
): Divergence {
  const { time, count } = trace.operations;
  const differences = new Float32Array(count);
  const cumulative = new Float64Array(count);
  const inRange: number[] = [];
  let sum = 0;
  let differing = 0;
  for (let operation = 0; operation < count; operation++) {
    if (time[operation] < range.fromNs || time[operation] >= range.toNs) continue;
    const delta = ns[operation] - baselineNs[operation];
    differences[operation] = Math.abs(delta);
    if (differences[operation] >= SAME_NS) differing++;
    sum += delta;
    cumulative[inRange.length] = sum;
    inRange.push(operation);
  }
  const kept = decimateIndices(cumulative, 0, inRange.length, points);
  const widest = rankByCost(differences).order.subarray(0, Math.min(top, differing));
  return {
    times: Float64Array.from(kept, i => time[inRange[i]]),
    cumulativeNs: Float64Array.from(kept, i => cumulative[i]),
    agreeing: inRange.length - differing,
    differing,
    lines: Array.from(widest, operation => ({
      line: firstLine(trace, operation),
      operation,
      label: operationTitle(trace, operation),
      ns: ns[operation],
      baselineNs: baselineNs[operation],
    })),
  };
}
