import { describe, expect, it } from 'vitest';
import { AccessOutcome } from '../../src/iommu/access-outcome';
import { Gauge } from '../../src/iommu/gauges';
import { PlainOperation } from '../reference/operations';
import { RAM_PAGES } from '../reference/operations';
import { testMachine } from '../reference/simulation';

const PAGE = 4096;
const TO_DEVICE = 1;
const FROM_DEVICE = 2;

function buffer(phys: number, size: number, direction: number): PlainOperation {
  return new PlainOperation(0, 0, direction, [{ phys, size }], false, false);
}

describe('what devices can reach', () => {
  it('is told apart by reading and writing, and counts a page once however often it is mapped', () => {
    const { machine } = testMachine();
    const [domain] = machine.domains;
    domain.map(16, buffer(10 * PAGE, 2 * PAGE, TO_DEVICE));
    domain.map(32, buffer(11 * PAGE, 2 * PAGE, FROM_DEVICE));
    domain.map(48, buffer(11 * PAGE, PAGE, TO_DEVICE));
    expect(machine.gauges.current[Gauge.ReadablePages]).toBe(2);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(2);
  });

  it('includes unmapped pages until the invalidation has completed', () => {
    const { machine, log } = testMachine();
    const [domain] = machine.domains;
    domain.map(16, buffer(10 * PAGE, 4 * PAGE, FROM_DEVICE));
    log.time = 1000;
    domain.unmap(16, 4);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(4);
    expect(machine.gauges.current[Gauge.StalePages]).toBe(4);
    log.time = 1700;
    domain.invalidateRange(16, 4);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(0);
    expect(machine.stale).toEqual({ windows: 1, pageNs: 2800, maxNs: 700 });
  });

  it('counts the bytes of other data that share a page with a buffer', () => {
    const { machine } = testMachine();
    const [domain] = machine.domains;
    domain.map(16, buffer(10 * PAGE + 100, 1000, FROM_DEVICE));
    expect(machine.gauges.current[Gauge.SubPageBytes]).toBe(PAGE - 1000);
    domain.map(17, buffer(10 * PAGE + 2048, 2048, FROM_DEVICE));
    expect(machine.gauges.current[Gauge.SubPageBytes]).toBe(PAGE - 1000 - 2048);
    domain.map(18, buffer(20 * PAGE + 4000, 200, FROM_DEVICE));
    expect(machine.gauges.current[Gauge.SubPageBytes]).toBe(PAGE - 1000 - 2048 + 2 * PAGE - 200);
  });

  it('is all of memory, once, when translation is off', () => {
    const { machine } = testMachine();
    const [domain] = machine.domains;
    domain.openAllMemory();
    domain.map(16, buffer(10 * PAGE, PAGE, FROM_DEVICE));
    expect(machine.gauges.current[Gauge.ReadablePages]).toBe(RAM_PAGES);
    expect(machine.gauges.peak[Gauge.WritablePages]).toBe(RAM_PAGES);
  });
});

describe('an access after the unmap', () => {
  function unmapped(trackRogueWrites = true) {
    const { machine, log } = testMachine({ trackRogueWrites });
    const [domain] = machine.domains;
    domain.map(16, buffer(10 * PAGE, PAGE, FROM_DEVICE));
    domain.mappings.begin(0, 16, 1);
    log.time = 1000;
    domain.unmap(16, 1);
    log.time = 1800;
    domain.invalidateRange(16, 1);
    return { machine, log, domain };
  }

  it('hits memory before the invalidation has completed, and faults afterwards', () => {
    const { machine, domain } = unmapped();
    expect(domain.probe(0, 1799, true)).toBe(AccessOutcome.StaleHit);
    expect(machine.counters.faults).toBe(0);
    expect(domain.probe(0, 1800, true)).toBe(AccessOutcome.Faulted);
    expect(machine.counters.faults).toBe(1);
  });

  it('hits the next buffer that was given the same address, as far as its direction allows', () => {
    const { domain } = unmapped();
    domain.map(16, buffer(50 * PAGE, PAGE, TO_DEVICE));
    expect(domain.probe(0, 2000, true)).toBe(AccessOutcome.Faulted);
    expect(domain.probe(0, 2000, false)).toBe(AccessOutcome.Hit);
  });

  it('finds a larger mapping that covers the address', () => {
    const { domain } = unmapped();
    domain.mappings.begin(1, 18, 1);
    domain.map(16, buffer(50 * PAGE, 4 * PAGE, FROM_DEVICE));
    expect(domain.probe(1, 2000, true)).toBe(AccessOutcome.Hit);
  });

  it('faults for a mapping that never was', () => {
    const { domain } = testMachine().machine.domains.map(d => ({ domain: d }))[0];
    expect(domain.probe(5, 0, true)).toBe(AccessOutcome.Faulted);
  });
});

describe('mappings from before the recording', () => {
  it('change the state but are nobody’s work', () => {
    const { machine, log } = testMachine();
    const [domain] = machine.domains;
    machine.setCounting(false);
    domain.map(16, buffer(10 * PAGE, 2 * PAGE, FROM_DEVICE));
    domain.unmap(16, 2);
    domain.invalidateRange(16, 2);
    domain.map(16, buffer(10 * PAGE, PAGE, FROM_DEVICE));
    machine.setCounting(true);
    expect(log.totals.every(amount => amount === 0)).toBe(true);
    expect(machine.counters.maps).toBe(0);
    expect(machine.stale.windows).toBe(0);
    expect(machine.gauges.peak[Gauge.WritablePages]).toBe(1);
    domain.unmap(16, 1);
    expect(machine.counters).toMatchObject({ unmaps: 1, pteClears: 1 });
  });
});
