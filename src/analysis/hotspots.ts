/** Where the modelled time goes: operations, or groups of them, by total cost. */
import type { Trace } from '../trace/operations';
import { CallSites } from './call-site';
import { firstLine } from './lines';
import { rankByCost, type Ranking } from './rank';
import { operationTitle, sizeClass, sizeClassWords } from './words';

export type HotspotGrouping = 'operation' | 'device' | 'call-site' | 'size' | 'line';

export const HOTSPOT_GROUPINGS: readonly HotspotGrouping[] = ['operation', 'device', 'call-site', 'size', 'line'];

export interface Hotspot {
  /** What is hot: a device name, a call site, a size class, or an operation in words. */
  label: string;
  operations: number;
  totalNs: number;
  share: number;
  meanNs: number;
  maxNs: number;
  /** Total under the baseline run, when one was given. */
  baselineNs?: number;
  /** 1-based trace line of the costliest operation of the group. */
  line: number;
  /** Lines of the costliest operations, at most 16. */
  lines: number[];
}

const LINES_PER_HOTSPOT = 16;

interface Group {
  operations: number;
  totalNs: number;
  baselineNs: number;
  /** Operation numbers, costliest first. */
  costliest: number[];
}

/**
 * The `top` hottest groups, by total modelled cost; equal totals in order of their costliest operation.
 * `ns` and `baselineNs`: cost per operation of the run and of the run to compare with.
 */
export function hotspots(
  trace: Trace,
  ns: Float32Array,
  by: HotspotGrouping,
  top: number,
  baselineNs?: Float32Array,
  ranking: Ranking = rankByCost(ns),
): Hotspot[] {
  const total = ns.reduce((sum, value) => sum + value, 0);
  if (by === 'operation' || by === 'line') return hottestOperations(trace, ns, by, top, total, baselineNs, ranking);
  const groups = new Map<number | string, Group>();
  const keyOf = groupKey(trace, by);
  for (const operation of ranking.order) {
    const key = keyOf(operation);
    let group = groups.get(key);
    if (group === undefined) {
      group = { operations: 0, totalNs: 0, baselineNs: 0, costliest: [] };
      groups.set(key, group);
    }
    group.operations++;
    group.totalNs += ns[operation];
    if (baselineNs !== undefined) group.baselineNs += baselineNs[operation];
    if (group.costliest.length < LINES_PER_HOTSPOT) group.costliest.push(operation);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.totalNs - a.totalNs)
    .slice(0, top)
    .map(([key, group]) => describe(trace, groupLabel(trace, by, key), group, ns, total, baselineNs !== undefined));
}

function groupKey(trace: Trace, by: HotspotGrouping): (operation: number) => number | string {
  const operations = trace.operations;
  if (by === 'device') return operation => operations.device[operation];
  if (by === 'size') return operation => sizeClass(operations.size[operation]);
  const sites = new CallSites(trace);
  return operation => sites.labelOf(operation);
}

function groupLabel(trace: Trace, by: HotspotGrouping, key: number | string): string {
  if (typeof key === 'string') return key;
  return by === 'size' ? sizeClassWords(key) : (trace.operations.devices[key]?.name ?? 'unknown device');
}

function hottestOperations(
  trace: Trace,
  ns: Float32Array,
  by: 'operation' | 'line',
  top: number,
  total: number,
  baselineNs: Float32Array | undefined,
  ranking: Ranking,
): Hotspot[] {
  return Array.from(ranking.order.subarray(0, top), operation => {
    const title = operationTitle(trace, operation);
    const label = by === 'line' ? `line ${firstLine(trace, operation)}: ${title}` : title;
    const group = {
      operations: 1,
      totalNs: ns[operation],
      baselineNs: baselineNs?.[operation] ?? 0,
      costliest: [operation],
    };
    return describe(trace, label, group, ns, total, baselineNs !== undefined);
  });
}

function describe(
  trace: Trace,
  label: string,
  group: Group,
  ns: Float32Array,
  total: number,
  withBaseline: boolean,
): Hotspot {
  const lines = group.costliest.map(operation => firstLine(trace, operation));
  return {
    label,
    operations: group.operations,
    totalNs: group.totalNs,
    share: total > 0 ? group.totalNs / total : 0,
    meanNs: group.totalNs / group.operations,
    maxNs: ns[group.costliest[0]],
    ...(withBaseline ? { baselineNs: group.baselineNs } : {}),
    line: lines[0],
    lines,
  };
}
