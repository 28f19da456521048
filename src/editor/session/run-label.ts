/** How runs are named: always with the policy's symbol. */
import { policyStyle } from '../panel/policy-style';
import type { Run } from './run-set';

/** Symbol and full name: policy, what differs from its defaults, platform; or the user's name for it. */
export function runLabel(run: Run): string {
  return `${runSymbol(run)} ${run.name}`;
}

/** The policy's symbol alone. */
export function runSymbol({ summary }: Run): string {
  return policyStyle(summary.policy).symbol;
}

/** The same with the short name. */
export function shortLabel(run: Run, all: readonly Run[]): string {
  return `${runSymbol(run)} ${shortName(run, all)}`;
}

/**
 * A run's name without the platform, where all runs share it and it tells nothing.
 *
 * @param all the runs among which this one is to be recognised
 */
export function shortName({ summary, name }: Run, all: readonly Run[]): string {
  const ending = ` · ${summary.platformTitle}`;
  const shared = all.every(other => other.summary.platform === summary.platform);
  return shared && name.endsWith(ending) ? name.slice(0, -ending.length) : name;
}
