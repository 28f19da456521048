import type { Recording, TracerOverhead } from './samples';
import { netDurations, quantile } from './samples';

export type RecordedUnder = 'strict' | 'lazy' | 'passthrough' | 'swiotlb';

/** Recordings made under one policy with buffers of one size. */
export interface RecordingGroup {
  policy: RecordedUnder;
  /** 4 KiB pages of each buffer. */
  pages: number;
  recordings: Recording[];
}

/** A recording that says neither its policy nor lets it be told from its functions. */
export interface UnusedRecording {
  name: string;
  reason: string;
}

/** One function's net cost in a group: ns. */
export interface FunctionCost {
  ns: number;
  low: number;
  high: number;
  calls: number;
  /** Told by mean and deviation alone. */
  meanOnly: boolean;
  function: string;
}

const BY_NAME: [RegExp, RecordedUnder][] = [
  [/passthrough|(^|[^a-z])pt([^a-z]|$)/i, 'passthrough'],
  [/swiotlb|bounce/i, 'swiotlb'],
  [/lazy|deferred|dma-fq/i, 'lazy'],
  [/strict/i, 'strict'],
];

const PAGE = 4096;

/**
 * Sorts recordings by policy and buffer size. The functions seen decide the policy, the name where they cannot (a
 * recording of outer functions only); the size is what the recording tells, else read from the name (`64k`),
 * and taken as one page where that says none.
 */
export function groupRecordings(recordings: readonly Recording[]): {
  groups: RecordingGroup[];
  unused: UnusedRecording[];
} {
  const groups: RecordingGroup[] = [];
  const unused: UnusedRecording[] = [];
  for (const recording of recordings) {
    const policy = policyOf(recording);
    if (!policy) {
      const reason =
        recording.functions.size === 0
          ? 'no finished function call in it'
          : 'its policy shows neither in its functions nor in its name: put strict, lazy, passthrough or swiotlb into the name';
      unused.push({ name: recording.name, reason });
      continue;
    }
    const pages = recording.pages ?? pagesOf(recording.name);
    let group = groups.find(g => g.policy === policy && g.pages === pages);
    if (!group) groups.push((group = { policy, pages, recordings: [] }));
    group.recordings.push(recording);
  }
  return { groups, unused };
}

function policyOf(recording: Recording): RecordedUnder | undefined {
  const has = (name: RegExp): boolean => [...recording.functions.keys()].some(f => name.test(f));
  if (has(/^swiotlb_(tbl_)?map|^swiotlb_bounce/)) return 'swiotlb';
  if (has(/^(fq_|queue_iova)/)) return 'lazy';
  const byName = BY_NAME.find(([pattern]) => pattern.test(recording.name))?.[1];
  if (byName) return byName;
  if (has(/^(cache_tag_flush_range|\w+_iotlb_sync|intel_iommu_tlb_sync)$/)) return 'strict';
  return undefined;
}

function pagesOf(name: string): number {
  const base = name.slice(name.search(/[^/\\]*$/));
  const size = /(?:^|[^\da-z])(\d+)([kKmM])(?:i?[bB])?(?![a-z\d])/.exec(base);
  if (!size) return 1;
  return Math.max(1, (Number(size[1]) * (size[2].toLowerCase() === 'k' ? 1024 : 1024 ** 2)) / PAGE);
}

/**
 * Net cost of the first of `names` that a group recorded. Where several recordings hold it, those that traced least
 * inside the function are used: less of its duration has to be taken out again. `statistic` is the median for calls that
 * may be stretched by something rare inside (a drain, a tree search), the mean where that belongs to the cost.
 */
export function costOf(
  group: RecordingGroup | undefined,
  overhead: TracerOverhead,
  names: readonly string[],
  statistic: 'median' | 'mean' = 'median',
): FunctionCost | undefined {
  for (const name of names) {
    const holders = (group?.recordings ?? []).filter(r => r.functions.has(name));
    if (holders.length === 0) continue;
    const inside = holders.map(r => quantile([...r.functions.get(name)!.descendants].sort(ascending), 0.5));
    const least = Math.min(...inside);
    const chosen = holders.filter((_, i) => inside[i] <= least + 1);
    const net = chosen.flatMap(r => netDurations(r, name, overhead)).sort(ascending);
    const mean = net.reduce((sum, ns) => sum + ns, 0) / net.length;
    const ns = statistic === 'median' ? quantile(net, 0.5) : mean;
    const low = Math.min(ns, quantile(net, 0.1));
    const high = Math.max(ns, quantile(net, 0.9));
    const meanOnly = chosen.every(recording => recording.meanOnly);
    return { ns, low, high, calls: net.length, meanOnly, function: name };
  }
  return undefined;
}

function ascending(a: number, b: number): number {
  return a - b;
}
