/** Bursts of unmaps: where strict protection pays most, and where a flush queue or batching helps. */
import { OpKind, type Trace } from '../../trace/operations';
import { firstLine } from '../lines';
import { formatCount, formatNs } from '../units';
import { Findings } from './diagnostic';

/** A burst has at least this many unmaps: a flush queue of the kernel holds 256 (IOVA_DEFAULT_FQ_SIZE). */
const STORM_UNMAPS = 256;
/** And comes this many times faster than its CPU usually unmaps. */
const STORM_FACTOR = 4;

/**
 * Stretches of one CPU in which 256 or more unmaps follow each other four times faster than such a number usually does
 * there (the median, so that pauses do not count). Overlapping stretches are told as one.
 */
export function unmapStorms(trace: Trace, cap: number): Findings {
  const found = new Findings('unmap-storm', 'info', cap);
  for (const [cpu, unmaps] of unmapsByCpu(trace)) stormsOfCpu(trace, cpu, unmaps, found);
  found.diagnostics.sort((a, b) => a.line - b.line);
  return found;
}

function unmapsByCpu(trace: Trace): Map<number, number[]> {
  const { count, kind, cpu } = trace.operations;
  const byCpu = new Map<number, number[]>();
  for (let operation = 0; operation < count; operation++) {
    if (kind[operation] !== OpKind.Unmap) continue;
    const unmaps = byCpu.get(cpu[operation]);
    if (unmaps === undefined) byCpu.set(cpu[operation], [operation]);
    else unmaps.push(operation);
  }
  return byCpu;
}

function stormsOfCpu(trace: Trace, cpu: number, unmaps: readonly number[], found: Findings): void {
  const { time } = trace.operations;
  const last = unmaps.length - STORM_UNMAPS;
  if (last < 0) return;
  const durations = Float64Array.from(
    { length: last + 1 },
    (_, i) => time[unmaps[i + STORM_UNMAPS - 1]] - time[unmaps[i]],
  );
  const limitNs = durations.slice().sort()[durations.length >> 1] / STORM_FACTOR;
  for (let i = 0; i <= last; i++) {
    if (durations[i] > limitNs) continue;
    const start = i;
    while (i < last && durations[i + 1] <= limitNs) i++;
    tellStorm(trace, cpu, unmaps.slice(start, i + STORM_UNMAPS), found);
    i += STORM_UNMAPS - 1;
  }
}

function tellStorm(trace: Trace, cpu: number, members: readonly number[], found: Findings): void {
  const first = members[0];
  const spanNs = trace.operations.time[members[members.length - 1]] - trace.operations.time[first];
  found.add(first, firstLine(trace, first), () => ({
    text: `Unmap storm: ${formatCount(members.length)} unmaps on ${cpu < 0 ? 'one CPU' : `CPU ${cpu}`} within ${formatNs(spanNs)}, each with its own invalidation under strict protection.`,
    advice:
      'Compare with lazy (one invalidation for many unmaps) and reuse (none); unmapping one list instead of single buffers helps too.',
  }));
}
