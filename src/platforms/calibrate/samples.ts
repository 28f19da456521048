/** Durations of kernel functions, as a recording shows them, before and after the tracer's own cost is taken out. */

/** Calls of one function in one recording. Columns of equal length; ns. */
export interface FunctionCalls {
  name: string;
  durationNs: number[];
  /** Traced calls inside each: their tracing is part of the duration. */
  descendants: number[];
}

/** A recording of map and unmap costs, whatever tool made it. */
export interface Recording {
  /** For messages and sources: the file's name. */
  name: string;
  functions: Map<string, FunctionCalls>;
  /** 4 KiB pages of each buffer, where the recording tells; otherwise its name does. */
  pages?: number;
  /** Only mean and deviation are known, which stand as three calls: mean − deviation, mean, mean + deviation. */
  meanOnly?: boolean;
  /** Calls left out because an interrupt ran inside them, or because they began or ended outside the recording. */
  leftOut: { interrupted: number; cut: number };
  /** The tracer adds its own cost to each duration (function_graph); probes and benchmarks are taken as they are. */
  traced: boolean;
}

/** What the tracer adds. */
export interface TracerOverhead {
  /** Inside the window of a call that traces nothing below it, ns. */
  leafNs: number;
  /** Per traced call below, ns. */
  descendantNs: number;
}

/**
 * Entry and exit hooks of one traced call, in units of the part that falls inside the call's own window: measured on
 * Linux 6.12 with function_graph, 1411 ns per nested call against 704 ns inside a leaf.
 */
const DESCENDANT_OVER_LEAF = 1411 / 704;

/** Leaves this much longer than the shortest one still do next to nothing: getters, locks nobody contends for. */
const SHORT_LEAF = 1.03;

/**
 * The tracer's cost, read off the recordings themselves: short leaves do next to nothing, so their duration is the
 * tracer's. They occur in every nested recording; a recording without any overstates the overhead, therefore all
 * recordings of a calibration are pooled. The lower quartile of them is taken: the very shortest is an outlier that
 * nested calls multiply.
 */
export function tracerOverhead(recordings: readonly Recording[]): TracerOverhead {
  const leaves: number[] = [];
  for (const recording of recordings) {
    if (!recording.traced) continue;
    for (const calls of recording.functions.values()) {
      for (let i = 0; i < calls.durationNs.length; i++) {
        if (calls.descendants[i] === 0) leaves.push(calls.durationNs[i]);
      }
    }
  }
  if (leaves.length === 0) return { leafNs: 0, descendantNs: 0 };
  leaves.sort((a, b) => a - b);
  const leafNs = quantile(
    leaves.filter(ns => ns <= leaves[0] * SHORT_LEAF),
    0.25,
  );
  return { leafNs, descendantNs: leafNs * DESCENDANT_OVER_LEAF };
}

/** Net durations of a function's calls, tracer taken out, ascending. */
export function netDurations(recording: Recording, name: string, overhead: TracerOverhead): number[] {
  const calls = recording.functions.get(name);
  if (!calls) return [];
  const net = calls.durationNs.map((ns, i) =>
    recording.traced ? Math.max(0, ns - overhead.leafNs - overhead.descendantNs * calls.descendants[i]) : ns,
  );
  return net.sort((a, b) => a - b);
}

/** Quantile q (0..1) of ascending values. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
