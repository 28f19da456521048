/** Policies of the user's own: a built-in policy with parameters under a name, from a `*.iommu-policy.json`. */
import * as v from 'valibot';
import { DIRTY_TRACKING, type ScenarioRequest } from './api';

export interface PolicyPreset {
  title: string;
  description: string;
  scenario: Omit<ScenarioRequest, 'platform'>;
}

/** As `syntaxes/schemas/iommu-policy.schema.json` says; the engine checks parameters against the policy's. */
const presetSchema = v.strictObject({
  title: v.pipe(v.string(), v.nonEmpty()),
  description: v.optional(v.string(), ''),
  policy: v.string(),
  params: v.exactOptional(v.record(v.string(), v.union([v.number(), v.boolean(), v.string()]))),
  dirtyTracking: v.exactOptional(v.picklist(DIRTY_TRACKING)),
  loop: v.exactOptional(v.picklist(['open', 'closed'])),
  scaleCpus: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  rogueWriteAfterNs: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
});

/** Reads a policy file's text. @throws Error whose message names what is wrong, field by field */
export function parsePolicyPreset(text: string): PolicyPreset {
  const parsed = v.safeParse(presetSchema, JSON.parse(text));
  if (!parsed.success) {
    const problems = parsed.issues.map(issue => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
    throw new Error(problems.join('; '));
  }
  const { title, description, ...scenario } = parsed.output;
  return { title, description, scenario };
}
