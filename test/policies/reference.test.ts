import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReferenceKernelAddresses, ReferencePerfectReuse } from '../reference/reference-shared';
import { bounceDynamic } from '../../src/policies/bounce-dynamic';
import { lazy } from '../../src/policies/lazy';
import { noIommu } from '../../src/policies/no-iommu';
import { passthrough } from '../../src/policies/passthrough';
import { pasidBypass } from '../../src/policies/pasid-bypass';
import { pasidIova } from '../../src/policies/pasid-iova';
import { pasidKvaFast } from '../../src/policies/pasid-kva-fast';
import { pasidKvaStrict } from '../../src/policies/pasid-kva-strict';
import { perfectReuse } from '../../src/policies/perfect-reuse';
import { policies } from '../../src/policies/registry';
import { reuse } from '../../src/policies/reuse';
import { roIdentity } from '../../src/policies/ro-identity';
import { strict } from '../../src/policies/strict';
import { swiotlb } from '../../src/policies/swiotlb';
import { untrusted } from '../../src/policies/untrusted';
import type { Parameters, Policy } from '../../src/policies/policy';
import { RAM_PAGES, workloads } from '../reference/operations';
import {
  ReferenceDynamic,
  ReferencePassthrough,
  ReferenceRoIdentity,
  ReferenceStaticBouncing,
  ReferenceUntrusted,
} from '../reference/reference-policies';
import { ReferenceDynamicBouncing, ReferenceReuse } from '../reference/reference-pools';
import { CPUS, fastView, pair, type Pair, type PairOptions, referenceView, run } from '../reference/simulation';

interface Case {
  name: string;
  policy: Policy;
  parameters?: Parameters;
  options?: PairOptions;
  reference: (parts: Pick<Pair, 'domain' | 'counts' | 'pool'>) => Pair['reference'];
}

const V2 = { classes: [1, 2, 4, 8, 16, 32, 64, 128], scattered: true, keepsOffset: false, evictionNs: 20e6 };

