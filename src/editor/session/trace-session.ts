/** One open trace: its summary, its runs, and the questions asked of the engine about them. Knows nothing of VS Code. */
import {
  EngineError,
  type CallOptions,
  type Comparison,
  type Engine,
  type Hotspot,
  type HotspotGrouping,
  type LineAnnotation,
  type LineExplanation,
  type Refusal,
  type ScenarioRequest,
  type TimeRange,
  type TraceSource,
  type TraceSummary,
} from '../../service/api';
import { Emitter, type Disposable } from '../util/emitter';
import { matchRequests, RunSet, type Run } from './run-set';

/** What changed: the trace was opened or dropped, or could not be; runs came or went; another is shown or compared with. */
export type SessionChange = 'trace' | 'failure' | 'runs' | 'selection';

export class TraceSession implements Disposable {
  readonly runs = new RunSet();
  /** Policies of the last replay that could not run here. */
  refused: Refusal[] = [];
  /** Selected in the panel's charts. */
  range: TimeRange | undefined;
  #grouping: HotspotGrouping = 'operation';
  readonly #changed = new Emitter<SessionChange>();
  readonly onDidChange = this.#changed.event;
  #opening: Promise<TraceSummary> | undefined;
  #failure: EngineError | undefined;
  #summary: TraceSummary | undefined;
  #disposed = new AbortController();

  /**
   * @param uri the document's URI, in its canonical text form: the session's identity
   * @param source reads the trace's place or bytes when it is opened
   */
  constructor(
    readonly uri: string,
    readonly name: string,
    readonly engine: () => Engine,
    private readonly source: () => Promise<TraceSource>,
  ) {}

  /** The trace, once it is open. */
  get summary(): TraceSummary | undefined {
    return this.#summary;
  }

  /** Why the last attempt to open the trace failed, in the engine's words. */
  get failure(): EngineError | undefined {
    return this.#failure;
  }

  get grouping(): HotspotGrouping {
    return this.#grouping;
  }

  /** Opens the trace unless it is open or being opened. A failed or cancelled attempt may be repeated. */
  open(options: CallOptions = {}): Promise<TraceSummary> {
    this.#opening ??= this.#open(options).catch((error: unknown) => {
      this.#opening = undefined;
      this.#failure = error instanceof EngineError ? error : undefined;
      this.#changed.fire('failure');
      throw error;
    });
    return this.#opening;
  }

  async #open(options: CallOptions): Promise<TraceSummary> {
    const engine = this.engine();
    const summary = await engine.open(await this.source(), this.#untilDisposed(options));
    if (this.#disposed.signal.aborted) {
      await engine.close(summary.traceId);
      throw new DOMException('The trace was closed.', 'AbortError');
    }
    this.#summary = summary;
    this.#failure = undefined;
    this.#changed.fire('trace');
    return summary;
  }

  /** Replays scenarios and keeps their runs. Those refused are in `refused` afterwards, with the reason. */
  async replay(requests: readonly ScenarioRequest[], options: CallOptions = {}): Promise<Run[]> {
    const { traceId, report } = await this.open(options);
    const { runs, refused } = await this.engine().replay(traceId, [...requests], this.#untilDisposed(options));
    const matched = matchRequests(requests, runs);
    const replaced = this.runs.add(matched, report.recordedPolicy.id);
    this.refused = refused;
    this.#changed.fire('runs');
    await Promise.all(replaced.map(runId => this.engine().forget(runId)));
    return matched;
  }

  async remove(runId: string): Promise<void> {
    if (this.runs.get(runId) === undefined) return;
    this.runs.remove(runId);
    this.#changed.fire('runs');
    await this.engine().forget(runId);
  }

  rename(runId: string, name: string): void {
    const run = this.runs.get(runId);
    if (run === undefined || name.trim() === '') return;
    run.name = name.trim();
    this.#changed.fire('runs');
  }

  setBaseline(runId: string): void {
    this.runs.setBaseline(runId);
    this.#changed.fire('selection');
  }

  show(runId: string): void {
    this.runs.show(runId);
    this.#changed.fire('selection');
  }

  groupHotspots(by: HotspotGrouping): void {
    this.#grouping = by;
    this.#changed.fire('selection');
  }

  /** Hotspots of the shown run against the baseline; none while there is no run. */
  async hotspots(top: number): Promise<Hotspot[]> {
    const { shown } = this.runs;
    if (shown === undefined) return [];
    return this.engine().hotspots(shown.summary.runId, this.#grouping, top, this.#baselineOf(shown));
  }

  /** Costs under the shown run of the lines from..to (1-based, inclusive) whose rank is at most `top`. */
  async annotations(from: number, to: number, top: number): Promise<LineAnnotation[]> {
    const { shown } = this.runs;
    if (shown === undefined) return [];
    return this.engine().annotations(shown.summary.runId, from, to, top, this.#baselineOf(shown));
  }

  /** All runs against the baseline; undefined while there is none. */
  async compare(): Promise<Comparison | undefined> {
    const { baseline, all } = this.runs;
    if (baseline === undefined) return undefined;
    const runIds = all.map(run => run.summary.runId);
    return this.engine().compare(runIds, baseline.summary.runId);
  }

  /** What the engine knows about a line (1-based); opens the trace when need be. */
  async explain(line: number): Promise<LineExplanation | undefined> {
    const { traceId } = await this.open();
    return this.engine().explain(traceId, line);
  }

  /** Forgets trace and runs, since the document's text is no longer what they were made from. */
  async reset(): Promise<void> {
    const { traceId } = this.#summary ?? {};
    this.#summary = undefined;
    this.#opening = undefined;
    this.#failure = undefined;
    this.refused = [];
    this.runs.clear();
    this.#changed.fire('trace');
    if (traceId !== undefined) await this.engine().close(traceId);
  }

  /** Frees what the engine keeps of this trace and cancels what it is doing for it. */
  dispose(): void {
    this.#disposed.abort();
    void this.reset().catch(() => undefined);
    this.#changed.dispose();
  }

  #baselineOf(run: Run): string | undefined {
    const { baseline } = this.runs;
    return baseline === run ? undefined : baseline?.summary.runId;
  }

  #untilDisposed(options: CallOptions): CallOptions {
    const { signal } = this.#disposed;
    return { ...options, signal: options.signal ? AbortSignal.any([options.signal, signal]) : signal };
  }
}
