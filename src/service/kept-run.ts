/** A finished replay that the engine keeps, so that it can be asked for by range. */
import type { CostColumn } from '../analysis/explain';
import { rankByCost, type Ranking } from '../analysis/rank';
import type { RunSummary } from '../analysis/run';
import { findPolicy } from '../policies/registry';
import type { ReplayResult } from '../replay/result';
import type { Scenario } from '../replay/scenario';
import type { OpenTrace } from './open-trace';

export class KeptRun {
  readonly summary: RunSummary;
  private order: Ranking | undefined;

  constructor(
    runId: string,
    readonly open: OpenTrace,
    readonly result: ReplayResult,
  ) {
    const { scenario } = result;
    this.summary = {
      runId,
      traceId: open.summary.traceId,
      fingerprint: open.summary.fingerprint,
      name: scenarioName(scenario),
      policy: scenario.policy,
      policyTitle: findPolicy(scenario.policy)?.title ?? scenario.policy,
      params: scenario.params,
      platform: scenario.platform.id,
      platformTitle: scenario.platform.title,
      dirtyTracking: scenario.dirtyTracking,
      loop: scenario.loop,
      operations: result.operations,
      counters: result.counters,
      time: result.time,
      exposure: result.exposure,
      memory: result.memory,
      dirty: result.dirty,
      device: result.device,
      series: result.series,
      findings: result.findings,
      unpriced: result.unpriced,
    };
  }

  get operationNs(): Float32Array {
    return this.result.operationNs;
  }

  /** Made when first asked for: a comparison alone needs none. */
  get ranking(): Ranking {
    return (this.order ??= rankByCost(this.operationNs));
  }
}

/** Policy with the parameters that differ from their defaults, platform, and every choice that is not the usual one. */
export function scenarioName(scenario: Scenario): string {
  const policy = findPolicy(scenario.policy);
  const changed = Object.entries(scenario.params)
    .filter(([name, value]) => value !== policy?.parameters[name]?.default)
    .map(([name, value]) => `${name}=${value}`);
  const parts = [
    (policy?.title ?? scenario.policy) + (changed.length === 0 ? '' : ` (${changed.join(', ')})`),
    scenario.platform.title,
    ...(scenario.dirtyTracking === 'none' ? [] : [`dirty: ${scenario.dirtyTracking}`]),
    ...(scenario.loop === 'open' ? [] : ['closed loop']),
    ...(scenario.scaleCpus === 0 ? [] : [`${scenario.scaleCpus} CPUs`]),
    ...Object.entries(scenario.machine ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(scenario.switches ?? []).map(({ atNs, to, domain }) => `${domain ?? to} at ${atNs / 1e6} ms`),
    ...(scenario.rogueWriteAfterNs === undefined ? [] : [`rogue writes after ${scenario.rogueWriteAfterNs} ns`]),
  ];
  return parts.join(' · ');
}

/** The run's costs under its name, for views that show several runs. */
export function costColumn(run: KeptRun): CostColumn {
  return { runId: run.summary.runId, name: run.summary.name, operationNs: run.operationNs };
}