const cases: Case[] = [
  { name: 'strict', policy: strict, reference: ({ domain }) => new ReferenceDynamic(domain, false) },
  {
    name: 'strict with two ATS devices and a bounded depot',
    policy: strict,
    options: { atsDevices: 2, traits: { iovaDepotLimit: 1 } },
    reference: ({ domain }) => new ReferenceDynamic(domain, false),
  },
  { name: 'lazy', policy: lazy, reference: ({ domain }) => new ReferenceDynamic(domain, true) },
  {
    name: 'lazy with one short queue and a short timeout',
    policy: lazy,
    parameters: { slots: 8, timeoutMs: 3, queue: 'single' },
    reference({ domain }) {
      domain.flushQueue = { entries: 7, timeout: 3e6, shared: true };
      return new ReferenceDynamic(domain, true);
    },
  },
  { name: 'passthrough', policy: passthrough, reference: ({ domain }) => new ReferencePassthrough(domain) },
  {
    name: 'ro-identity, strict for what is writable',
    policy: roIdentity,
    options: { start: RAM_PAGES },
    reference: ({ domain }) => new ReferenceRoIdentity(domain, new ReferenceDynamic(domain, false), 512),
  },
  {
    name: 'ro-identity, lazy, in two domains',
    policy: roIdentity,
    parameters: { dynamic: 'lazy', domains: 'two' },
    reference: ({ domain }) => new ReferenceRoIdentity(domain, new ReferenceDynamic(domain, true)),
  },
  {
    name: 'swiotlb',
    policy: swiotlb,
    parameters: { poolMiB: 2 },
    reference: ({ domain, pool, counts }) => new ReferenceStaticBouncing(domain, pool, counts),
  },
  {
    name: 'swiotlb, mapped once',
    policy: swiotlb,
    parameters: { poolMiB: 2, premapped: true },
    reference: ({ domain, pool, counts }) => new ReferenceStaticBouncing(domain, pool, counts, 2 ** 21),
  },
  {
    name: 'ro-identity with reuse',
    policy: roIdentity,
    parameters: { reuse: true, domains: 'two' },
    reference: ({ domain }) => new ReferenceRoIdentity(domain, new ReferenceReuse(domain, Infinity, true)),
  },
  {
    name: 'untrusted',
    policy: untrusted,
    reference: ({ domain, pool, counts }) => new ReferenceUntrusted(domain, pool, counts),
  },
  {
    name: 'reuse of receive buffers',
    policy: reuse,
    reference: ({ domain }) => new ReferenceReuse(domain, Infinity, false),
  },
  {
    name: 'reuse of all buffers with a limit',
    policy: reuse,
    parameters: { limit: 8, directions: 'all' },
    reference: ({ domain }) => new ReferenceReuse(domain, 8, true),
  },
  {
    name: 'bounce-dynamic v2',
    policy: bounceDynamic,
    parameters: { slots: 3, eviction: 20 },
    reference: ({ domain, counts }) =>
      new ReferenceDynamicBouncing(domain, counts, {
        ...V2,
        slots: 3,
        threshold: 128 * 1024,
      }),
  },
  {
    name: 'bounce-dynamic v1',
    policy: bounceDynamic,
    parameters: { version: 'v1', threshold: 16, slots: 100, eviction: 20 },
    reference: ({ domain, counts }) =>
      new ReferenceDynamicBouncing(domain, counts, {
        classes: [1, 4, 32],
        slots: 100,
        scattered: false,
        keepsOffset: true,
        threshold: 16 * 1024,
        evictionNs: 20e6,
      }),
  },
  {
    name: 'bounce-dynamic with one list for all permissions, lazy beyond the threshold',
    policy: bounceDynamic,
    parameters: { slots: 3, eviction: 20, threshold: 8, permissionLists: false, fallback: 'lazy' },
    reference: ({ domain, counts }) =>
      new ReferenceDynamicBouncing(domain, counts, {
        ...V2,
        slots: 3,
        threshold: 8 * 1024,
        oneList: true,
        lazyRest: true,
      }),
  },
  {
    name: 'bounce-dynamic for untrusted devices',
    policy: bounceDynamic,
    parameters: { slots: 2, eviction: 20, threshold: 0, untrusted: true },
    reference: ({ domain, counts }) =>
      new ReferenceDynamicBouncing(domain, counts, { ...V2, slots: 2, threshold: 0, untrusted: true }),
  },
  {
    name: 'pasid-iova',
    policy: pasidIova,
    reference: ({ domain }) => {
      domain.pasids = 1;
      return new ReferenceDynamic(domain, false);
    },
  },
  { name: 'pasid-bypass', policy: pasidBypass, reference: ({ domain }) => new ReferencePassthrough(domain) },
  { name: 'pasid-kva-fast', policy: pasidKvaFast, reference: ({ domain }) => new ReferencePassthrough(domain) },
  { name: 'pasid-kva-strict', policy: pasidKvaStrict, reference: ({ domain }) => new ReferenceKernelAddresses(domain) },
  { name: 'no-iommu', policy: noIommu, reference: ({ domain }) => new ReferencePassthrough(domain) },
  { name: 'perfect-reuse', policy: perfectReuse, reference: ({ domain }) => new ReferencePerfectReuse(domain) },
];

it('there is a naive simulator for every policy', () => {
  expect(new Set(cases.map(({ policy }) => policy.id))).toEqual(new Set(policies.map(({ id }) => id)));
});

describe('every policy does the same work as a naive simulator that recomputes everything', () => {
  it.each(cases)('$name', ({ policy, parameters, options, reference }) => {
    fc.assert(
      fc.property(workloads(CPUS), steps => {
        const sides = pair(policy, parameters ?? {}, reference, options);
        run(sides, steps, () => {
          expect(fastView(sides)).toEqual(referenceView(sides));
        });
        expect(sides.machine.check()).toEqual([]);
        expect(sides.instance.check?.() ?? []).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
