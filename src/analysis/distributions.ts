/** How sizes, lifetimes, concurrency and costs are spread, in buckets of powers of two. */
import { OpFlag, OpKind, type Trace } from '../trace/operations';
import { lifetimeNs, type CostColumn } from './explain';

/** How often a quantity takes which values. `counts[i]` lies in `edges[i]` .. `edges[i + 1]`. */
export interface Distribution {
  id: 'size' | 'lifetime' | 'concurrency' | 'cost';
  title: string;
  /** bytes, ns, or empty for counts. */
  unit: string;
  modelled: boolean;
  /** Powers of two from the least to the greatest value; the first may be 0. */
  edges: number[];
  /** One per run; a single one with `runId: null` where the quantity is the trace's own. */
  sets: DistributionSet[];
}

export interface DistributionSet {
  runId: string | null;
  counts: number[];
  count: number;
  mean: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Of the streaming mappings among the operations: bytes, ns from map to unmap, and how many are alive at each map. */
export function traceDistributions(trace: Trace, selected: Uint32Array): Distribution[] {
  const maps = selected.filter(
    operation =>
      trace.operations.kind[operation] === OpKind.Map && (trace.operations.flags[operation] & OpFlag.Failed) === 0,
  );
  const alive = aliveAtMaps(trace);
  const lifetimes = Array.from(maps, map => lifetimeNs(trace, map)).filter(ns => ns !== undefined);
  const own = (values: Float64Array): [null, Float64Array][] => [[null, values]];
  return [
    distribution(
      'size',
      'mapping size',
      'bytes',
      false,
      own(Float64Array.from(maps, map => trace.operations.size[map])),
    ),
    distribution('lifetime', 'mapping lifetime', 'ns', false, own(Float64Array.from(lifetimes))),
    distribution('concurrency', 'mappings alive', '', false, own(Float64Array.from(maps, map => alive[map]))),
  ];
}

/** Modelled cost per operation, one set per run, over the same buckets. */
export function costDistribution(selected: Uint32Array, runs: readonly CostColumn[]): Distribution {
  const samples = runs.map((run): [string, Float64Array] => [
    run.runId,
    Float64Array.from(selected, operation => run.operationNs[operation]),
  ]);
  return distribution('cost', 'cost per operation', 'ns', true, samples);
}

/** Streaming mappings alive just after each map; 0 at other operations. */
function aliveAtMaps(trace: Trace): Uint32Array {
  const { count, kind, flags, partner } = trace.operations;
  const at = new Uint32Array(count);
  let alive = 0;
  for (let operation = 0; operation < count; operation++) {
    if (kind[operation] === OpKind.Unmap && partner[operation] >= 0) alive--;
    if (kind[operation] === OpKind.Map && (flags[operation] & OpFlag.Failed) === 0) at[operation] = ++alive;
  }
  return at;
}

function distribution(
  id: Distribution['id'],
  title: string,
  unit: string,
  modelled: boolean,
  samples: readonly [string | null, Float64Array][],
): Distribution {
  let least = Infinity;
  let greatest = -Infinity;
  for (const [, values] of samples) {
    for (const value of values) {
      least = Math.min(least, bucketOf(value));
      greatest = Math.max(greatest, bucketOf(value));
    }
  }
  const buckets = least === Infinity ? 0 : greatest - least + 1;
  return {
    id,
    title,
    unit,
    modelled,
    edges: buckets === 0 ? [] : Array.from({ length: buckets + 1 }, (_, i) => edgeOf(least + i)),
    sets: samples.map(([runId, values]) => summarise(runId, values, least, buckets)),
  };
}

/** Bucket 0 holds everything below 1, bucket n holds 2^(n-1) .. 2^n. */
function bucketOf(value: number): number {
  return value < 1 ? 0 : Math.floor(Math.log2(value)) + 1;
}

function edgeOf(bucket: number): number {
  return bucket === 0 ? 0 : 2 ** (bucket - 1);
}

function summarise(runId: string | null, values: Float64Array, least: number, buckets: number): DistributionSet {
  const counts = new Array<number>(buckets).fill(0);
  for (const value of values) counts[bucketOf(value) - least]++;
  const sorted = values.slice().sort();
  const count = sorted.length;
  const quantile = (q: number): number => (count === 0 ? 0 : sorted[Math.max(0, Math.ceil(q * count) - 1)]);
  return {
    runId,
    counts,
    count,
    mean: count === 0 ? 0 : sorted.reduce((sum, value) => sum + value, 0) / count,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    max: quantile(1),
  };
}
