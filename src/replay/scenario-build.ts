import { checkPlatform, PlatformError } from '../platforms/load';
import type { PlatformProfile } from '../platforms/profile';
import { resolvePlatform } from '../platforms/registry';
import type { Parameters, TraceTraits } from '../policies/policy';
import { findPolicy, policies } from '../policies/registry';
import { OpFlag, type OperationTable } from '../trace/operations';
import { completeParameters } from './parameters';
import { pricesOf } from './pricing';
import { domainCalled } from './view-switches';
import { DIRTY_TRACKING, type Loop, type MachineChanges, type Scenario, type ViewChange } from './scenario';

/** A scenario as people ask for it: ids, and only what differs from the defaults. */
export interface ScenarioOptions {
  policy: string;
  params?: Parameters;
  /** Id, JSON text of a user's platform, or a profile. */
  platform: string | PlatformProfile;
  dirtyTracking?: string;
  loop?: Loop;
  scaleCpus?: number;
  rogueWriteAfterNs?: number;
  switches?: readonly ViewChange[];
  /** Facts of the platform's machine to be changed, e.g. `lockedMemoryLimit`. */
  machine?: MachineChanges;
}

/** A scenario that makes no sense, one line for each thing wrong with it. */
export class ScenarioError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ScenarioError';
  }
}

/** The most CPUs that a trace can be scaled to. */
export const MAX_CPUS = 1024;

/**
 * A complete scenario.
 * @throws ScenarioError when an id is unknown, a parameter is out of range or the platform is not valid.
 */
export function buildScenario(options: ScenarioOptions): Scenario {
  const problems: string[] = [];
  const platform = platformOf(options.platform, options.machine ?? {}, problems);
  const policy = findPolicy(options.policy);
  if (!policy) {
    const ids = policies.map(known => known.id).join(', ');
    problems.push(`no policy called "${options.policy}"; known are ${ids}`);
  }
  const completed = policy ? completeParameters(policy, options.params ?? {}) : { params: {}, problems: [] };
  problems.push(...completed.problems);
  const dirtyTracking = DIRTY_TRACKING.find(mode => mode === (options.dirtyTracking ?? 'none'));
  if (!dirtyTracking) {
    problems.push(`no dirty tracking called "${options.dirtyTracking}"; known are ${DIRTY_TRACKING.join(', ')}`);
  }
  const scaleCpus = options.scaleCpus ?? 0;
  if (!Number.isInteger(scaleCpus) || scaleCpus < 0 || scaleCpus > MAX_CPUS) {
    problems.push(`CPUs must be a whole number up to ${MAX_CPUS}, or 0 for those of the trace; not ${scaleCpus}`);
  }
  const rogue = options.rogueWriteAfterNs;
  if (rogue !== undefined && !(rogue >= 0 && Number.isFinite(rogue))) {
    problems.push(`the delay of rogue writes must be 0 or more ns, not ${rogue}`);
  }
  const switches = [...(options.switches ?? [])].sort((a, b) => a.atNs - b.atNs);
  if (switches.some(({ atNs }) => !(atNs >= 0 && Number.isFinite(atNs)))) {
    problems.push('a switch must be at a time of 0 or more ns');
  }
  if (problems.length > 0 || !platform || !dirtyTracking) throw new ScenarioError(problems);
  return {
    policy: options.policy,
    params: completed.params,
    platform,
    dirtyTracking,
    loop: options.loop ?? 'open',
    scaleCpus,
    ...(rogue === undefined ? {} : { rogueWriteAfterNs: rogue }),
    ...(switches.length === 0 ? {} : { switches }),
    ...(options.machine === undefined ? {} : { machine: options.machine }),
  };
}

/** What a trace offers to policies that need more than addresses. */
export function traitsOf(operations: OperationTable): TraceTraits {
  let directionKnown = true;
  for (let row = 0; row < operations.count && directionKnown; row++) {
    if (operations.flags[row] & OpFlag.DirectionAssumed) directionKnown = false;
  }
  return {
    directionKnown,
    untrustedDevices: operations.devices.filter(device => device.untrusted).map(device => device.name),
  };
}

/** Why the scenario cannot be replayed on the trace; undefined when it can. */
export function refusalOf(operations: OperationTable, scenario: Scenario): string | undefined {
  for (const { to, domain = '' } of scenario.switches ?? []) {
    if (to !== 'attach' || domainCalled(domain, operations) >= 0) continue;
    const known = operations.domains.map(({ name }) => name).join(', ');
    return `the trace has no domain or device called "${domain}" to attach to; it has ${known}`;
  }
  return findPolicy(scenario.policy)?.refuses?.(traitsOf(operations));
}

function platformOf(
  given: string | PlatformProfile,
  machine: MachineChanges,
  problems: string[],
): PlatformProfile | undefined {
  try {
    const known = typeof given === 'string' ? resolvePlatform(given) : given;
    const changed = Object.keys(machine).length > 0;
    const platform = changed ? checkPlatform({ ...known, machine: { ...known.machine, ...machine } }) : known;
    pricesOf(platform);
    return platform;
  } catch (error) {
    if (error instanceof PlatformError) problems.push(...error.problems.map(problem => `platform: ${problem}`));
    else if (error instanceof RangeError) problems.push(error.message);
    else throw error;
    return undefined;
  }
}
