/**
 * D. Stevens, "Add dynamic iommu backed bounce buffers", 2021-07-07: fio read, queue depth 64, one job, virtio-iommu with a
 * VFIO NVMe behind it (lore.kernel.org/r/20210707075505.2896824-1-stevensd@google.com).
 */
import { describe, expect, it } from 'vitest';
import { Work } from '../../src/iommu/work';
import { findPlatform } from '../../src/platforms/registry';
import { replay } from '../../src/replay/replay';
import type { ReplayResult } from '../../src/replay/result';
import { buildScenario } from '../../src/replay/scenario-build';
import { OpKind, type OperationTable } from '../../src/trace/operations';
import { makeOperations, type MadeOperation } from '../replay/make-operations';

const PAGE = 4096;
const DEPTH = 64;
const IOS = 3000;
const PUBLISHED = [
  { kib: 4, gain: 2.8, unmapLeft: 0.03 },
  { kib: 16, gain: 4.7, unmapLeft: 0.06 },
  { kib: 64, gain: 3.6, unmapLeft: 0.1 },
  { kib: 128, gain: 3.6, unmapLeft: 0.13 },
];

/** Reads of scattered user pages, 64 in flight; between them the CPU time of an I/O outside the DMA API. */
function fioReads(pages: number): OperationTable {
  const { fixed, perPage } = findPlatform('virtio-iommu')!.ioBase!;
  const baseNs = fixed.ns + perPage.ns * pages;
  const made: MadeOperation[] = [];
  for (let io = 0; io < IOS + DEPTH; io++) {
    const time = io * baseNs;
    if (io >= DEPTH) made.push({ kind: OpKind.Unmap, time, mapping: io - DEPTH });
    const buffer = (io % (2 * DEPTH)) * pages;
    const segments = Array.from({ length: pages }, (_, i): [number, number] => [(buffer + i) * 3 * PAGE, PAGE]);
    if (io < IOS) made.push({ kind: OpKind.Map, time, mapping: io, segments });
  }
  return makeOperations(made);
}

function run(operations: OperationTable, policy: string): ReplayResult {
  return replay(operations, buildScenario({ policy, platform: 'virtio-iommu', loop: 'closed' }));
}

/** Modelled ns of all unmaps. */
function unmapNs(operations: OperationTable, result: ReplayResult): number {
  let sum = 0;
  for (let row = 0; row < operations.count; row++) {
    if (operations.kind[row] === OpKind.Unmap) sum += result.operationNs[row];
  }
  return sum;
}

describe('dynamic bounce buffers on virtio-iommu', () => {
  it.each(PUBLISHED)(
    '$kib KiB reads: throughput × $gain, time in unmap down to $unmapLeft',
    ({ kib, gain, unmapLeft }) => {
      const operations = fioReads((kib * 1024) / PAGE);
      const strict = run(operations, 'strict');
      const bounced = run(operations, 'bounce-dynamic');
      expect(strict.work[Work.ViommuMapRequest]).toBe((IOS * kib * 1024) / PAGE);
      expect(bounced.counters.bounced).toBe(IOS);
      expect(strict.time.makespanNs / bounced.time.makespanNs / gain).toBeCloseTo(1, 1);
      expect(unmapNs(operations, bounced) / unmapNs(operations, strict)).toBeCloseTo(unmapLeft, 2);
    },
  );

  it('take more than 99 % off the time in map once the pool has grown', () => {
    const operations = fioReads(1);
    const [strict, bounced] = ['strict', 'bounce-dynamic'].map(policy => run(operations, policy));
    const steady = (result: ReplayResult) =>
      result.operationNs.reduce(
        (sum, ns, row) => (operations.kind[row] === OpKind.Map && row > IOS ? sum + ns : sum),
        0,
      );
    expect(steady(bounced)).toBeLessThan(0.01 * steady(strict));
  });
});
