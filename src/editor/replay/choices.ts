/** The entries of the quick picks: policies with what they do and expose, platforms with what they model. */
import type { PlatformInfo, PolicyInfo, ScenarioRequest } from '../../service/api';
import { policyStyle } from '../panel/policy-style';

/** What was chosen last, to offer it first. */
export interface LastChoice {
  policies: string[];
  platform: string;
}

/** Before anything was chosen: the two that kernels default to, on the platform with the most published numbers. */
export const FIRST_CHOICE: LastChoice = { policies: ['strict', 'lazy'], platform: 'vtd-bare-metal' };

export interface PolicyChoice {
  label: string;
  description: string;
  detail: string;
  picked: boolean;
  /** Without its platform, which is asked for next. */
  scenario: Omit<ScenarioRequest, 'platform'>;
}

export interface PlatformChoice {
  label: string;
  description: string;
  detail: string;
  platform: string;
}

/**
 * One entry for each policy, in the engine's order.
 *
 * @param recorded id of the policy that the trace was recorded under, which is marked
 * @param words translated: what marks the recorded policy, and a bound
 */
export function policyChoices(
  policies: readonly PolicyInfo[],
  last: LastChoice,
  recorded: string | undefined,
  words: { recorded: string; bound: string },
): PolicyChoice[] {
  return policies.map(policy => ({
    label: `${policyStyle(policy.id).symbol} ${policy.title}`,
    description: [
      policy.id,
      ...(policy.id === recorded ? [words.recorded] : []),
      ...(policy.bound ? [words.bound] : []),
    ].join(' · '),
    detail: policy.description,
    picked: last.policies.includes(policy.id),
    scenario: { policy: policy.id },
  }));
}

/** One entry for each platform, the last choice first. */
export function platformChoices(platforms: readonly PlatformInfo[], last: LastChoice): PlatformChoice[] {
  const choices = platforms.map(({ id, title, description }) => ({
    label: title,
    description: id,
    detail: description,
    platform: id,
  }));
  return choices.sort((a, b) => Number(b.platform === last.platform) - Number(a.platform === last.platform));
}
