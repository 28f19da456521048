import { bounceDynamic } from './bounce-dynamic';
import { lazy } from './lazy';
import { noIommu } from './no-iommu';
import { passthrough } from './passthrough';
import type { Policy } from './policy';
import { reuse } from './reuse';
import { roIdentity } from './ro-identity';
import { strict } from './strict';
import { swiotlb } from './swiotlb';
import { untrusted } from './untrusted';

/** All policies, in the order in which they are offered. */
export const policies: readonly Policy[] = [
  strict,
  lazy,
  passthrough,
  roIdentity,
  reuse,
  swiotlb,
  bounceDynamic,
  untrusted,
  noIommu,
];

export function findPolicy(id: string): Policy | undefined {
  return policies.find(policy => policy.id === id);
}
