import { describe, expect, it } from 'vitest';
import { Direction, EventKind } from '../../../src/trace/events';
import { OpKind } from '../../../src/trace/operations';
import { build, flagsOf, outline, segmentsOf } from '../../support/describe-operations';
import {
  dmaMap,
  dmaMapSg,
  dmaUnmap,
  dmaUnmapSg,
  flushDomain,
  flushPages,
  iommuMap,
  iommuUnmap,
  NIC,
  on,
  type MadeEvent,
} from '../../support/make-events';

describe('where no dma:* event tells the call, the unmap does', () => {
  it('adjacent map events that one unmap ends are one operation', () => {
    const { operations } = build([
      iommuMap(0xffe00000, 0x8000),
      iommuMap(0xffe01000, 0x4000),
      iommuMap(0xffe02000, 0x1000, 8192),
      iommuUnmap(0xffe00000, 16384),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 2 with 1', 'Unmap 3 with 0']);
    expect(segmentsOf(operations, 1)).toHaveLength(3);
    expect([...operations.size]).toEqual([16384, 16384]);
  });

  it('adjacent map events that are unmapped one by one are operations of their own', () => {
    const { operations } = build([
      iommuMap(0xffe00000, 0x8000),
      iommuMap(0xffe01000, 0x4000),
      iommuUnmap(0xffe01000),
      iommuUnmap(0xffe00000),
    ]);
    expect(outline(operations)).toEqual(['Map 0 with 3', 'Map 1 with 2', 'Unmap 2 with 1', 'Unmap 3 with 0']);
  });

  it('two calls in a row with adjacent ranges are told apart by their unmaps', () => {
    const { operations } = build([
      ...[0, 1, 2, 3].map(page => iommuMap(0xffe00000 + page * 4096, 0x10000 * (page + 1))),
      iommuUnmap(0xffe00000, 8192),
      iommuUnmap(0xffe02000, 8192),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 with 2', 'Map 2 3 with 3', 'Unmap 4 with 0', 'Unmap 5 with 1']);
  });

  it('adjacent map events of different tasks are never one operation', () => {
    const { operations } = build([
      ...on(0, 100, iommuMap(0xffe00000, 0x8000)),
      ...on(1, 200, iommuMap(0xffe01000, 0x4000)),
      iommuUnmap(0xffe00000, 8192),
    ]);
    expect(outline(operations)).toEqual(['Map 0 with 2', 'Map 1 with 2', 'Unmap 2 with 0']);
    expect(flagsOf(operations, 2)).toContain('Partial');
  });

  it('a range never unmapped is grouped by the alignment of its address, when others came in groups', () => {
    const { operations, unpaired } = build([
      iommuMap(0xffd00000, 0x8000),
      iommuMap(0xffd01000, 0x4000),
      iommuUnmap(0xffd00000, 8192),
      iommuMap(0xffe00000, 0x8000),
      iommuMap(0xffe01000, 0x4000),
      iommuMap(0xffe02000, 0x2000),
      iommuMap(0xffe05000, 0x2000),
    ]);
    expect(outline(operations).slice(2)).toEqual(['Map 3 4 5 alone', 'Map 6 alone']);
    expect(unpaired).toMatchObject({ mapWithoutUnmap: 2, reasons: { stillMappedAtEnd: 2, unexplained: 0 } });
  });

  it('a range never unmapped stays apart when every other map was unmapped alone', () => {
    const { operations } = build([
      iommuMap(0xffd00000, 0x8000),
      iommuUnmap(0xffd00000),
      iommuMap(0xffe00000, 0x8000),
      iommuMap(0xffe01000, 0x4000),
    ]);
    expect(outline(operations).slice(2)).toEqual(['Map 2 alone', 'Map 3 alone']);
  });

  it('the invalidation after the unmap tells the domain of both ends', () => {
    const { operations } = build([
      iommuMap(0xffe00000, 0x8000),
      iommuMap(0xffd00000, 0x4000),
      iommuUnmap(0xffe00000),
      flushPages(0xffe00000, 4),
      iommuUnmap(0xffd00000),
      flushPages(0xffd00000, 6),
    ]);
    expect(operations.devices.map(device => device.name)).toEqual(['unknown:did4', 'unknown:did6']);
    expect([...operations.domain]).toEqual([0, 1, 0, 1]);
    expect(flagsOf(operations, 0)).toEqual(expect.arrayContaining(['DeviceAssumed', 'DirectionAssumed']));
  });

  it('one address live in two domains: each unmap ends its own', () => {
    const { operations } = build([
      iommuMap(0xffe00000, 0x8000),
      dmaMap(0xffe00000, 0x8000),
      iommuMap(0xffe00000, 0x4000),
      dmaMap(0xffe00000, 0x4000, 4096, NIC),
      iommuUnmap(0xffe00000),
      dmaUnmap(0xffe00000, 4096, NIC),
      iommuUnmap(0xffe00000),
      dmaUnmap(0xffe00000),
    ]);
    expect([...operations.partner]).toEqual([3, 2, 1, 0]);
  });

  it('a device known from dma:* events lends its name to unmaps with its domain id', () => {
    const { operations } = build([
      iommuMap(0xffe00000, 0x8000),
      dmaMap(0xffe00000, 0x8000, 4096, NIC),
      iommuUnmap(0xffe00000),
      flushPages(0xffe00000, 6),
      dmaUnmap(0xffe00000, 4096, NIC),
      iommuMap(0xffd00000, 0x8000),
      iommuUnmap(0xffd00000),
      flushPages(0xffd00000, 6),
    ]);
    expect(operations.devices.map(device => device.name)).toEqual([NIC]);
    expect(flagsOf(operations, 2)).toContain('DeviceAssumed');
  });
});

describe('matching over time', () => {
  it('an unmap logged after the next map of its address ends the older mapping', () => {
    const { operations } = build([
      ...on(0, 100, dmaMap(0xfff00000, 0x1000)),
      ...on(0, 100, dmaMap(0xfff00000, 0x2000)),
      ...on(1, 200, dmaUnmap(0xfff00000)),
      ...on(1, 200, dmaUnmap(0xfff00000)),
    ]);
    expect([...operations.partner]).toEqual([2, 3, 0, 1]);
  });

  it('one buffer mapped twice without translation: direction and size tell which ends', () => {
    const { operations } = build([
      dmaMap(0x5000, 0x5000, 54, NIC, Direction.ToDevice),
      dmaMap(0x5000, 0x5000, 1522, NIC, Direction.FromDevice),
      dmaUnmap(0x5000, 1522, NIC, Direction.FromDevice),
      dmaUnmap(0x5000, 54, NIC, Direction.ToDevice),
    ]);
    expect([...operations.partner]).toEqual([3, 2, 1, 0]);
  });

  it('lists without iommu:* events are matched by device, first physical address and count', () => {
    const { operations } = build([
      dmaMapSg([
        [0x1000, 0x1000, 4096],
        [0x9000, 0x9000, 4096],
      ]),
      dmaMapSg([[0x1000, 0x1000, 4096]]),
      dmaUnmapSg([0x1000]),
      dmaUnmapSg([0x1000, 0x9000]),
    ]);
    expect([...operations.partner]).toEqual([3, 2, 1, 0]);
  });

  it('a mapping unmapped in pieces: each piece is partial, the last one ends it', () => {
    const { operations } = build([
      iommuMap(0, 0x100000, 12288),
      iommuUnmap(0),
      iommuUnmap(4096),
      iommuUnmap(8192),
      iommuMap(0, 0x100000),
    ]);
    expect(operations.partner[0]).toBe(3);
    expect([1, 2, 3].map(op => operations.partner[op])).toEqual([0, 0, 0]);
    expect(flagsOf(operations, 2)).toContain('Partial');
    expect(operations.pages[2]).toBe(1);
    expect(operations.partner[4]).toBe(-1);
  });

  it('events out of order in the file are put in order of time', () => {
    const late: MadeEvent[] = [
      { ...iommuMap(0xfff00000, 0x8000), time: 0 },
      { ...iommuUnmap(0xfff00000), time: 2000 },
      { ...dmaUnmap(0xfff00000), time: 3000 },
      { ...dmaMap(0xfff00000, 0x8000), time: 1000 },
    ];
    const { operations } = build(late);
    expect(outline(operations)).toEqual(['Map 0 3 with 1', 'Unmap 1 2 with 0']);
    expect([...operations.eventOperation]).toEqual([0, 1, 1, 0]);
  });
});

describe('QEMU logs', () => {
  const vfio = (kind: EventKind.QemuVfioMap | EventKind.QemuVfioUnmap, address: number, size = 4096): MadeEvent => ({
    kind,
    address,
    size,
    cpu: -1,
  });
  const request = (kind: EventKind, address: number, size = 4096): MadeEvent => ({
    kind,
    address,
    size,
    domainId: 2,
    phys: 0x1000,
    cpu: -1,
  });

  it('one unmap may end many mappings', () => {
    const { operations, unpaired } = build([
      vfio(EventKind.QemuVfioMap, 0x1000),
      vfio(EventKind.QemuVfioMap, 0x5000),
      vfio(EventKind.QemuVfioUnmap, 0, 0x200000),
      vfio(EventKind.QemuVfioUnmap, 0, 0x200000),
    ]);
    expect([...operations.partner]).toEqual([2, 2, 0, -1]);
    expect(flagsOf(operations, 2)).toContain('Partial');
    expect(unpaired).toMatchObject({ unmapWithoutMap: 0, mapWithoutUnmap: 0 });
  });

  it('MAP requests for adjacent ranges that one UNMAP ends are one operation', () => {
    const { operations, mapSegments } = build([
      ...[0x1000, 0x2000, 0x3000].map(address => request(EventKind.QemuViommuMap, address)),
      request(EventKind.QemuViommuMap, 0x4000),
      { ...request(EventKind.QemuViommuUnmap, 0x1000), size: 0x3000 },
      request(EventKind.QemuViommuUnmap, 0x4000),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 2 with 2', 'Map 3 with 3', 'Unmap 4 with 0', 'Unmap 5 with 1']);
    expect([mapSegments, operations.size[0], operations.pages[0]]).toEqual([4, 0x3000, 3]);
  });

  it('a VFIO notification inside the range of a virtio-iommu request is its host half', () => {
    const { operations } = build([
      request(EventKind.QemuViommuMap, 0x1000),
      vfio(EventKind.QemuVfioMap, 0x1000),
      request(EventKind.QemuViommuUnmap, 0x1000),
      vfio(EventKind.QemuVfioUnmap, 0x1000),
    ]);
    expect(outline(operations)).toEqual(['Map 0 1 with 1', 'Unmap 2 3 with 0']);
    expect(operations.devices[0].name).toBe('unknown:domain2');
  });
});

describe('what has no partner is explained', () => {
  it('mapped before the recording, still mapped at its end', () => {
    const { operations, unpaired } = build([dmaUnmap(0xfff00000), dmaMap(0xffe00000, 0x1000)]);
    expect(unpaired).toMatchObject({
      unmapWithoutMap: 1,
      mapWithoutUnmap: 1,
      reasons: { mappedBeforeRecording: 1, stillMappedAtEnd: 1, insideLostInterval: 0, unexplained: 0 },
    });
    expect(flagsOf(operations, 0)).toContain('MappedBefore');
    expect(flagsOf(operations, 1)).toContain('StillMapped');
  });

  it('an unmap after, a map before a gap have their partner in it', () => {
    const gap = { cpu: 0, fromNs: 2500, toNs: 10000, events: 5, line: 3 };
    const { operations, unpaired } = build(
      [
        { ...dmaUnmap(0xfff00000), time: 0 },
        { ...dmaMap(0xffe00000, 0x1000), time: 2000 },
        { ...dmaUnmap(0xffd00000), time: 11000 },
        { ...dmaMap(0xffc00000, 0x1000), time: 12000 },
      ],
      [gap],
    );
    expect(unpaired.reasons).toEqual({
      mappedBeforeRecording: 1,
      stillMappedAtEnd: 1,
      insideLostInterval: 2,
      unexplained: 0,
    });
    expect(flagsOf(operations, 1)).toContain('Lost');
    expect(flagsOf(operations, 2)).toContain('Lost');
  });

  it('a second unmap of a range that the trace mapped and unmapped is unexplained', () => {
    const { unpaired } = build([
      iommuMap(0xfff00000, 0x8000),
      dmaMap(0xfff00000, 0x8000),
      iommuUnmap(0xfff00000),
      dmaUnmap(0xfff00000),
      iommuUnmap(0xfff00000),
      dmaUnmap(0xfff00000),
    ]);
    expect(unpaired.reasons.unexplained).toBe(1);
  });

  it('but beside calls with events missing, the recorder has lost the map, and nobody was told', () => {
    const whole = (address: number): MadeEvent[] => [
      iommuMap(address, 0x8000),
      dmaMap(address, 0x8000),
      iommuUnmap(address),
      dmaUnmap(address),
    ];
    const { operations, unpaired, lost, assumptions } = build([
      whole(0xfff00000),
      iommuUnmap(0xfff00000),
      dmaUnmap(0xfff00000),
      whole(0xffe00000),
      dmaUnmap(0xffd00000),
    ]);
    expect(unpaired.reasons).toMatchObject({ insideLostInterval: 2, unexplained: 0 });
    expect(flagsOf(operations, 2)).toContain('Lost');
    expect(lost).toEqual([{ cpu: -1, fromNs: 2000, toNs: 4000, events: 0, line: 0 }]);
    expect(assumptions.join()).toContain('1 times a range is mapped or unmapped twice in a row, and 1 calls lack');
  });

  it('mappings known from bounces alone are not unpaired: nothing is printed where they end', () => {
    const { operations, unpaired, assumptions } = build([
      { kind: EventKind.SwiotlbBounced, address: 0x1000, size: 4096, device: NIC },
      { kind: EventKind.SwiotlbBounced, address: 0x2000, size: 4096, device: NIC },
    ]);
    expect(operations.kind[0]).toBe(OpKind.Map);
    expect(unpaired).toMatchObject({ mapWithoutUnmap: 0, endsNotRecorded: 2 });
    expect(flagsOf(operations, 1)).toContain('EndNotRecorded');
    expect(assumptions.join()).toContain('swiotlb_bounced alone');
  });

  it('without a domain or device in the trace all goes into one unknown domain, and says so', () => {
    const { operations, assumptions } = build([iommuMap(0x1000, 0x1000), iommuUnmap(0x1000)]);
    expect(operations.domains).toEqual([{ name: 'unknown', group: -1, did: -1, assumed: true }]);
    expect(assumptions.join()).toContain('one unknown domain');
  });

  it('the only domain that drains name is the domain of what nothing else names', () => {
    const { operations } = build([iommuMap(0x1000, 0x1000), iommuUnmap(0x1000), flushDomain(7)]);
    expect(operations.domains).toEqual([{ name: 'unknown:did7', group: -1, did: 7, assumed: true }]);
  });

  it('devices of one IOMMU group share a domain', () => {
    const { operations } = build([
      { kind: EventKind.IommuGroupAdd, device: '0000:00:1f.2', detail: 8 },
      { kind: EventKind.IommuGroupAdd, device: '0000:00:1f.3', detail: 8 },
      dmaMap(0xfff00000, 0x1000, 4096, '0000:00:1f.2'),
      dmaMap(0xffe00000, 0x2000, 4096, '0000:00:1f.3'),
    ]);
    expect(operations.domains).toEqual([{ name: 'group 8', group: 8, did: -1, assumed: false }]);
    expect([...operations.domain]).toEqual([0, 0]);
  });
});
