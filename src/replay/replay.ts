import { findPolicy } from '../policies/registry';
import type { OperationTable } from '../trace/operations';
import { outcomeOf } from './outcome';
import type { ReplayResult } from './result';
import { Run } from './run';
import type { Scenario } from './scenario';
import { refusalOf, ScenarioError } from './scenario-build';

/** How a caller follows and stops a replay. Both are asked every few milliseconds. */
export interface ReplayHooks {
  /** Fraction done, 0 .. 1. */
  progress?: (fraction: number) => void;
  /** True: stop now. */
  cancelled?: () => boolean;
}

/** A replay stopped by its caller. */
export class ReplayCancelled extends Error {
  constructor() {
    super('the replay was cancelled');
    this.name = 'ReplayCancelled';
  }
}

/**
 * Replays operations under a scenario in slices: each `next()` runs some thousand operations and yields the fraction done.
 * The same operations and scenario give the same result, to the last bit. `time.speedup` is 1: see `Replayer` for the
 * comparison with the recorded policy.
 * @throws ScenarioError when the policy does not exist or cannot run on the trace.
 */
export function* replaySteps(operations: OperationTable, scenario: Scenario): Generator<number, ReplayResult> {
  const policy = findPolicy(scenario.policy);
  if (!policy) throw new ScenarioError([`no policy called "${scenario.policy}"`]);
  const refusal = refusalOf(operations, scenario);
  if (refusal) throw new ScenarioError([refusal]);
  const run = new Run(operations, scenario, policy);
  yield* run.steps();
  return outcomeOf(run);
}

/**
 * Replays operations under a scenario.
 * @throws ScenarioError when the policy does not exist or cannot run on the trace; ReplayCancelled when `hooks` say so.
 */
export function replay(operations: OperationTable, scenario: Scenario, hooks: ReplayHooks = {}): ReplayResult {
  return drive(replaySteps(operations, scenario), hooks);
}

/** Runs the slices of a replay to the end. */
export function drive<T>(steps: Generator<number, T>, hooks: ReplayHooks): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    hooks.progress?.(step.value);
    if (hooks.cancelled?.()) throw new ReplayCancelled();
  }
}
