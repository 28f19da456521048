/** The finished replays of one trace: which there are, which is the baseline, and whose numbers are shown in the text. */
import type { RunSummary, ScenarioRequest } from '../../service/api';

export interface Run {
  readonly summary: RunSummary;
  /** What was asked for, to ask for it again after a reload. */
  readonly request: ScenarioRequest;
  /** The user's name for it; else the engine's. */
  name: string;
}

/**
 * Keeps runs in the order in which they were made, one per scenario: a scenario replayed again takes the place (and the
 * name) of its former run.
 */
export class RunSet {
  #runs: Run[] = [];
  #baseline: string | undefined;
  #shown: string | undefined;

  get all(): readonly Run[] {
    return this.#runs;
  }

  /** The run that others are compared with. There is one whenever there are runs. */
  get baseline(): Run | undefined {
    return this.get(this.#baseline);
  }

  /** The run whose costs annotations, hotspots and the status bar show. There is one whenever there are runs. */
  get shown(): Run | undefined {
    return this.get(this.#shown);
  }

  get(runId: string | undefined): Run | undefined {
    return this.#runs.find(run => run.summary.runId === runId);
  }

  /**
   * Adds the runs of one replay.
   *
   * @param recordedPolicy the policy under which the trace was recorded: its run is the baseline until the user picks one
   * @returns ids of the runs that were replaced, which nobody needs any more
   */
  add(runs: readonly Run[], recordedPolicy: string): string[] {
    const replaced: string[] = [];
    for (const run of runs) {
      const at = this.#runs.findIndex(other => scenarioKey(other.request) === scenarioKey(run.request));
      if (at === -1) {
        this.#runs.push(run);
        continue;
      }
      const former = this.#runs[at];
      if (former.name !== former.summary.name) run.name = former.name;
      this.#runs[at] = run;
      if (former.summary.runId === run.summary.runId) continue;
      replaced.push(former.summary.runId);
      if (this.#baseline === former.summary.runId) this.#baseline = run.summary.runId;
    }
    this.#baseline ??= (runs.find(run => run.summary.policy === recordedPolicy) ?? runs.at(0))?.summary.runId;
    // The first alternative, in the order in which they are offered: bounds come last.
    const alternative = runs.find(run => run.summary.runId !== this.#baseline);
    if (alternative !== undefined) this.#shown = alternative.summary.runId;
    this.#settle();
    return replaced;
  }

  remove(runId: string): void {
    this.#runs = this.#runs.filter(run => run.summary.runId !== runId);
    this.#settle();
  }

  clear(): void {
    this.#runs = [];
    this.#settle();
  }

  /** The run that was compared with is shown when the one on show becomes the baseline: there is a difference to see. */
  setBaseline(runId: string): void {
    if (this.get(runId) === undefined) return;
    if (this.#shown === runId) this.#shown = this.#baseline;
    this.#baseline = runId;
  }

  show(runId: string): void {
    if (this.get(runId) !== undefined) this.#shown = runId;
  }

  /** Keeps baseline and shown run among the runs. */
  #settle(): void {
    this.#baseline = (this.baseline ?? this.#runs.at(0))?.summary.runId;
    this.#shown = (this.shown ?? this.#runs.at(-1))?.summary.runId;
  }
}

/** Equal for requests that ask for the same scenario. */
export function scenarioKey(request: ScenarioRequest): string {
  const params = Object.entries(request.params ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    request.policy,
    params,
    request.platform,
    request.dirtyTracking ?? 'none',
    request.loop ?? 'default',
    request.scaleCpus ?? 0,
    request.rogueWriteAfterNs ?? null,
    request.switches ?? [],
    request.machine ?? {},
  ]);
}
