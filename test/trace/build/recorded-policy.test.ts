import { describe, expect, it } from 'vitest';
import { build } from '../../support/describe-operations';
import {
  bounced,
  dmaMap,
  dmaUnmap,
  flushDomain,
  flushPages,
  iommuMap,
  iommuUnmap,
  on,
  type MadeEvent,
} from '../../support/make-events';

const TOP = 0xfffff000;

/** Map, then unmap, `count` times, of the IOVA that `page` names. */
function rounds(count: number, page: (round: number) => number, after: (iova: number) => MadeEvent[]): MadeEvent[] {
  return Array.from({ length: count }, (_, round) => {
    const iova = TOP - page(round) * 4096;
    return [iommuMap(iova, 0x8000), dmaMap(iova, 0x8000), iommuUnmap(iova), ...after(iova), dmaUnmap(iova)];
  }).flat();
}

describe('the policy a trace was recorded under', () => {
  it('strict: a page-selective invalidation after each unmap', () => {
    const { recordedPolicy } = build([
      rounds(
        40,
        () => 0,
        iova => [flushPages(iova, 4)],
      ),
    ]);
    expect(recordedPolicy).toEqual({
      id: 'strict',
      evidence: 'A page-selective invalidation follows 40 of 40 unmaps.',
    });
  });

  it('strict without page-selective invalidations: a whole-domain one right after each unmap', () => {
    const { recordedPolicy } = build([
      rounds(
        40,
        () => 0,
        () => [flushDomain(4)],
      ),
    ]);
    expect(recordedPolicy.id).toBe('strict');
  });

  it('lazy: whole-domain invalidations now and then', () => {
    const { recordedPolicy } = build([
      rounds(
        40,
        round => round,
        () => [],
      ),
      on(1, 7, flushDomain(4)),
    ]);
    expect(recordedPolicy.id).toBe('lazy');
    expect(recordedPolicy.evidence).toContain('follows all 40 unmaps');
  });

  it('unknown: most unmaps are followed by neither', () => {
    const { recordedPolicy } = build([
      on(1, 7, flushDomain(4)),
      rounds(
        40,
        round => round,
        () => [],
      ),
    ]);
    expect(recordedPolicy.id).toBe('unknown');
  });

  it('passthrough: the DMA address is the physical address', () => {
    const { recordedPolicy } = build([dmaMap(0x8000, 0x8000), dmaUnmap(0x8000)]);
    expect(recordedPolicy.id).toBe('passthrough');
  });

  it('swiotlb: maps bounce and nothing is translated', () => {
    const { recordedPolicy } = build([bounced(0x8000), dmaMap(0x70000000, 0x8000), dmaUnmap(0x70000000)]);
    expect(recordedPolicy.id).toBe('swiotlb');
  });

  it('untrusted: maps bounce and are translated', () => {
    const { recordedPolicy } = build([
      bounced(0x8040, 1522),
      iommuMap(TOP, 0x70000000),
      dmaMap(TOP, 0x8040, 1522),
      iommuUnmap(TOP),
      flushPages(TOP, 4),
      dmaUnmap(TOP, 1522),
    ]);
    expect(recordedPolicy.id).toBe('untrusted');
    expect(recordedPolicy.evidence).toContain('page-selective');
  });

  it('an IOMMU without invalidation events: IOVAs reused at once are strict', () => {
    expect(
      build([
        rounds(
          40,
          () => 0,
          () => [],
        ),
      ]).recordedPolicy.id,
    ).toBe('strict');
  });

  it('an IOMMU without invalidation events: IOVAs never reused at once are lazy', () => {
    expect(
      build([
        rounds(
          40,
          round => round,
          () => [],
        ),
      ]).recordedPolicy.id,
    ).toBe('lazy');
  });

  it('reuse long after the unmap says nothing: a drain may lie between', () => {
    const slow = rounds(
      40,
      () => 0,
      () => [],
    ).map((event, row) => ({ ...event, time: row * 5e6 }));
    expect(build([slow]).recordedPolicy.id).toBe('unknown');
  });

  it('few maps say nothing', () => {
    expect(
      build([
        rounds(
          10,
          () => 0,
          () => [],
        ),
      ]).recordedPolicy.id,
    ).toBe('unknown');
    expect(build([]).recordedPolicy.id).toBe('unknown');
  });
});
