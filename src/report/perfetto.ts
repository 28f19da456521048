/**
 * Replays as a timeline in Chrome's JSON trace format, which Perfetto and chrome://tracing open: a process for each run,
 * a track for each CPU, a counter for each series.
 */
import type { CostColumn } from '../analysis/explain';
import { firstLine } from '../analysis/lines';
import { rankByCost } from '../analysis/rank';
import type { RunSummary } from '../analysis/run';
import { directionWords, kindWords, operationTitle } from '../analysis/words';
import type { Trace } from '../trace/operations';

/** Slices of one run; of more operations only the costliest are drawn, and the process says so. */
const MAX_SLICES = 100_000;
const NS_PER_US = 1000;

export interface Timeline {
  columns: Trace;
  runs: readonly RunSummary[];
  costs: readonly CostColumn[];
}

/** The JSON text. Times in µs since the first event; the length of a slice is the modelled cost. */
export function perfettoJson({ columns, runs, costs }: Timeline): string {
  const events = runs.flatMap((run, i) => [
    metadata(i + 1, 'process_name', processName(run, costs[i])),
    ...slices(columns, i + 1, costs[i].operationNs),
    ...counters(run, i + 1),
  ]);
  const lines = events.map(event => JSON.stringify(event));
  return `{"displayTimeUnit":"ns","traceEvents":[\n${lines.join(',\n')}\n]}\n`;
}

function processName(run: RunSummary, { operationNs }: CostColumn): string {
  const all = operationNs.length;
  return all <= MAX_SLICES ? run.name : `${run.name} (the ${MAX_SLICES} costliest of ${all} operations)`;
}

function metadata(pid: number, name: string, value: string): object {
  return { ph: 'M', pid, name, args: { name: value } };
}

/** An operation starts when it was recorded, or when its CPU has finished the one before. */
function slices(trace: Trace, pid: number, ns: Float32Array): object[] {
  const { time, cpu, kind, direction, device, devices, size } = trace.operations;
  const busyUntil = new Map<number, number>();
  const drawn = rankByCost(ns).order.slice(0, MAX_SLICES).sort();
  return Array.from(drawn, operation => {
    const start = Math.max(time[operation], busyUntil.get(cpu[operation]) ?? 0);
    busyUntil.set(cpu[operation], start + ns[operation]);
    return {
      ph: 'X',
      pid,
      tid: Math.max(0, cpu[operation]),
      ts: start / NS_PER_US,
      dur: ns[operation] / NS_PER_US,
      name: operationTitle(trace, operation),
      cat: kindWords(kind[operation]),
      args: {
        line: firstLine(trace, operation),
        device: devices[device[operation]].name,
        direction: directionWords(direction[operation]),
        bytes: size[operation],
        modelledNs: ns[operation],
      },
    };
  });
}

function counters(run: RunSummary, pid: number): object[] {
  return run.series.flatMap(series => {
    const title = `${series.title} (${series.unit}, ${series.modelled ? 'modelled' : 'counted'})`;
    const changes = Array.from(series.values, (value, i) => ({ value, i })).filter(
      ({ value, i }) => i === 0 || value !== series.values[i - 1],
    );
    return changes.map(({ value, i }) => ({
      ph: 'C',
      pid,
      ts: (i * series.bucketNs) / NS_PER_US,
      name: title,
      args: { value },
    }));
  });
}
