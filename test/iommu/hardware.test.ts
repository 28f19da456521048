import { describe, expect, it } from 'vitest';
import { coveringOrder } from '../../src/iommu/hardware/hardware';
import { rangeCommands } from '../../src/iommu/hardware/smmuv3';
import { Gauge } from '../../src/iommu/gauges';
import type { MachineOptions } from '../../src/iommu/machine';
import type { MachineTraits } from '../../src/iommu/traits';
import { Work } from '../../src/iommu/work';
import { PlainOperation, type Segment } from '../reference/operations';
import { TEST_TRAITS, testMachine } from '../reference/simulation';

const PAGE = 4096;

function machineOf(
  traits: Partial<MachineTraits>,
  devices: { ats: boolean }[] = [{ ats: false }],
  more: Partial<MachineOptions> = {},
) {
  const parts = testMachine({
    traits: { ...TEST_TRAITS, maxAddressMask: 18, ...traits },
    domains: [
      { name: 'group 0', devices: devices.map(({ ats }, id) => ({ id, name: `device ${id}`, ats, untrusted: false })) },
      { name: 'group 1', devices: [{ id: 9, name: 'another', ats: false, untrusted: false }] },
    ],
    ...more,
  });
  return { ...parts, domain: parts.machine.domains[0], other: parts.machine.domains[1] };
}

/** Buffers whose pages are not neighbours, so that each is a run of its own. */
function scattered(...pages: number[]): PlainOperation {
  let at = 1;
  const segments = pages.map((count): Segment => {
    const segment = { phys: at * PAGE, size: count * PAGE };
    at += count + 1;
    return segment;
  });
  return new PlainOperation(0, 0, 2, segments, false, false);
}

describe('one block for a range', () => {
  it('is the smallest aligned power of two that covers it', () => {
    expect(coveringOrder(8, 8)).toBe(3);
    expect(coveringOrder(8, 5)).toBe(3);
    expect(coveringOrder(0x17f, 3)).toBe(8);
    expect(coveringOrder(0xeab20, 18)).toBe(5);
    expect(coveringOrder(0x101, 2)).toBe(2);
  });
});

describe('VT-d', () => {
  it('invalidates one power-of-two block and waits once for each flush', () => {
    const { machine, domain } = machineOf({});
    domain.invalidateRange(64, 18);
    expect(machine.counters).toMatchObject({
      invalidations: { page: 1, domain: 0, global: 0, device: 0 },
      invalidatedPages: 32,
      invalidationWaits: 1,
    });
  });

  it('invalidates the domain where the unit cannot cover the range', () => {
    const { machine, domain } = machineOf({ maxAddressMask: 9 });
    domain.invalidateRange(0, 512);
    domain.invalidateRange(0, 513);
    expect(machine.counters.invalidations).toMatchObject({ page: 1, domain: 1 });
  });

  it('invalidates the device-TLB of each device with ATS, and once more for each PASID on the same table', () => {
    const { machine, domain } = machineOf({}, [{ ats: true }, { ats: false }, { ats: true }]);
    domain.invalidateRange(0, 1);
    expect(machine.counters.invalidations).toMatchObject({ page: 1, device: 2 });
    domain.pasids.bindToDomain();
    domain.invalidateAll();
    expect(machine.counters.invalidations).toMatchObject({ page: 1, domain: 2, device: 6 });
    expect(machine.counters.invalidationWaits).toBe(2);
  });

  it('says nothing to the hardware when it maps', () => {
    const { machine, domain } = machineOf({});
    domain.map(16, scattered(1, 1));
    expect(machine.counters).toMatchObject({ maps: 2, invalidationWaits: 0, exits: 0 });
  });
});

describe('AMD-Vi', () => {
  it('invalidates a power-of-two block, or all pages of the domain', () => {
    const { machine, domain } = machineOf({ kind: 'amd' }, [{ ats: true }]);
    domain.invalidateRange(3, 2);
    expect(machine.counters.invalidatedPages).toBe(8);
    domain.invalidateAll();
    expect(machine.counters.invalidations).toEqual({ page: 1, domain: 1, global: 0, device: 2 });
    expect(machine.counters.invalidationWaits).toBe(2);
  });
});

