import { describe, expect, it } from 'vitest';
import { DeviceSide } from '../../src/iommu/device-side';
import { replay } from '../../src/replay/replay';
import { buildScenario } from '../../src/replay/scenario-build';
import { PlainOperation } from '../reference/operations';
import { TEST_TRAITS, testMachine } from '../reference/simulation';
import { mapsAndUnmaps } from '../replay/make-operations';

function side(iotlbEntries = 16, reused = true): DeviceSide {
  const device = new DeviceSide({ ...TEST_TRAITS, iotlbEntries, pagingStructureCacheEntries: 4 });
  if (reused) device.expectReuse();
  return device;
}

describe('the IOTLB and the paging-structure caches', () => {
  it('read four levels for the first page and one for its neighbours', () => {
    const device = side();
    device.touch(0, 100, 4, 1);
    expect(device).toMatchObject({ touchedPages: 4, iotlbMisses: 4, memoryReads: 4 + 3 });
    device.touch(0, 100, 4, 1);
    expect(device).toMatchObject({ touchedPages: 8, iotlbMisses: 4, memoryReads: 7 });
  });

  it('forget pages when there are more than they hold', () => {
    const device = side(4);
    device.touch(0, 0, 5, 1);
    device.touch(0, 0, 1, 1);
    expect(device.iotlbMisses).toBe(6);
  });

  it('forget an invalidated range, and with it the upper levels of the domain', () => {
    const device = side();
    device.touch(0, 0, 4, 1);
    device.touch(1, 0, 4, 1);
    device.invalidateRange(0, 0, 2);
    const { memoryReads } = device;
    device.touch(0, 0, 4, 1);
    expect(device.memoryReads - memoryReads).toBe(2 + 3);
    device.touch(1, 0, 4, 1);
    expect(device.memoryReads - memoryReads).toBe(2 + 3);
  });

  it('forget only the domain that is invalidated', () => {
    const device = side();
    device.touch(0, 0, 2, 1);
    device.touch(1, 0, 2, 1);
    device.invalidateDomain(1);
    const { iotlbMisses } = device;
    device.touch(0, 0, 2, 1);
    expect(device.iotlbMisses).toBe(iotlbMisses);
    device.touch(1, 0, 2, 1);
    expect(device.iotlbMisses).toBe(iotlbMisses + 2);
  });

  it('reach further with large pages', () => {
    const device = side();
    device.touch(0, 0, 1024, 512);
    expect(device).toMatchObject({ touchedPages: 1024, iotlbMisses: 2 });
    device.touch(0, 700, 10, 512);
    expect(device.iotlbMisses).toBe(2);
  });

  it('give the same answer without their contents, as long as no page is touched twice', () => {
    const [full, short] = [side(16, true), side(16, false)];
    for (const device of [full, short]) {
      for (let i = 0; i < 50; i++) {
        device.touch(i % 3, i * 700, (i * 37) % 600 || 1, 1);
        if (i % 5 === 0) device.invalidateRange(i % 3, i * 700, 600);
        if (i % 11 === 0) device.invalidateDomain(i % 3);
      }
    }
    expect([short.iotlbMisses, short.memoryReads]).toEqual([full.iotlbMisses, full.memoryReads]);
  });
});

describe('when the device accesses the pages of a mapping', () => {
  /** Pages touched and entries read after each of: two maps of 4 pages in one region, then their unmaps with invalidation. */
  function accesses(deviceAccess: 'first' | 'spread' | 'last'): { touched: number[]; reads: number[] } {
    const { machine } = testMachine({ traits: { ...TEST_TRAITS, deviceAccess } });
    const [domain] = machine.domains;
    const touched: number[] = [];
    const reads: number[] = [];
    const note = (): void => {
      touched.push(machine.deviceSide.touchedPages);
      reads.push(machine.deviceSide.memoryReads);
    };
    for (const iova of [16, 32]) {
      domain.map(iova, new PlainOperation(0, 0, 2, [{ phys: iova * 4096, size: 4 * 4096 }], false, false));
      note();
    }
    for (const iova of [16, 32]) {
      domain.unmap(iova, 4);
      domain.invalidateRange(iova, 4);
      note();
    }
    return { touched, reads };
  }

  it('first: all at the map; the second mapping finds the upper levels that the first one read', () => {
    expect(accesses('first')).toEqual({ touched: [4, 8, 8, 8], reads: [7, 11, 11, 11] });
  });

  it('last: all before the unmap; each invalidation has emptied the upper levels for the next', () => {
    expect(accesses('last')).toEqual({ touched: [0, 0, 4, 8], reads: [0, 0, 7, 14] });
  });

  it('spread: half at the map, half before the unmap', () => {
    expect(accesses('spread')).toEqual({ touched: [2, 4, 6, 8], reads: [5, 7, 9, 14] });
  });

  it('is a choice of the machine that a replay can be given', () => {
    const trace = mapsAndUnmaps(64, { gapNs: 10_000, lifeNs: 100_000 });
    const readsWith = (deviceAccess: string): number =>
      replay(trace, buildScenario({ policy: 'strict', platform: 'vtd-bare-metal', machine: { deviceAccess } })).device
        .memoryReadsPer4k;
    expect(readsWith('first')).not.toBe(readsWith('last'));
    expect(() => readsWith('never')).toThrow('must be first, spread or last');
  });
});
