import { describe, expect, it } from 'vitest';
import { ftraceRow, perfRow, readLines, perfLine, ftraceLine } from '../../support/read-lines';

const none = { phys: 0, flags: [], detail: 0, domainId: -1, nents: 0, list: [] };

describe('iommu:map', () => {
  it('is read as kernels since 5.17 print it, with a range', () => {
    expect(
      perfRow('iommu:map', 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 paddr=0x0000000017b07000 size=4096'),
    ).toEqual({ ...none, kind: 'IommuMap', address: 0xfffbe000, phys: 0x17b07000, size: 4096 });
  });

  it('is read as kernels before 5.17 print it', () => {
    expect(ftraceRow('map', 'IOMMU: iova=0x0000000ffff36000 paddr=0x00000001164d8000 size=4096')).toEqual({
      ...none,
      kind: 'IommuMap',
      address: 0xffff36000,
      phys: 0x1164d8000,
      size: 4096,
    });
  });

  it('names its device in the form that was proposed once', () => {
    expect(
      ftraceRow('map', 'IOMMU: dev=1d84000.ufshc iova=0x0000000fffa88000 paddr=0x00000001063db000 size=4096'),
    ).toMatchObject({ kind: 'IommuMap', device: '1d84000.ufshc', address: 0xfffa88000 });
  });

  it('is read from the binary fields that trace-cmd -R, ftrace option fields and a failed format print', () => {
    const expected = { kind: 'IommuMap', address: 0xfffba000, phys: 0x17b10000, size: 4096 };
    expect(ftraceRow('map', 'iova=0x00000000fffba000 paddr=0x0000000017b10000 size=4096')).toMatchObject(expected);
    expect(
      ftraceRow('map', 'iova=0xfffba000 (4294680576) paddr=0x17b10000 (397475840) size=0x1000 (4096)'),
    ).toMatchObject(expected);
    expect(perfRow('iommu:map', '[FAILED TO PARSE] iova=4294680576 paddr=397475840 size=4096')).toMatchObject(expected);
  });

  it('keeps addresses above 2^53 to the page', () => {
    const row = perfRow(
      'iommu:map',
      'IOMMU: iova=0x01fffffffffff000 - 0x0200000000000000 paddr=0x0000000017b07000 size=4096',
    );
    expect(row?.address).toBe(0x1fffffffffff * 2 ** 12);
  });

  it('of another subsystem is not taken for an IOMMU’s', () => {
    const { events, report } = readLines(ftraceLine('unmap', 'start=0x1000 len=4096'), ftraceLine('map', 'x=1'));
    expect(events.count).toBe(0);
    expect(report.otherEvents).toEqual({ unmap: 1, map: 1 });
    expect(report.ignoredBytes).toBe(report.bytes);
  });

  it('without its size is skipped and said so', () => {
    const { events, report } = readLines(perfLine('iommu:map', 'IOMMU: iova=0x00000000fffbe000 - 0x0000'), '');
    expect(events.count).toBe(0);
    expect(report.skipped).toMatchObject([{ count: 1, firstLine: 1, severity: 'warning' }]);
    expect(report.skipped[0].reason).toContain('missing or unreadable field');
  });
});

describe('iommu:unmap', () => {
  it.each([
    'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffc0000 size=8192 unmapped_size=8192',
    'IOMMU: iova=0x00000000fffbe000 size=8192 unmapped_size=8192',
    'iova=0xfffbe000 (4294696960) size=0x2000 (8192) unmapped_size=0x2000 (8192)',
  ])('is read: %s', text => {
    expect(ftraceRow('unmap', text)).toEqual({ ...none, kind: 'IommuUnmap', address: 0xfffbe000, size: 8192 });
  });
});

describe('other iommu events', () => {
  it('a fault names the device behind the driver, which may contain blanks', () => {
    expect(
      ftraceRow('io_page_fault', 'IOMMU:my driver 0000:c2:00.0 iova=0x00000000fe980000 flags=0x0001'),
    ).toMatchObject({ kind: 'IommuFault', device: '0000:c2:00.0', address: 0xfe980000, detail: 1 });
    expect(
      ftraceRow('io_page_fault', 'IOMMU:[drvname] 0000:05:00.0 iova=0x0000000091482640 flags=0x0000'),
    ).toMatchObject({ device: '0000:05:00.0', detail: 0 });
  });

  it('groups and domains tell which device belongs where', () => {
    expect(ftraceRow('add_device_to_group', 'IOMMU: groupID=3 device=0000:00:05.0')).toMatchObject({
      kind: 'IommuGroupAdd',
      detail: 3,
      device: '0000:00:05.0',
    });
    expect(ftraceRow('remove_device_from_group', 'gid=0x1 (1) device=0000:00:04.0')).toMatchObject({
      kind: 'IommuGroupRemove',
      detail: 1,
      device: '0000:00:04.0',
    });
    expect(perfRow('iommu:attach_device_to_domain', 'IOMMU: device=0000:00:04.0')).toMatchObject({
      kind: 'IommuAttach',
      device: '0000:00:04.0',
    });
    expect(perfRow('iommu:detach_device_from_domain', 'IOMMU: device=0000:00:04.0')).toMatchObject({
      kind: 'IommuDetach',
    });
  });

  it('Qualcomm’s brackets around a map are counted, and do not count the map twice', () => {
    const { events, report } = readLines(
      ftraceLine('map_start', 'IOMMU: iova=0x0000000fffa88000 paddr=0x00000001063db000 size=0x1000'),
      ftraceLine('map', 'IOMMU: iova=0x0000000fffa88000 paddr=0x00000001063db000 size=4096'),
      ftraceLine('map_end', 'IOMMU: iova=0x0000000fffa88000 paddr=0x00000001063db000 size=0x1000'),
    );
    expect(events.count).toBe(1);
    expect(report.events).toEqual({ 'iommu:map_start': 1, 'iommu:map': 1, 'iommu:map_end': 1 });
  });

  it('of newer kernels are counted although nothing reads them', () => {
    const { report } = readLines(perfLine('iommu:something_new', 'a=1'), perfLine('sched:sched_switch', 'x'));
    expect(report.events).toEqual({ 'iommu:something_new': 1 });
    expect(report.otherEvents).toEqual({ 'sched:sched_switch': 1 });
  });
});
