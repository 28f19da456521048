import { describe, expect, it } from 'vitest';
import { Gauge } from '../../src/iommu/gauges';
import { timerDeadline } from '../../src/iommu/timers';
import { TEST_TRAITS, testMachine } from '../reference/simulation';

const MS = 1e6;

function queueing(count: number) {
  const parts = testMachine({ traits: { ...TEST_TRAITS, iovaMagazineSize: 127 } });
  const domain = parts.machine.domains[0];
  const push = (): void => {
    const iova = domain.iova.allocate(1);
    domain.mapPages(iova, 1, 1, 3);
    domain.unmap(iova, 1);
    domain.flushQueue.push(iova, 1);
  };
  for (let i = 0; i < count; i++) push();
  return { ...parts, domain, push };
}

describe('the flush queue', () => {
  it('holds 255 unmaps of a CPU; the next one flushes the whole domain first', () => {
    const { machine, domain, push } = queueing(255);
    expect(machine.counters.drains.full).toBe(0);
    push();
    expect(machine.counters.drains).toEqual({ full: 1, timer: 0 });
    expect(machine.counters.invalidations).toEqual({ page: 0, domain: 1, global: 0, device: 0 });
    expect(domain.flushQueue.queued).toBe(1);
  });

  it('has a ring per CPU: a full one releases its own entries only, though the flush has covered all', () => {
    const { machine, log, domain, push } = queueing(10);
    log.currentCpu = 1;
    for (let i = 0; i < 256; i++) push();
    expect(machine.counters.drains.full).toBe(1);
    expect(domain.flushQueue.queued).toBe(11);
    // The unmap that found the ring full came before the flush as well, but its entry waits for the next one.
    expect(machine.gauges.current[Gauge.StalePages]).toBe(0);
    log.currentCpu = 0;
    push();
    expect(domain.flushQueue.queued).toBe(2);
  });

  it('can be one ring for all CPUs, of another size', () => {
    const { machine, log, domain, push } = queueing(0);
    domain.flushQueue.configure({ slots: 4, timeoutNs: 10 * MS, single: true });
    for (let cpu = 0; cpu < 4; cpu++) {
      log.currentCpu = cpu;
      push();
    }
    expect(machine.counters.drains).toEqual({ full: 1, timer: 0 });
    expect(domain.flushQueue.queued).toBe(1);
  });

  it('counts unmaps, not pages', () => {
    const { machine, domain } = queueing(0);
    for (let i = 0; i < 255; i++) {
      const iova = domain.iova.allocate(16);
      domain.mapPages(iova, 1, 16, 3);
      domain.unmap(iova, 16);
      domain.flushQueue.push(iova, 16);
    }
    expect(machine.counters.drains.full).toBe(0);
    expect(machine.gauges.current[Gauge.QueuedPages]).toBe(255 * 16);
  });

  it('flushes 10 ms and up to two ticks after the first unmap, and gives the entries of all CPUs back', () => {
    const { machine, log, domain, push } = queueing(0);
    log.time = 5 * MS;
    push();
    const due = domain.nextTimer();
    expect(due - log.time).toBeGreaterThanOrEqual(12 * MS);
    expect(due - log.time).toBeLessThanOrEqual(16 * MS);
    log.currentCpu = 2;
    push();
    expect(domain.nextTimer()).toBe(due);
    expect(domain.timerCpu()).toBe(0);
    log.time = due;
    log.currentCpu = 0;
    domain.runTimers();
    expect(machine.counters.drains).toEqual({ full: 0, timer: 1 });
    expect(domain.flushQueue.queued).toBe(0);
    expect(domain.nextTimer()).toBe(Infinity);
    expect(machine.stale.windows).toBe(2);
    expect(machine.stale.maxNs).toBe(due - 5 * MS);
    // Both IOVAs are in the cache of the CPU that ran the timer.
    const before = machine.counters.iovaCacheHits;
    domain.iova.allocate(1);
    domain.iova.allocate(1);
    expect(machine.counters.iovaCacheHits).toBe(before + 2);
  });
});

describe('kernel timers', () => {
  it('end on a tick, never early: 10 ms take 12 to 16 ms at 250 Hz, 10 to 11 at 1000 Hz', () => {
    expect(timerDeadline(0, 10 * MS, 250)).toBe(16 * MS);
    expect(timerDeadline(3.9 * MS, 10 * MS, 250)).toBe(16 * MS);
    expect(timerDeadline(4 * MS, 10 * MS, 250)).toBe(20 * MS);
    expect(timerDeadline(0.5 * MS, 10 * MS, 1000)).toBe(11 * MS);
  });
});
