import { describe, expect, it } from 'vitest';
import { Gauge } from '../../src/iommu/gauges';
import { Work } from '../../src/iommu/work';
import { testMachine } from '../reference/simulation';

const MIB2 = 512;
const GIB = 2 ** 18;

describe('the page table', () => {
  it('writes one entry per 4 KiB page and makes the tables above the first one', () => {
    const { machine, log } = testMachine();
    const { pageTable } = machine.domains[0];
    pageTable.map(0xffff0, 77, 16);
    expect(machine.counters).toMatchObject({ maps: 1, pteWrites: 16 });
    expect(log.totals[Work.TablePageAlloc]).toBe(3);
    pageTable.map(0xfffe0, 500, 16);
    expect(log.totals[Work.TablePageAlloc]).toBe(3);
    expect(machine.gauges.current[Gauge.PageTableBytes]).toBe(3 * 4096);
  });

  it('uses a 2 MiB entry only where both addresses are congruent', () => {
    const { pageTable } = testMachine().machine.domains[0];
    expect(pageTable.map(4 * MIB2, 9 * MIB2, MIB2)).toBe(1);
    expect(pageTable.map(8 * MIB2, 9 * MIB2 + 1, MIB2)).toBe(MIB2);
  });

  it('fills up to the next 2 MiB boundary with small entries, and after the last one', () => {
    const { pageTable } = testMachine().machine.domains[0];
    expect(pageTable.map(MIB2 - 3, 5 * MIB2 - 3, 3 + 2 * MIB2 + 5)).toBe(3 + 2 + 5);
  });

  it('uses 1 GiB entries for an identity region of whole GiB', () => {
    const { machine } = testMachine({ ramPages: 4 * GIB });
    const { pageTable } = machine.domains[0];
    expect(pageTable.map(0, 0, 4 * GIB)).toBe(4);
    expect(pageTable.leavesOf(0, 0, 4 * GIB, MIB2)).toBe(4 * 512);
    expect(pageTable.leavesOf(0, 0, 4 * GIB, 1)).toBe(4 * GIB);
  });

  it('frees a table page only when one unmap covers all that it spans', () => {
    const { machine, log } = testMachine();
    const { pageTable } = machine.domains[0];
    for (let i = 0; i < 2; i++) pageTable.map(MIB2 + 256 * i, 1 + 256 * i, 256);
    for (let i = 0; i < 2; i++) {
      pageTable.clear(MIB2 + 256 * i, 1 + 256 * i, 256);
      pageTable.finishUnmap(MIB2 + 256 * i, 256);
    }
    expect(log.totals[Work.TablePageFree]).toBe(0);
    pageTable.map(MIB2, 1, MIB2);
    pageTable.clear(MIB2, 1, MIB2);
    pageTable.finishUnmap(MIB2, MIB2);
    expect(log.totals[Work.TablePageFree]).toBe(1);
    expect(pageTable.liveLeaves).toBe(0);
    expect(pageTable.check()).toEqual([]);
  });

  it('replaces an empty table by a large entry', () => {
    const { machine, log } = testMachine();
    const { pageTable } = machine.domains[0];
    pageTable.map(MIB2, 1, 4);
    pageTable.clear(MIB2, 1, 4);
    pageTable.finishUnmap(MIB2, 4);
    expect(pageTable.map(MIB2, MIB2, MIB2)).toBe(1);
    expect(log.totals[Work.TablePageFree]).toBe(1);
    expect(pageTable.check()).toEqual([]);
  });
});
