import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../src/trace/events';
import { build, eventsOf, flagsOf, outline, segmentsOf } from '../../support/describe-operations';
import {
  bounced,
  dmaMap,
  dmaMapSg,
  dmaSync,
  dmaUnmap,
  dmaUnmapSg,
  failedMap,
  flushDevice,
  flushDomain,
  flushPages,
  iommuMap,
  iommuUnmap,
  NIC,
  NVME,
  on,
} from '../../support/make-events';

describe('the events of one call are one operation', () => {
  it('a strict map and unmap of one page', () => {
    const { operations } = build([
      iommuMap(0xfff00000, 0x8000),
      dmaMap(0xfff00040, 0x8040, 1522),
      iommuUnmap(0xfff00000),
      flushPages(0xfff00000, 4),
      dmaUnmap(0xfff00040, 1522),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 with 1', 'Unmap 2 3 4 with 0']);
    expect([...operations.size]).toEqual([1522, 1522]);
    expect([...operations.pages]).toEqual([1, 1]);
    expect(segmentsOf(operations, 0)).toEqual([[0x8040, 1522]]);
    expect(segmentsOf(operations, 1)).toEqual([[0x8040, 1522]]);
    expect([...operations.recordedNs]).toEqual([1000, 2000]);
  });

  it('a scatter-gather list: one iommu:map for each physical run, the list announced before its unmap', () => {
    const { operations, mapSegments } = build([
      iommuMap(0xffe00000, 0x8000, 8192),
      iommuMap(0xffe02000, 0x4000),
      dmaMapSg([
        [0xffe00000, 0x8000, 12288],
        [0, 0x9000, 0],
        [0, 0x4000, 0],
      ]),
      dmaUnmapSg([0x8000, 0x9000, 0x4000]),
      iommuUnmap(0xffe00000, 12288),
      flushPages(0xffe00000, 4, 16384),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 2 with 1', 'Unmap 3 4 5 with 0']);
    expect(segmentsOf(operations, 0)).toEqual([
      [0x8000, 8192],
      [0x4000, 4096],
    ]);
    expect([...operations.nents]).toEqual([3, 3]);
    expect([...operations.size]).toEqual([12288, 12288]);
    expect(mapSegments).toBe(2);
    expect(flagsOf(operations, 0)).toEqual(['ScatterGather']);
  });

  it('a free is announced before its unmap, and takes it by its address', () => {
    const { operations } = build([
      iommuMap(0xffff0000, 0x8000, 8192),
      { kind: EventKind.DmaAlloc, device: NVME, address: 0xffff0000, size: 8192, direction: 0 },
      { kind: EventKind.DmaFree, device: NVME, address: 0xffff0000, size: 8192, direction: 0 },
      iommuUnmap(0xffff0000, 8192),
      flushPages(0xffff0000, 4, 8192),
    ]);
    expect(outline(operations)).toEqual(['Alloc 0 1 with 1', 'Free 2 3 4 with 0']);
  });

  it('an interrupt that unmaps in the middle of a map keeps its events apart, by their ranges', () => {
    const { operations } = build([
      iommuMap(0xfff10000, 0x1000),
      dmaMap(0xfff10000, 0x1000),
      iommuMap(0xffe00000, 0x8000),
      iommuUnmap(0xfff10000),
      flushPages(0xfff10000, 4),
      dmaUnmap(0xfff10000),
      iommuMap(0xffe01000, 0x4000),
      dmaMapSg([
        [0xffe00000, 0x8000, 8192],
        [0, 0x4000, 0],
      ]),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 with 2', 'Map 2 6 7 alone', 'Unmap 3 4 5 with 0']);
  });

  it('an interrupt that unmaps a page between a list and its unmap takes its own range', () => {
    const { operations } = build([
      iommuMap(0xfff10000, 0x1000),
      dmaMap(0xfff10000, 0x1000, 4096, NIC),
      iommuMap(0xffe00000, 0x8000),
      dmaMapSg([[0xffe00000, 0x8000, 4096]]),
      dmaUnmapSg([0x8000]),
      iommuUnmap(0xfff10000),
      dmaUnmap(0xfff10000, 4096, NIC),
      iommuUnmap(0xffe00000),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 with 3', 'Map 2 3 with 2', 'Unmap 4 7 with 1', 'Unmap 5 6 with 0']);
  });

  it('the unmap of a list mapped before the recording gives an interrupting unmap back', () => {
    const { operations } = build([
      iommuMap(0xfff10000, 0x1000),
      dmaMap(0xfff10000, 0x1000, 4096, NIC),
      dmaUnmapSg([0x8000]),
      iommuUnmap(0xfff10000),
      dmaUnmap(0xfff10000, 4096, NIC),
      iommuUnmap(0xffe00000),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 with 2', 'Unmap 2 5 alone', 'Unmap 3 4 with 0']);
  });

  it('a task that moves to another CPU inside a call; idle tasks of two CPUs are different', () => {
    const moved = build([
      ...on(0, 100, iommuMap(0xfff10000, 0x1000)),
      ...on(1, 0, iommuMap(0xfff20000, 0x2000)),
      ...on(0, 0, iommuMap(0xfff30000, 0x3000)),
      ...on(1, 100, dmaMap(0xfff10000, 0x1000)),
      ...on(1, 0, dmaMap(0xfff20000, 0x2000)),
      ...on(0, 0, dmaMap(0xfff30000, 0x3000)),
    ]);
    expect(outline(moved.operations)).toEqual(['Map 0 3 alone', 'Map 1 4 alone', 'Map 2 5 alone']);
    expect([...moved.operations.cpu]).toEqual([0, 1, 0]);
  });

  it('bounced buffers: the original buffer is what counts, not the slot', () => {
    const { operations } = build([
      bounced(0x12345040, 1522),
      iommuMap(0xfff00000, 0x7f94b000),
      dmaMap(0xfff00000, 0x12345040, 1522),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 2 alone']);
    expect(segmentsOf(operations, 0)).toEqual([[0x12345040, 1522]]);
    expect(flagsOf(operations, 0)).toContain('Bounced');
    expect(operations.devices[0].untrusted).toBe(true);
  });

  it('an untrusted device maps and unmaps a list segment by segment', () => {
    const { operations } = build([
      bounced(0x1100, 512),
      iommuMap(0xfff20000, 0x70000000),
      bounced(0x5100, 512),
      iommuMap(0xfff10000, 0x70001000),
      dmaMapSg([
        [0xfff20000, 0x1100, 512],
        [0xfff10000, 0x5100, 512],
      ]),
      dmaUnmapSg([0x1100, 0x5100]),
      iommuUnmap(0xfff20000),
      flushPages(0xfff20000, 4),
      iommuUnmap(0xfff10000),
      flushPages(0xfff10000, 4),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 2 3 4 with 1', 'Unmap 5 6 7 8 9 with 0']);
    expect(segmentsOf(operations, 0)).toEqual([
      [0x1100, 512],
      [0x5100, 512],
    ]);
    expect(flagsOf(operations, 1)).not.toContain('Partial');
  });

  it('swiotlb without IOMMU: the bounces of a list belong to it', () => {
    const { operations, recordedPolicy } = build([
      bounced(0x1000),
      bounced(0x5000),
      dmaMapSg([
        [0x70000000, 0x1000, 4096],
        [0x70001000, 0x5000, 4096],
      ]),
      dmaUnmapSg([0x1000, 0x5000]),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 2 with 1', 'Unmap 3 with 0']);
    expect(segmentsOf(operations, 0)).toEqual([
      [0x1000, 4096],
      [0x5000, 4096],
    ]);
    expect(recordedPolicy.id).toBe('swiotlb');
  });

  it('a map that failed is one operation with its bounce, maps nothing and misses nothing', () => {
    const { operations, unpaired, mapSegments } = build([bounced(0x1040, 1522), failedMap(0x1040, 1522)]);
    expect(outline(operations)).toEqual(['Map 0 1 alone']);
    expect(flagsOf(operations, 0)).toContain('Failed');
    expect(unpaired.mapWithoutUnmap).toBe(0);
    expect(mapSegments).toBe(0);
  });

  it('under caching mode an invalidation after a map belongs to the map', () => {
    const { operations } = build([
      iommuMap(0xfff00000, 0x8000),
      flushPages(0xfff00000, 3),
      dmaMap(0xfff00000, 0x8000),
      iommuUnmap(0xfff00000),
      flushPages(0xfff00000, 3),
      dmaUnmap(0xfff00000),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 2 with 1', 'Unmap 3 4 5 with 0']);
    expect(operations.domains[0].did).toBe(3);
  });

  it('a device-TLB invalidation belongs to the unmap before it and marks the device', () => {
    const { operations } = build([
      iommuMap(0xfff00000, 0x8000),
      dmaMap(0xfff00000, 0x8000),
      iommuUnmap(0xfff00000),
      flushPages(0xfff00000, 4),
      flushDevice(0xfff00000),
      dmaUnmap(0xfff00000),
    ]);
    expect(eventsOf(operations, 1)).toEqual([2, 3, 4, 5]);
    expect(operations.devices).toEqual([{ name: NVME, assumed: false, ats: true, untrusted: false, domain: 0 }]);
    expect(operations.domains[0].did).toBe(4);
  });

  it('a flush queue drain belongs to no operation', () => {
    const { operations } = build([
      iommuMap(0xfff00000, 0x8000),
      dmaMap(0xfff00000, 0x8000),
      iommuUnmap(0xfff00000),
      flushDomain(4),
      dmaUnmap(0xfff00000),
    ]);
    expect([...operations.eventOperation]).toEqual([0, 0, 1, -1, 1]);
  });

  it('syncs share the mapping they are about', () => {
    const { operations } = build([
      dmaMap(0xfff00040, 0x8040, 2048),
      dmaSync(EventKind.DmaSyncForCpu, 0xfff00080),
      dmaSync(EventKind.DmaSyncForDevice, 0xfff00080),
      dmaUnmap(0xfff00040, 2048),
    ]);
    expect(outline(operations)).toEqual([
      'Map 0 with 3',
      'SyncForCpu 1 with 0',
      'SyncForDevice 2 with 0',
      'Unmap 3 with 0',
    ]);
    expect([...operations.mapping]).toEqual([0, 0, 0, 0]);
  });

  it('syncs and unmap of memory mapped before the recording share one mapping number', () => {
    const { operations } = build([
      dmaSync(EventKind.DmaSyncForCpu, 0xfff00080),
      dmaMap(0xffe00000, 0x1000),
      dmaSync(EventKind.DmaSyncForCpu, 0xfff00480),
      dmaUnmap(0xfff00000),
    ]);
    expect([...operations.mapping]).toEqual([0, 1, 0, 0]);
    expect([...operations.partner]).toEqual([-1, -1, -1, -1]);
    expect(flagsOf(operations, 0)).toEqual(['MappedBefore']);
    expect(operations.mappings).toBe(2);
  });
});