describe('SMMUv3', () => {
  it('needs a command for each page without range invalidation, and one wait', () => {
    const { machine, log, domain } = machineOf({ kind: 'smmuv3' });
    domain.invalidateRange(0, 256);
    expect(log.totals[Work.PageInvalidation] + log.totals[Work.InvalidationCommand]).toBe(256);
    expect(machine.counters).toMatchObject({ invalidatedPages: 256, invalidationWaits: 1 });
  });

  it('needs few commands with it', () => {
    expect([1, 2, 31, 32, 33, 256, 1023].map(rangeCommands)).toEqual([1, 1, 1, 1, 2, 1, 2]);
    const { log, domain } = machineOf({ kind: 'smmuv3', rangeInvalidation: true });
    domain.invalidateRange(0, 256);
    expect(log.totals[Work.InvalidationCommand]).toBe(0);
  });

  it('waits a second time for devices with ATS', () => {
    const { machine, domain } = machineOf({ kind: 'smmuv3' }, [{ ats: true }, { ats: true }]);
    domain.invalidateRange(0, 4);
    expect(machine.counters.invalidations.device).toBe(2);
    expect(machine.counters.invalidationWaits).toBe(2);
  });
});

describe('virtio-iommu', () => {
  it('up to 6.7 exits once for each run that is mapped, and once for an unmap', () => {
    const { machine, log, domain } = machineOf({ kind: 'virtio-iommu', mapWaitsEach: true });
    domain.map(16, scattered(4, 1, 2));
    expect(log.totals[Work.ViommuMapRequest]).toBe(3);
    expect(machine.counters).toMatchObject({ exits: 3, ioctls: 3 });
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(7 * PAGE);
    domain.unmap(16, 7);
    expect(machine.counters.exits).toBe(3);
    domain.invalidateRange(16, 7);
    expect(machine.counters).toMatchObject({ exits: 4, ioctls: 6, invalidationWaits: 1 });
    expect(log.totals[Work.ViommuUnmapRequest]).toBe(1);
    expect(log.totals[Work.ViommuUnmapPage]).toBe(3);
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(0);
  });

  it('since 6.8 exits once for a whole map', () => {
    const { machine, log, domain } = machineOf({ kind: 'virtio-iommu' });
    domain.map(16, scattered(4, 1, 2));
    expect(log.totals[Work.ViommuMapRequest]).toBe(3);
    expect(machine.counters.exits).toBe(1);
  });

  it('ends the stale window of a queued unmap when anyone kicks the device', () => {
    const { machine, log, domain, other } = machineOf({ kind: 'virtio-iommu' });
    domain.map(16, scattered(2));
    log.time = 100;
    domain.unmap(16, 2);
    expect(machine.gauges.current[Gauge.StalePages]).toBe(2);
    log.time = 350;
    other.map(16, scattered(1));
    expect(machine.gauges.current[Gauge.StalePages]).toBe(0);
    expect(machine.stale).toEqual({ windows: 1, pageNs: 500, maxNs: 250 });
    const { exits } = machine.counters;
    domain.invalidateAll();
    expect(machine.counters.exits).toBe(exits);
  });
});

