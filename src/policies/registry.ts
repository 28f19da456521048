import { lazy } from './lazy';
import { passthrough } from './passthrough';
import type { Policy } from './policy';
import { strict } from './strict';

/** All policies, in the order in which they are offered. */
export const policies: readonly Policy[] = [strict, lazy, passthrough];

export function findPolicy(id: string): Policy | undefined {
  return policies.find(policy => policy.id === id);
}
