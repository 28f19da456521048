import { Work } from '../iommu/work';
import type { DirtyResult, Finding, Series, TimeResult } from './result';
import type { Run } from './run';

/** Relative error allowed to sums of many doubles taken in different orders. */
const ROUNDING = 1e-6;
/** The per-operation column holds single precision. */
const SINGLE_ROUNDING = 1e-4;

/**
 * The laws that every replay keeps: what is counted in one place is found again in all others. A violation is a fault of
 * the simulation, never of the trace, and is shown as an error.
 */
export function conservationFindings(
  run: Run,
  time: TimeResult,
  dirty: DirtyResult,
  series: readonly Series[],
): Finding[] {
  const violations = [
    ...run.machine.check(),
    ...run.instances.flatMap(instance => instance.check?.() ?? []),
    ...sums(run, time, series),
    ...dirtyLaws(dirty, series),
  ];
  return violations.map(violation => ({
    severity: 'error',
    text: `Conservation law violated: ${violation}. This is a fault of the simulation; its numbers cannot be trusted.`,
    operation: -1,
  }));
}

function sums(run: Run, time: TimeResult, series: readonly Series[]): string[] {
  const violations: string[] = [];
  const equal = (what: string, a: number, b: number, tolerance: number): void => {
    if (Math.abs(a - b) > tolerance * Math.max(1, Math.abs(a), Math.abs(b)))
      violations.push(`${what}: ${a} against ${b}`);
  };
  const { made, ended } = run.mappings;
  equal('maps less unmaps, and live mappings', made - ended, run.live, 0);
  const { work } = run.log;
  const { counters } = run.machine;
  equal('entries written, as counted and as priced', counters.pteWrites, work[Work.PteWrite], 0);
  equal('bytes copied, as counted and as priced', counters.copiedBytes, work[Work.CopyByte], 0);
  const { cpuNs } = time;
  const byCpu = time.byCpu.reduce((sum, ns) => sum + ns, 0);
  equal('CPU time by CPU and by component', byCpu, cpuNs, ROUNDING);
  const inSeries = series
    .filter(entry => entry.id.startsWith('ns.'))
    .reduce((sum, entry) => sum + total(entry.values), 0);
  equal('CPU time over trace time and by component', inSeries, cpuNs, ROUNDING);
  if (run.layout.replicas === 1) {
    equal(
      'CPU time by operation and timer, and by component',
      total(run.operationNs) + run.timerNs + run.switchNs,
      cpuNs,
      SINGLE_ROUNDING,
    );
  }
  const [low, high] = time.band;
  if (low > cpuNs * (1 + ROUNDING) || high < cpuNs * (1 - ROUNDING)) {
    violations.push(`CPU time ${cpuNs} outside its band ${low} .. ${high}`);
  }
  return violations;
}

/** Each page written is reported or missed; what tracking did over time adds up to what it did. */
function dirtyLaws(dirty: DirtyResult, series: readonly Series[]): string[] {
  const violations: string[] = [];
  const neverReported = dirty.truthPages - (dirty.reportedPages - dirty.overReportedPages);
  if (neverReported > dirty.missedPages) {
    violations.push(`${neverReported} written pages were never reported, but ${dirty.missedPages} are told as missed`);
  }
  const sumOf = (id: string): number => total(series.find(entry => entry.id === id)?.values ?? new Float64Array(0));
  for (const [id, whole] of [
    ['dirty.invalidations', dirty.extraInvalidations],
    ['dirty.walked', dirty.walkedEntries],
  ] as const) {
    if (sumOf(id) !== whole) violations.push(`${id} over trace time and in all: ${sumOf(id)} against ${whole}`);
  }
  return violations;
}

function total(values: Float64Array | Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
