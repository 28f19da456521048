import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { Work } from '../../src/iommu/work';
import { policies } from '../../src/policies/registry';

const root = path.resolve(import.meta.dirname, '../..');
const read = (name: string): object => JSON.parse(readFileSync(path.join(root, name), 'utf8')) as object;
const ajv = new Ajv({ strict: false });

describe('the schema of platform files', () => {
  const schema = read('syntaxes/schemas/iommu-platform.schema.json') as {
    properties: { costs: { properties: object } };
  };
  const validate = ajv.compile(schema);
  const platforms = readdirSync(path.join(root, 'src/platforms')).filter(name => name.endsWith('.json'));

  it.each(platforms)('accepts the built-in %s', name => {
    validate(read(`src/platforms/${name}`));
    expect(validate.errors).toBeNull();
  });

  it('names exactly the kinds of work that have a price', () => {
    const names = Object.keys(Work).filter(name => Number.isNaN(Number(name)));
    expect(Object.keys(schema.properties.costs.properties)).toEqual(names);
  });

  it('rejects a price without a source', () => {
    const platform = read('src/platforms/vtd-bare-metal.json') as { costs: Record<string, { source?: string }> };
    delete platform.costs.PteWrite.source;
    expect(validate(platform)).toBe(false);
  });
});

describe('the schema of policy presets', () => {
  const validate = ajv.compile(read('syntaxes/schemas/iommu-policy.schema.json'));

  // A bound is no choice of anyone's: presets are made of policies that can be deployed.
  it.each(policies.filter(policy => !policy.bound).map(({ id }) => id))('knows the policy %s', policy => {
    expect(validate({ title: 'mine', policy, params: { size: 4 }, dirtyTracking: 'none' })).toBe(true);
  });

  it('rejects a policy that does not exist', () => {
    expect(validate({ title: 'mine', policy: 'stricter' })).toBe(false);
  });
});
