import { describe, expect, it } from 'vitest';
import { findPlatform } from '../../src/platforms/registry';
import { findPolicy } from '../../src/policies/registry';
import { parseParameter } from '../../src/replay/parameters';
import { replay } from '../../src/replay/replay';
import { buildScenario, refusalOf, ScenarioError, type ScenarioOptions } from '../../src/replay/scenario-build';
import { OpFlag, OpKind } from '../../src/trace/operations';
import { makeOperations } from './make-operations';

function problems(options: Partial<ScenarioOptions>): readonly string[] {
  try {
    buildScenario({ policy: 'strict', platform: 'vtd-bare-metal', ...options });
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
  return [];
}

describe('a scenario', () => {
  it('needs only a policy and a platform; the rest has defaults', () => {
    expect(buildScenario({ policy: 'bounce-dynamic', platform: 'virtio-iommu' })).toMatchObject({
      policy: 'bounce-dynamic',
      params: { threshold: 128, version: 'v2' },
      dirtyTracking: 'none',
      loop: 'open',
      scaleCpus: 0,
    });
  });

  it('tells all that is wrong with it at once', () => {
    const found = problems({
      policy: 'stict',
      platform: 'vtd',
      dirtyTracking: 'some',
      scaleCpus: -1,
      rogueWriteAfterNs: -5,
    });
    expect(found).toHaveLength(5);
    expect(found.join('\n')).toContain('no policy called "stict"; known are strict, lazy');
    expect(found.join('\n')).toContain('no platform called "vtd"');
    expect(found.join('\n')).toContain('no dirty tracking called "some"');
  });

  it.each([
    [{ threshold: 1.5 }, 'must be a whole number'],
    [{ threshold: -1 }, 'must be at least 0 KiB'],
    [{ threshold: 'much' }, 'must be a number, not "much"'],
    [{ version: 'v3' }, 'must be one of v1, v2'],
    [{ untrusted: 1 }, 'must be true or false'],
    [{ treshold: 4 }, 'has no parameter "treshold"; it has version, threshold'],
  ])('refuses the parameter %j in words', (params, words) => {
    const found = problems({ policy: 'bounce-dynamic', params: params });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });

  it('reads parameters from text by their kind', () => {
    const { parameters } = findPolicy('bounce-dynamic')!;
    expect(parseParameter(parameters.threshold, '64')).toBe(64);
    expect(parseParameter(parameters.untrusted, 'true')).toBe(true);
    expect(parseParameter(parameters.version, 'v1')).toBe('v1');
    expect(() => parseParameter(parameters.threshold, 'lots')).toThrow('must be a number');
  });

  it('refuses a platform that prices what does not exist', () => {
    const base = findPlatform('vtd-bare-metal')!;
    const platform = { ...base, costs: { ...base.costs, PteWrites: base.costs.PteWrite } };
    expect(problems({ platform })).toEqual(['platform vtd-bare-metal prices unknown kinds of work: PteWrites']);
  });
});

describe('a policy that cannot run on a trace', () => {
  const operations = makeOperations([{ kind: OpKind.Map, time: 0, mapping: 0, flags: OpFlag.DirectionAssumed }]);
  const scenario = buildScenario({ policy: 'ro-identity', platform: 'vtd-bare-metal' });

  it('says why', () => {
    expect(refusalOf(operations, scenario)).toContain('direction');
    expect(() => replay(operations, scenario)).toThrow(ScenarioError);
  });

  it('runs where the trace has what it needs', () => {
    expect(refusalOf(makeOperations([{ kind: OpKind.Map, time: 0, mapping: 0 }]), scenario)).toBeUndefined();
  });
});
