import { bounceDynamic } from './bounce-dynamic';
import { lazy } from './lazy';
import { noIommu } from './no-iommu';
import { pasidBypass } from './pasid-bypass';
import { pasidIova } from './pasid-iova';
import { pasidKvaFast } from './pasid-kva-fast';
import { pasidKvaStrict } from './pasid-kva-strict';
import { passthrough } from './passthrough';
import { perfectReuse } from './perfect-reuse';
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
  bounceDynamic,
  swiotlb,
  untrusted,
  pasidBypass,
  pasidIova,
  pasidKvaFast,
  pasidKvaStrict,
  noIommu,
  perfectReuse,
];

export function findPolicy(id: string): Policy | undefined {
  return policies.find(policy => policy.id === id);
}
