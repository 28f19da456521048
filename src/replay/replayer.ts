import { findPolicy } from '../policies/registry';
import type { OperationTable, RecordedPolicyId } from '../trace/operations';
import { completeParameters } from './parameters';
import { drive, replaySteps, type ReplayHooks } from './replay';
import type { Finding, ReplayResult } from './result';
import type { Scenario } from './scenario';
import { refusalOf } from './scenario-build';

/** What speedups are relative to. */
interface Baseline {
  policy: string;
  makespanNs: number;
  finding?: Finding;
}

/**
 * Replays one trace under many scenarios and relates each to the policy that the trace was recorded under, replayed on
 * the same platform. That replay runs once per platform, loop and number of CPUs.
 */
export class Replayer {
  private readonly baselines: { scenario: Scenario; baseline: Baseline }[] = [];

  constructor(
    readonly operations: OperationTable,
    private readonly recordedPolicy: RecordedPolicyId,
  ) {}

  /** @throws as `replay`. */
  replay(scenario: Scenario, hooks: ReplayHooks = {}): ReplayResult {
    return drive(this.steps(scenario), hooks);
  }

  /** As `replay`, in slices: yields the fraction done. */
  *steps(scenario: Scenario): Generator<number, ReplayResult> {
    const known = this.baselines.find(entry => comparable(entry.scenario, scenario))?.baseline;
    const base = this.baselineScenario(scenario);
    const parts = known || isSame(base, scenario) ? 1 : 2;
    const result = yield* scaled(replaySteps(this.operations, scenario), 0, 1 / parts);
    const baseline = known ?? this.remember(base, parts === 1 ? result : yield* this.replayBase(base));
    result.time.speedup = result.time.makespanNs > 0 ? baseline.makespanNs / result.time.makespanNs : 1;
    if (baseline.finding) result.findings.push(baseline.finding);
    return result;
  }

  /** What a scenario is compared with: the recorded policy, or strict where that cannot be replayed, as it comes. */
  private baselineScenario({ platform, loop, scaleCpus }: Scenario): Scenario {
    for (const id of [this.recordedPolicy, 'strict']) {
      const policy = findPolicy(id);
      if (!policy) continue;
      const { params } = completeParameters(policy, {});
      const base: Scenario = { policy: id, params, platform, dirtyTracking: 'none', loop, scaleCpus };
      if (refusalOf(this.operations, base) === undefined) return base;
    }
    throw new Error('strict runs on every trace');
  }

  private *replayBase(base: Scenario): Generator<number, ReplayResult> {
    return yield* scaled(replaySteps(this.operations, base), 0.5, 0.5);
  }

  private remember(scenario: Scenario, { time }: ReplayResult): Baseline {
    const baseline: Baseline = {
      policy: scenario.policy,
      makespanNs: time.makespanNs,
      ...this.explain(scenario.policy),
    };
    this.baselines.push({ scenario, baseline });
    return baseline;
  }

  /** Says so when speedups are not relative to what was recorded. */
  private explain(used: string): { finding?: Finding } {
    if (used === this.recordedPolicy) return {};
    const why =
      this.recordedPolicy === 'unknown'
        ? 'The trace does not show which policy it was recorded under'
        : `The policy that the trace was recorded under (${this.recordedPolicy}) cannot be replayed on it`;
    return { finding: { severity: 'info', text: `${why}: speedups are relative to ${used}.`, operation: -1 } };
  }
}

function comparable(a: Scenario, b: Scenario): boolean {
  return a.platform === b.platform && a.loop === b.loop && a.scaleCpus === b.scaleCpus;
}

/** The scenario is its own baseline: nothing of it differs. */
function isSame(base: Scenario, scenario: Scenario): boolean {
  const differs = (Object.keys(scenario) as (keyof Scenario)[]).some(
    name => name !== 'params' && scenario[name] !== undefined && scenario[name] !== base[name],
  );
  return !differs && Object.entries(scenario.params).every(([name, value]) => value === base.params[name]);
}

function* scaled<T>(steps: Generator<number, T>, from: number, share: number): Generator<number, T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield from + step.value * share;
  }
}
