import fc from 'fast-check';
import type { DmaOperation } from '../../src/policies/policy';

const PAGE = 4096;

export interface Segment {
  phys: number;
  size: number;
}

/** One step of a made-up workload. */
export type Step =
  | { kind: 'map'; direction: number; segments: Segment[]; cpu: number; coherent: boolean; skipCpuSync: boolean }
  | { kind: 'unmap' | 'sync-cpu' | 'sync-device'; which: number; cpu: number }
  | { kind: 'wait'; ns: number };

/** An operation as policies see it, from plain values. */
export class PlainOperation implements DmaOperation {
  readonly device = 0;
  readonly mmio = false;
  readonly pages: number;
  readonly size: number;
  readonly pageOffset: number;
  readonly scatterGather: boolean;
  readonly nents: number;
  readonly segmentCount: number;

  constructor(
    readonly mapping: number,
    readonly cpu: number,
    readonly direction: number,
    readonly segments: readonly Segment[],
    readonly coherent: boolean,
    readonly skipCpuSync: boolean,
  ) {
    this.pages = segments.reduce((sum, segment) => sum + pagesOf(segment), 0);
    this.size = segments.reduce((sum, { size }) => sum + size, 0);
    this.pageOffset = segments[0].phys % PAGE;
    this.scatterGather = segments.length > 1;
    this.nents = segments.length;
    this.segmentCount = segments.length;
  }

  segmentPhys(i: number): number {
    return this.segments[i].phys;
  }

  segmentSize(i: number): number {
    return this.segments[i].size;
  }
}

export function pagesOf({ phys, size }: Segment): number {
  return Math.ceil(((phys % PAGE) + size) / PAGE);
}

/** Memory that workloads use: small, so that pages are shared and come again. */
export const RAM_PAGES = 8192;

const segment = fc
  .record({
    page: fc.integer({ min: 1, max: RAM_PAGES - 2048 }),
    offset: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 4095 }) },
    ),
    size: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 * PAGE }) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map(pages => pages * PAGE) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 1200 * PAGE }) },
    ),
    large: fc.boolean(),
  })
  .map(({ page, offset, size, large }): Segment => ({
    // Some buffers begin at a 2 MiB boundary, where a large leaf can be.
    phys: (large && size > 512 * PAGE ? Math.floor(page / 512) * 512 : page) * PAGE + offset,
    size,
  }));

/** Workloads of maps, unmaps, syncs and pauses on a few CPUs. */
export function workloads(cpus: number): fc.Arbitrary<Step[]> {
  const cpu = fc.integer({ min: 0, max: cpus - 1 });
  const map = fc.record({
    kind: fc.constant('map' as const),
    direction: fc.integer({ min: 0, max: 2 }),
    segments: fc.array(segment, { minLength: 1, maxLength: 4 }),
    cpu,
    coherent: fc.integer({ min: 0, max: 7 }).map(value => value === 0),
    skipCpuSync: fc.boolean(),
  });
  const end = fc.record({
    kind: fc.constantFrom(
      'unmap' as const,
      'unmap' as const,
      'unmap' as const,
      'sync-cpu' as const,
      'sync-device' as const,
    ),
    which: fc.nat(1000),
    cpu,
  });
  const wait = fc.record({ kind: fc.constant('wait' as const), ns: fc.integer({ min: 1, max: 30_000_000 }) });
  return fc.array(
    fc.oneof({ weight: 5, arbitrary: map }, { weight: 6, arbitrary: end }, { weight: 1, arbitrary: wait }),
    { maxLength: 120 },
  );
}
