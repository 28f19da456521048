/** Figures that published tables have, out of a replay. */
import { Work } from '../../src/iommu/work';
import { findPlatform } from '../../src/platforms/registry';
import type { Cost, PlatformProfile } from '../../src/platforms/profile';
import { replay } from '../../src/replay/replay';
import type { ReplayResult } from '../../src/replay/result';
import { buildScenario } from '../../src/replay/scenario-build';
import type { OpKind, OperationTable } from '../../src/trace/operations';
import type { Parameters } from '../../src/policies/policy';

/** A replay that keeps the think time and replaces what the calls cost. */
export function closedLoop(
  operations: OperationTable,
  policy: string,
  platform: string | PlatformProfile,
  params: Parameters = {},
): ReplayResult {
  return replay(operations, buildScenario({ policy, platform, params, loop: 'closed' }));
}

/** Modelled ns of all calls of a kind. */
export function totalNs(operations: OperationTable, result: ReplayResult, kind: OpKind): number {
  let sum = 0;
  for (let row = 0; row < operations.count; row++) if (operations.kind[row] === kind) sum += result.operationNs[row];
  return sum;
}

/** Modelled ns per call of a kind in the second half of the table, where caches are warm and pools have grown. */
export function steadyNs(operations: OperationTable, result: ReplayResult, kind: OpKind): number {
  let sum = 0;
  let calls = 0;
  for (let row = operations.count >> 1; row < operations.count; row++) {
    if (operations.kind[row] !== kind) continue;
    sum += result.operationNs[row];
    calls += 1;
  }
  return sum / calls;
}

/** Share by which a prediction is off. */
export function errorOf(predicted: number, published: number): number {
  return predicted / published - 1;
}

export function shipped(id: string): PlatformProfile {
  const platform = findPlatform(id);
  if (!platform) throw new Error(`no platform ${id}`);
  return platform;
}

export function priceOf(platform: PlatformProfile, work: Work): Cost {
  return platform.costs[Work[work]];
}
