/** The trade-off between cost, exposure and memory: which runs nothing beats on all three at once. */
import type { RunSummary } from './run';

/** A run as a trade-off: all three are better when smaller. */
export interface ParetoPoint {
  runId: string;
  /** Modelled CPU time, ns. */
  costNs: number;
  exposure: number;
  /** Counted bytes: bounce pools, page tables and locked memory at their peaks. */
  memoryBytes: number;
  /** Run ids that are no worse in all three and better in one; empty: on the front. */
  dominatedBy: string[];
}

export interface Pareto {
  /** What `exposure` measures. */
  exposure: { title: string; unit: string; modelled: boolean };
  points: ParetoPoint[];
}

/**
 * Runs on the three axes. Exposure counts pages that the device can read, pages that it can write, and unmapped pages
 * that wait in flush queues and can still be reached, each at its peak: lazy stands between strict and passthrough.
 */
export function pareto(runs: readonly RunSummary[]): Pareto {
  const points = runs.map(run => ({
    runId: run.runId,
    costNs: run.time.cpuNs,
    exposure: run.exposure.readablePagesPeak + run.exposure.writablePagesPeak + run.memory.queuedPagesPeak,
    memoryBytes: run.memory.poolBytesPeak + run.memory.pageTableBytesPeak + run.memory.lockedBytesPeak,
  }));
  return {
    exposure: {
      title: 'pages in reach: readable, writable, waiting in flush queues (peaks)',
      unit: 'pages',
      modelled: false,
    },
    points: points.map(point => ({
      ...point,
      dominatedBy: points.filter(other => dominates(other, point)).map(other => other.runId),
    })),
  };
}

type Axes = Omit<ParetoPoint, 'dominatedBy' | 'runId'>;

function dominates(a: Axes, b: Axes): boolean {
  const noWorse = a.costNs <= b.costNs && a.exposure <= b.exposure && a.memoryBytes <= b.memoryBytes;
  return noWorse && (a.costNs < b.costNs || a.exposure < b.exposure || a.memoryBytes < b.memoryBytes);
}
