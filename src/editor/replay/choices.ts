/** The entries of the quick picks: policies with what they do and expose, platforms with what they model. */
import { DEFAULT_PLATFORM, type PlatformInfo, type PolicyInfo, type ScenarioRequest } from '../../service/api';
import type { PolicyPreset } from '../../service/policy-preset';
import { policyStyle } from '../panel/policy-style';

/** What was chosen last, to offer it first: keys of the entries. */
export interface LastChoice {
  policies: string[];
  platform: string;
}

/** A user's policy with parameters, from a `*.iommu-policy.json` of the workspace. */
export interface PolicyFile extends PolicyPreset {
  uri: string;
}

/** A user's platform, from a `*.iommu-platform.json` of the workspace. */
export interface PlatformFile {
  uri: string;
  title: string;
  description: string;
  /** JSON text, as the engine takes it. */
  text: string;
}

/** Before anything was chosen: the two that kernels default to, on the platform with the most published numbers. */
export const FIRST_CHOICE: LastChoice = { policies: ['strict', 'lazy'], platform: DEFAULT_PLATFORM };

export interface PolicyChoice {
  label: string;
  description: string;
  detail: string;
  picked: boolean;
  /** What the choice is remembered by. */
  key: string;
  /** Without its platform, which is asked for next. */
  scenario: Omit<ScenarioRequest, 'platform'>;
}

export interface PlatformChoice {
  label: string;
  description: string;
  detail: string;
  key: string;
  /** Platform id, or the text of the user's file. */
  platform: string;
}

/**
 * One entry for each policy, in the engine's order, then the user's presets.
 *
 * @param recorded id of the policy that the trace was recorded under, which is marked
 * @param words translated: what marks the recorded policy, and a bound
 */
export function policyChoices(
  policies: readonly PolicyInfo[],
  presets: readonly PolicyFile[],
  last: LastChoice,
  recorded: string | undefined,
  words: { recorded: string; bound: string },
): PolicyChoice[] {
  const builtIn = policies.map(policy => ({
    label: `${policyStyle(policy.id).symbol} ${policy.title}`,
    description: [
      policy.id,
      ...(policy.id === recorded ? [words.recorded] : []),
      ...(policy.bound ? [words.bound] : []),
    ].join(' · '),
    detail: policy.description,
    picked: last.policies.includes(policy.id),
    key: policy.id,
    scenario: { policy: policy.id },
  }));
  const own = presets.map(({ uri, title, description, scenario }) => ({
    label: `${policyStyle(scenario.policy).symbol} ${title}`,
    description: fileName(uri),
    detail: description,
    picked: last.policies.includes(uri),
    key: uri,
    scenario,
  }));
  return [...builtIn, ...own];
}

/** One entry for each platform, built in or the user's, the last choice first. */
export function platformChoices(
  platforms: readonly PlatformInfo[],
  files: readonly PlatformFile[],
  last: LastChoice,
): PlatformChoice[] {
  const builtIn = platforms.map(({ id, title, description }) => ({
    label: title,
    description: id,
    detail: description,
    key: id,
    platform: id,
  }));
  const own = files.map(({ uri, title, description, text }) => ({
    label: title,
    description: fileName(uri),
    detail: description,
    key: uri,
    platform: text,
  }));
  return [...builtIn, ...own].sort((a, b) => Number(b.key === last.platform) - Number(a.key === last.platform));
}

function fileName(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}
