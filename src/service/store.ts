/** Open traces and finished runs, by the ids that clients know them by. */
import type { FilterContext } from '../analysis/filter/fields';
import { EngineError, type RunSummary } from './api';
import type { KeptRun } from './kept-run';
import type { OpenTrace } from './open-trace';

/** Every look-up throws an `EngineError` for an id that is not known. */
export class Store {
  readonly traces = new Map<string, OpenTrace>();
  readonly runs = new Map<string, KeptRun>();
  private nextTrace = 1;
  private nextRun = 1;

  newTraceId(): string {
    return `trace-${this.nextTrace++}`;
  }

  newRunId(): string {
    return `run-${this.nextRun++}`;
  }

  trace(traceId: string): OpenTrace {
    const open = this.traces.get(traceId);
    if (open !== undefined) return open;
    throw new EngineError('The trace is not open any more.', 'Open it again.', 'trace-not-open');
  }

  run(runId: string): KeptRun {
    const run = this.runs.get(runId);
    if (run !== undefined) return run;
    throw new EngineError('The run is not kept any more.', 'Replay the trace again.', 'run-not-kept');
  }

  /** Forgets a trace and its runs. */
  closeTrace(traceId: string): void {
    this.traces.delete(traceId);
    for (const [runId, run] of this.runs) if (run.summary.traceId === traceId) this.runs.delete(runId);
  }

  summaries(runIds: readonly string[]): RunSummary[] {
    return runIds.map(runId => this.run(runId).summary);
  }

  filterContext(traceId: string, runId?: string): FilterContext {
    const { trace } = this.trace(traceId);
    return runId === undefined ? { trace } : { trace, operationNs: this.run(runId).operationNs };
  }

  /** Costs of the run to compare with, where one is named. */
  baselineOf(run: KeptRun, baseline: string | undefined): Float32Array | undefined {
    return baseline === undefined ? undefined : this.sameTrace(run, this.run(baseline)).operationNs;
  }

  /** `other`, if its operations are those of `run`. */
  sameTrace(run: KeptRun, other: KeptRun): KeptRun {
    if (run.summary.traceId === other.summary.traceId) return other;
    throw new EngineError(
      `${other.summary.name} replayed another trace: its operations cannot be matched line by line.`,
      'Choose a baseline that replayed the same trace.',
    );
  }
}
