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
import { RunSet, type Run } from './run-set';

/** What changed: the trace was opened or dropped, or could not be; runs came or went; another is shown or compared with. */
export type SessionChange = 'trace' | 'failure' | 'runs' | 'selection';

/** Why a scenario has no run although nothing speaks against it. */
const CANCELLED = 'the replay was cancelled before it was this policy’s turn, or during it';

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

  /**
   * Replays scenarios one after the other and keeps their runs. Those refused are in `refused` afterwards, with the
   * reason; so are those that failed or that a cancelled replay did not come to, when others have finished.
   *
   * @throws the engine's error when no scenario was replayed
   */
  async replay(requests: readonly ScenarioRequest[], options: CallOptions = {}): Promise<Run[]> {
    const { traceId, report } = await this.open(options);
    const finished: Run[] = [];
    const refused: Refusal[] = [];
    for (const [i, request] of requests.entries()) {
      try {
        const call = this.#untilDisposed(share(options, i, requests.length));
        const answer = await this.engine().replay(traceId, [request], call);
        finished.push(...answer.runs.map(summary => ({ summary, request, name: summary.name })));
        refused.push(...answer.refused);
      } catch (error) {
        const reason = this.#reasonToGoOn(error, options);
        if (reason === undefined || finished.length === 0) throw error;
        refused.push({ policy: request.policy, platform: request.platform, reason });
      }
    }
    const replaced = this.runs.add(finished, report.recordedPolicy.id);
    this.refused = refused;
    this.#changed.fire('runs');
    await Promise.all(replaced.map(runId => this.engine().forget(runId)));
    return finished;
  }

  /** Why one scenario has no run, where that takes nothing from the others; undefined where it does. */
  #reasonToGoOn(error: unknown, { signal }: CallOptions): string | undefined {
    if (this.#disposed.signal.aborted) return undefined;
    if (signal?.aborted) return CANCELLED;
    return error instanceof EngineError && error.code === 'failed' ? `${error.message} ${error.advice}` : undefined;
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

/** Progress of one call of several, as a part of the whole. */
function share(options: CallOptions, index: number, count: number): CallOptions {
  const { progress } = options;
  if (progress === undefined) return options;
  return { ...options, progress: (fraction, what) => progress((index + fraction) / count, what) };
}
