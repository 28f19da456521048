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
    const parts = known ? 1 : 2;
    const result = yield* scaled(replaySteps(this.operations, scenario), 0, 1 / parts);
    const baseline = known ?? (yield* scaled(this.measureBaseline(scenario), 1 / parts, 1 / parts));
    result.time.speedup = result.time.makespanNs > 0 ? baseline.makespanNs / result.time.makespanNs : 1;
    if (baseline.finding) result.findings.push(baseline.finding);
    return result;
  }

  private *measureBaseline(scenario: Scenario): Generator<number, Baseline> {
    const { platform, loop, scaleCpus } = scenario;
    const candidates = [...new Set([this.recordedPolicy, 'strict'])].map((policy): Scenario => ({
      policy,
      params: {},
      platform,
      dirtyTracking: 'none',
      loop,
      scaleCpus,
    }));
    for (const candidate of candidates) {
      const policy = findPolicy(candidate.policy);
      const usable = policy && refusalOf(this.operations, candidate) === undefined;
      if (!usable) continue;
      const base: Scenario = { ...candidate, params: completeParameters(policy, {}).params };
      const result = yield* replaySteps(this.operations, base);
      const baseline: Baseline = {
        policy: base.policy,
        makespanNs: result.time.makespanNs,
        ...this.explain(base.policy),
      };
      this.baselines.push({ scenario: base, baseline });
      return baseline;
    }
    throw new Error('strict runs on every trace');
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

function* scaled<T>(steps: Generator<number, T>, from: number, share: number): Generator<number, T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield from + step.value * share;
  }
}
