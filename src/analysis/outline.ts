/** The trace as a tree: phases with a pause between them, the devices at work in each, their bursts. */
import type { Trace } from '../trace/operations';
import { firstLine, linesOf } from './lines';
import { formatBytes, formatCount, formatNs } from './units';

/** A part of the trace: phases hold devices, devices hold bursts of operations without a long pause between them. */
export interface OutlineNode {
  kind: 'phase' | 'device' | 'burst';
  name: string;
  detail: string;
  /** 1-based, inclusive: first and last line of its events. Devices of one phase may overlap. */
  fromLine: number;
  toLine: number;
  operations: number;
  /** Modelled cost of its operations under the run, and under the baseline, where these were given. */
  ns?: number;
  baselineNs?: number;
  children: OutlineNode[];
}

/** Costs to add up, where runs are given. */
export interface OutlineCosts {
  ns?: Float32Array;
  baselineNs?: Float32Array;
}

/** A pause that is this part of the trace's span separates phases; a tenth of it separates bursts. */
const PHASE_PAUSE = 0.1;
const BURST_PAUSE = 0.01;
/** An outline is for finding one's way: of more parts than this, only the longest pauses separate. */
const MAX_PARTS = 50;

/** Outline of all operations. */
export function outline(trace: Trace, costs: OutlineCosts = {}): OutlineNode[] {
  const all = new Uint32Array(trace.operations.count).map((_, i) => i);
  const { spanNs } = trace.report;
  if (all.length === 0) return [];
  return splitAtPauses(trace, all, spanNs * PHASE_PAUSE).map((phase, i) => ({
    ...describe(trace, phase, costs),
    kind: 'phase',
    name: `Phase ${i + 1}`,
    children: byDevice(trace, phase).map(([device, operations]) => {
      const bursts = splitAtPauses(trace, operations, spanNs * BURST_PAUSE);
      return {
        ...describe(trace, operations, costs),
        kind: 'device',
        name: trace.operations.devices[device].name,
        // A device that never paused is its own burst.
        children: bursts.length < 2 ? [] : bursts.map((burst, j) => burstNode(trace, burst, j, costs)),
      };
    }),
  }));
}

function burstNode(trace: Trace, burst: Uint32Array, index: number, costs: OutlineCosts): OutlineNode {
  return { ...describe(trace, burst, costs), kind: 'burst', name: `Burst ${index + 1}`, children: [] };
}

function splitAtPauses(trace: Trace, operations: Uint32Array, pauseNs: number): Uint32Array[] {
  const { time } = trace.operations;
  const pauses: { at: number; ns: number }[] = [];
  for (let i = 1; i < operations.length; i++) {
    const ns = time[operations[i]] - time[operations[i - 1]];
    if (ns > pauseNs && ns > 0) pauses.push({ at: i, ns });
  }
  const longest = pauses.sort((a, b) => b.ns - a.ns || a.at - b.at).slice(0, MAX_PARTS - 1);
  const cuts = longest.map(pause => pause.at).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => operations.subarray(from, cuts[i] ?? operations.length));
}

function byDevice(trace: Trace, operations: Uint32Array): [number, Uint32Array][] {
  const groups = new Map<number, number[]>();
  for (const operation of operations) {
    const device = trace.operations.device[operation];
    const group = groups.get(device);
    if (group === undefined) groups.set(device, [operation]);
    else group.push(operation);
  }
  return [...groups].map(([device, members]) => [device, Uint32Array.from(members)]);
}

function describe(
  trace: Trace,
  operations: Uint32Array,
  costs: OutlineCosts,
): Omit<OutlineNode, 'kind' | 'name' | 'children'> {
  const { time, size } = trace.operations;
  let fromLine = Infinity;
  let toLine = 0;
  let bytes = 0;
  let ns = 0;
  let baselineNs = 0;
  for (const operation of operations) {
    fromLine = Math.min(fromLine, firstLine(trace, operation));
    toLine = Math.max(toLine, linesOf(trace, operation).at(-1) ?? 0);
    bytes += size[operation];
    ns += costs.ns?.[operation] ?? 0;
    baselineNs += costs.baselineNs?.[operation] ?? 0;
  }
  const spanNs = time[operations[operations.length - 1]] - time[operations[0]];
  return {
    detail: `${formatCount(operations.length)} operations, ${formatBytes(bytes)} in ${formatNs(spanNs)}`,
    fromLine,
    toLine,
    operations: operations.length,
    ...(costs.ns === undefined ? {} : { ns }),
    ...(costs.baselineNs === undefined ? {} : { baselineNs }),
  };
}
