import { describe, expect, it } from 'vitest';
import { originOf, readLines } from '../../support/read-lines';

const WALK = 'vtd_page_walk_one domain 0x3 iova 0xfffff000 -> gpa 0x734f000 mask 0xfff perm 3';
const MAP = 'vfio_iommu_map_notify iommu MAP @ 0xfffff000 - 0xffffffff';

describe('QEMU log', () => {
  it('with thread and time', () => {
    const { events, report } = readLines(`249@1795221952.638903:${WALK}`, `250@1795221953.000003:${MAP}`);
    expect(report).toMatchObject({
      format: 'qemu-log',
      events: { vtd_page_walk_one: 1, vfio_iommu_map_notify: 1 },
      cpus: [],
    });
    expect(originOf(events, 1)).toEqual({ pid: 250, cpu: -1, time: 361_100_000, line: 2 });
  });

  it('with ISO 8601 stamps, across midnight and with threads', () => {
    const { events } = readLines(`2025-08-19T23:59:59.999999Z ${WALK}`, `2025-08-20T00:00:00.000001Z (4711) ${MAP}`);
    expect(originOf(events, 1)).toMatchObject({ pid: 4711, time: 2000 });
  });

  it('without any stamp: order only', () => {
    const { events, report } = readLines(WALK, MAP);
    expect(events.count).toBe(2);
    expect(report.assumptions).toEqual([expect.stringContaining('no time')]);
  });

  it('counts events of its families that need no row, and other devices’ events apart', () => {
    const { events, report } = readLines(
      `249@1795221952.638903:vtd_inv_desc_wait_sw wait invalidate status write addr 0x1 data 0x2`,
      `249@1795221952.638904:pci_nvme_map_addr addr 0x7efe4000 len 4096`,
      `249@1795221952.638905:vtd_inv_qi_fetch `,
    );
    expect(events.count).toBe(0);
    expect(report.events).toEqual({ vtd_inv_desc_wait_sw: 1, vtd_inv_qi_fetch: 1 });
    expect(report.otherEvents).toEqual({ pci_nvme_map_addr: 1 });
  });

  it('messages between the events are skipped with their reason', () => {
    const { report } = readLines(
      `249@1795221952.638903:${WALK}`,
      'qemu-system-x86_64: warning: host doesn’t support',
      '',
    );
    expect(report.skipped).toMatchObject([{ severity: 'info', count: 1, firstLine: 2 }]);
    expect(report.skipped[0].reason).toContain('not a trace event');
  });

  it('dates that do not exist are no stamps', () => {
    const { events, report } = readLines(`249@1795221952.638903:${WALK}`, `2025-13-40T23:59:59.999999Z ${MAP}`);
    expect(events.count).toBe(1);
    expect(report.skipped).toHaveLength(1);
  });
});
