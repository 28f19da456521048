import { describe, expect, it } from 'vitest';
import { ftraceLine, ftraceRow, invalidationName, perfRow, readLines, type Row } from '../../support/read-lines';

const qi = (text: string): Row => perfRow('intel_iommu:qi_submit', text)!;

describe('qi_submit', () => {
  it('page-selective: domain, address and 2^AM pages; the hint bit is no part of the address', () => {
    const row = qi('iotlb_inv dmar2: 0x800f2 0xf9a00045 0x0 0x0');
    expect(row).toMatchObject({ kind: 'QiSubmit', device: 'dmar2', domainId: 8, address: 0xf9a00000, size: 32 * 4096 });
    expect(invalidationName(row)).toBe('Page');
  });

  it('domain-selective and global: everything', () => {
    const domain = qi('iotlb_inv dmar1: 0x100e2 0x0 0x0 0x0');
    expect([invalidationName(domain), domain.domainId, domain.size]).toEqual(['Domain', 1, Infinity]);
    const global = qi('iotlb_inv dmar0: 0xd2 0x0 0x0 0x0');
    expect([invalidationName(global), global.size]).toEqual(['Global', Infinity]);
  });

  it('device TLB: requester ID in the domain column, whole range or 2^n pages', () => {
    const whole = qi('dev_tlb_inv dmar1: 0x1000000003 0x7ffffffffffff001 0x0 0x0');
    expect([invalidationName(whole), whole.domainId, whole.size]).toEqual(['Device', 0x10, Infinity]);
    const page = qi('dev_tlb_inv dmar0: 0x10000000003 0xfffeb000 0x0 0x0');
    expect([page.domainId, page.address, page.size]).toEqual([0x100, 0xfffeb000, 4096]);
    const four = qi('dev_tlb_inv dmar0: 0x10000000003 0xfffe9001 0x0 0x0');
    expect([four.address, four.size]).toEqual([0xfffe8000, 4 * 4096]);
  });

  it('PASID-based descriptors', () => {
    expect(invalidationName(qi('p_iotlb_inv dmar0: 0x500000036 0x1000 0x0 0x0'))).toBe('Page');
    expect(invalidationName(qi('p_dev_tlb_inv dmar0: 0x500000008 0x1000 0x0 0x0'))).toBe('Device');
    expect(invalidationName(qi('cc_inv dmar0: 0x2000030031 0x0 0x0 0x0'))).toBe('Other');
  });

  it('is read from binary fields', () => {
    const fields = 'qw0=0x400f2 (262386) qw1=0xfffbe040 (4294697024) qw2=0x0 (0) qw3=0x0 (0) iommu=dmar0';
    expect(ftraceRow('qi_submit', fields)).toMatchObject({ device: 'dmar0', domainId: 4, address: 0xfffbe000 });
    expect(ftraceRow('qi_submit', 'qw0=0x400f2 qw1=0xfffbe040 qw2=0x0 qw3=0x0 iommu=dmar0')).toMatchObject({
      size: 4096,
    });
  });

  it.each(['', 'iotlb_inv dmar0:', 'iotlb_inv dmar0: zzz', 'iotlb_inv dmar0: 0x400f2'])(
    'cut off it is no event: %j',
    text => {
      expect(perfRow('intel_iommu:qi_submit', text)).toBeNull();
    },
  );
});

describe('cache tags', () => {
  it('a flushed range is what was flushed after rounding', () => {
    const row = ftraceRow(
      'cache_tag_flush_range',
      'dmar1 0000:00:1b.0[0] type iotlb did 9 [0xeab20000-0xeab31fff] addr 0xeab20000 pages 0x20 mask 0x5',
    )!;
    expect(row).toMatchObject({
      kind: 'CacheTagFlush',
      device: '0000:00:1b.0',
      domainId: 9,
      address: 0xeab20000,
      size: 32 * 4096,
    });
    expect(invalidationName(row)).toBe('Page');
  });

  it('7.1 prints no pages; a range of all addresses is the whole domain', () => {
    const row = ftraceRow(
      'cache_tag_flush_range_np',
      'dmar0 dmar0[0] type iotlb did 3 [0x0-0xffffffffffffffff] addr 0x0 mask 0x34',
    )!;
    expect([invalidationName(row), row.size, row.domainId]).toEqual(['Domain', Infinity, 3]);
  });

  it('flush_all names its device behind the IOMMU', () => {
    const row = ftraceRow('cache_tag_flush_all', 'dmar6/0000:8a:00.0 type devtlb did 7 pasid 0 ref 1')!;
    expect([row.device, row.domainId, invalidationName(row), row.size]).toEqual([
      '0000:8a:00.0',
      7,
      'Device',
      Infinity,
    ]);
  });

  it('assignments are counted and make no row', () => {
    const { events, report } = readLines(
      ftraceLine('cache_tag_assign', 'dmar9/0000:00:01.0 type iotlb did 1 pasid 9 ref 1'),
    );
    expect(events.count).toBe(0);
    expect(report.events).toEqual({ 'intel_iommu:cache_tag_assign': 1 });
  });
});

describe('vendor events of 5.4 to 5.10', () => {
  it('map_sg has one event an element, map_single one a mapping', () => {
    expect(
      ftraceRow('map_sg', 'dev=0000:00:17.0 [4/9] dev_addr=0xf8f93000 phys_addr=0x1570f1000 size=8192'),
    ).toMatchObject({
      kind: 'VendorMap',
      device: '0000:00:17.0',
      address: 0xf8f93000,
      phys: 0x1570f1000,
      size: 8192,
      detail: 4,
      nents: 9,
    });
    expect(ftraceRow('map_single', 'dev=0000:00:17.0 dev_addr=0xf8f93000 phys_addr=0x1570f1000 size=42')).toMatchObject(
      {
        kind: 'VendorMap',
        size: 42,
        nents: 0,
      },
    );
    expect(ftraceRow('unmap_sg', 'dev=0000:00:17.0 dev_addr=0xf8f93000 size=8192')).toMatchObject({
      kind: 'VendorUnmap',
      phys: 0,
    });
  });

  it('a map_sg of another driver is not taken for one', () => {
    expect(ftraceRow('map_sg', 'ch=3 len=17')).toBeNull();
  });
});