describe('emulated VT-d in caching mode', () => {
  it('costs an invalidation and an exit for a map, and one ioctl and one pinned page for each leaf', () => {
    const { machine, log, domain } = machineOf({ kind: 'emulated-vtd' });
    domain.map(16, scattered(4, 1));
    expect(machine.counters).toMatchObject({ exits: 1, ioctls: 5, invalidationWaits: 1, invalidations: { page: 1 } });
    expect(log.totals[Work.PagePin]).toBe(5);
    expect(log.totals[Work.ShadowWalkEntry]).toBe(8 + 3);
    domain.unmap(16, 5);
    domain.invalidateRange(16, 5);
    expect(machine.counters).toMatchObject({ exits: 2, ioctls: 10 });
    expect(log.totals[Work.PageUnpin]).toBe(5);
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(0);
  });

  it('walks the whole table for a domain-selective invalidation', () => {
    const { log, domain } = machineOf({ kind: 'emulated-vtd', maxAddressMask: 0 });
    domain.map(16, scattered(4));
    expect(log.totals[Work.ShadowWalkEntry]).toBe(4 * 512);
    expect(log.totals[Work.IoctlMap]).toBe(4);
  });

  it('maps large leaves with one ioctl each', () => {
    const { machine, domain } = machineOf({ kind: 'emulated-vtd' });
    domain.map(512, new PlainOperation(0, 0, 0, [{ phys: 2 ** 21, size: 2 ** 21 }], false, false));
    expect(machine.counters).toMatchObject({ pteWrites: 1, ioctls: 1 });
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(2 ** 21);
  });

  it('has a container for each device, which all pin, unless there is one for the domain', () => {
    const devices = [{ ats: false }, { ats: false }];
    const { machine, domain } = machineOf({ kind: 'emulated-vtd' }, devices);
    domain.map(16, scattered(4));
    expect(machine.counters.ioctls).toBe(8);
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(8 * PAGE);
    const one = machineOf({ kind: 'emulated-vtd', containerPerDevice: false }, devices);
    one.domain.map(16, scattered(4));
    expect(one.machine.counters.ioctls).toBe(4);
    expect(one.machine.gauges.current[Gauge.LockedBytes]).toBe(4 * PAGE);
  });

  it('fails with ENOMEM above the locked-memory limit, and undoes only what was done', () => {
    const { machine, domain } = machineOf({ kind: 'emulated-vtd', lockedMemoryLimit: 4 * PAGE });
    domain.map(16, scattered(4));
    domain.map(32, scattered(1));
    expect(machine.counters.failedMaps).toBe(1);
    expect(machine.failures).toHaveLength(1);
    expect(machine.failures[0].reason).toContain('ENOMEM');
    domain.unmap(32, 1);
    domain.invalidateRange(32, 1);
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(4 * PAGE);
    domain.unmap(16, 4);
    domain.invalidateRange(16, 4);
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(0);
  });

  it('fails with ENOSPC when the container holds too many mappings', () => {
    const { machine, domain } = machineOf({ kind: 'emulated-vtd', dmaEntryLimit: 4 });
    domain.map(16, scattered(3));
    domain.map(32, scattered(2));
    expect(machine.failures.map(({ reason }) => reason).join()).toContain('ENOSPC');
  });

  it('pins all memory once for each device when translation is off', () => {
    const { machine, domain, other } = machineOf({ kind: 'emulated-vtd' });
    domain.openAllMemory();
    other.openAllMemory();
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(2 * 8192 * PAGE);
    const large = machineOf({ kind: 'emulated-vtd', guestRamBytes: 2 ** 32 });
    large.domain.openAllMemory();
    expect(large.machine.gauges.current[Gauge.LockedBytes]).toBe(2 ** 32);
  });
});

describe('nested VT-d', () => {
  it('has all of the guest’s memory pinned once, whatever the policy', () => {
    const { machine, domain } = machineOf({ kind: 'nested-vtd', guestRamBytes: 2 ** 30 });
    domain.openAllMemory();
    domain.map(16, scattered(4));
    expect(machine.gauges.current[Gauge.LockedBytes]).toBe(2 ** 30);
  });

  it('leaves maps to the hardware and forwards invalidations', () => {
    const { machine, domain } = machineOf({ kind: 'nested-vtd' });
    domain.map(16, scattered(4));
    expect(machine.counters.exits).toBe(0);
    domain.unmap(16, 4);
    domain.invalidateRange(16, 4);
    expect(machine.counters).toMatchObject({ exits: 1, ioctls: 0, invalidations: { page: 1 } });
  });
});
