import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatedLog } from '../../src/iommu/gated-log';
import { Gauge, Gauges } from '../../src/iommu/gauges';
import { LockRegistry } from '../../src/iommu/locks';
import { Swiotlb } from '../../src/iommu/swiotlb';
import { CountingLog } from '../../src/iommu/work';
import { ReferenceSwiotlb } from '../reference/reference-swiotlb';

const KIB = 1024;
const MIB = 1024 * KIB;

function pool(bytes: number, cpus = 1) {
  const log = new CountingLog();
  const gauges = new Gauges();
  return { log, gauges, swiotlb: new Swiotlb(new GatedLog(log), gauges, new LockRegistry(), cpus, bytes) };
}

describe('the static bounce pool', () => {
  it('has slots of 2 KiB: 64 MiB are 32768', () => {
    expect(pool(64 * MIB).swiotlb.slots).toBe(32768);
  });

  it('cannot serve more than 256 KiB at once', () => {
    const { swiotlb } = pool(64 * MIB);
    expect(swiotlb.allocate(256 * KIB, 1)).toBeGreaterThanOrEqual(0);
    expect(swiotlb.allocate(256 * KIB + 1, 1)).toBe(-1);
  });

  it('aligns requests of a page and more to a page, smaller ones to a slot', () => {
    const { swiotlb } = pool(MIB);
    expect(swiotlb.allocate(100, 1)).toBe(0);
    expect(swiotlb.allocate(4096, 1)).toBe(2);
    expect(swiotlb.allocate(100, 1)).toBe(4);
    expect(swiotlb.allocate(100, 4096)).toBe(6);
  });

  it('is full when no segment has a run long enough, and serves again after a release', () => {
    const { swiotlb, gauges } = pool(MIB);
    const slots = Array.from({ length: 4 }, () => swiotlb.allocate(200 * KIB, 1));
    expect(slots.every(slot => slot >= 0)).toBe(true);
    expect(swiotlb.allocate(100 * KIB, 1)).toBe(-1);
    expect(swiotlb.allocate(56 * KIB, 1)).toBeGreaterThanOrEqual(0);
    swiotlb.release(slots[2]);
    expect(swiotlb.allocate(200 * KIB, 1)).toBe(slots[2]);
    expect(gauges.peak[Gauge.PoolBytes]).toBe(856 * KIB);
    expect(swiotlb.check()).toEqual([]);
  });

  it('begins in the area of its CPU and goes on to the others', () => {
    const { swiotlb, log } = pool(MIB, 4);
    log.currentCpu = 2;
    const slots = Array.from({ length: 4 }, () => swiotlb.allocate(256 * KIB, 1));
    expect(slots).toEqual([256, 384, 0, 128]);
    expect(swiotlb.allocate(1, 1)).toBe(-1);
  });

  it('places every request as a search over single slots would', () => {
    const request = fc.record({
      bytes: fc.integer({ min: 1, max: 270 * KIB }),
      align: fc.constantFrom(1, 4096),
      release: fc.boolean(),
      which: fc.nat(),
      cpu: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 150 }), requests => {
        const { swiotlb, log } = pool(MIB, 3);
        const reference = new ReferenceSwiotlb(3, MIB);
        const live: number[] = [];
        for (const { bytes, align, release, which, cpu } of requests) {
          log.currentCpu = cpu;
          if (release && live.length > 0) {
            const [slot] = live.splice(which % live.length, 1);
            swiotlb.release(slot);
            reference.release(slot);
            continue;
          }
          const slot = swiotlb.allocate(bytes, align);
          expect(slot).toBe(reference.allocate(bytes, align, cpu) ?? -1);
          if (slot >= 0) live.push(slot);
          expect(swiotlb.usedSlots).toBe(reference.usedSlots);
        }
        expect(swiotlb.check()).toEqual([]);
      }),
    );
  });
});
