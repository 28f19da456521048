import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gauge } from '../../src/iommu/gauges';
import type { MachineOptions } from '../../src/iommu/machine';
import { Work } from '../../src/iommu/work';
import type { Parameters, Policy } from '../../src/policies/policy';
import { findPolicy, policies } from '../../src/policies/registry';
import { PlainOperation, RAM_PAGES, type Step, workloads } from '../reference/operations';
import { CPUS, defaultsOf, TEST_TRAITS, testMachine } from '../reference/simulation';

const PAGE = 4096;
const KIB = 1024;
const BOTH = 0;
const TO_DEVICE = 1;
const FROM_DEVICE = 2;
const DAY_NS = 86400e9;

function start(id: string, parameters: Parameters = {}, options: Partial<MachineOptions> = {}) {
  const policy = findPolicy(id)!;
  const parts = testMachine(options);
  const [domain] = parts.machine.domains;
  const instance = policy.create(domain, defaultsOf(policy, parameters));
  instance.setUp?.();
  parts.log.totals.fill(0);
  parts.machine.setCounting(true);
  return { ...parts, domain, instance };
}

let mappings = 0;

function buffer(page: number, size: number, direction: number, offset = 0): PlainOperation {
  return new PlainOperation(mappings++ % 4096, 0, direction, [{ phys: page * PAGE + offset, size }], false, false);
}

/** Lets all timers run. */
function settle({ domain, log }: Pick<ReturnType<typeof start>, 'domain' | 'log'>): void {
  const end = log.time + DAY_NS;
  while (domain.nextTimer() < end) {
    log.time = Math.max(log.time, domain.nextTimer());
    log.currentCpu = domain.timerCpu();
    domain.runTimers();
  }
}

describe('the registry', () => {
  it('has the policies that the command line promises, each once, and two bounds', () => {
    const ids = policies.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([
        ...['strict', 'lazy', 'passthrough', 'ro-identity', 'reuse', 'bounce-dynamic', 'swiotlb', 'untrusted'],
        ...['pasid-bypass', 'pasid-iova', 'pasid-kva-fast', 'pasid-kva-strict'],
      ]),
    );
    expect(policies.filter(({ bound }) => bound).map(({ id }) => id)).toEqual(['no-iommu', 'perfect-reuse']);
  });

  it.each(policies.map(policy => [policy.id, policy] as const))('%s has sound parameters', (_id, policy: Policy) => {
    for (const schema of Object.values(policy.parameters)) {
      expect(schema.description).toMatch(/\.$/);
      if (schema.type === 'enum') expect(schema.values).toContain(schema.default);
      else if (schema.type === 'boolean') expect(typeof schema.default).toBe('boolean');
      else {
        expect(Number(schema.default)).toBeGreaterThanOrEqual(schema.minimum!);
        expect(Number(schema.default)).toBeLessThanOrEqual(schema.maximum!);
      }
    }
  });
});

/** Every policy with its defaults, and with each other value of its choices. */
const variants = policies.flatMap(policy => {
  const others = Object.entries(policy.parameters).flatMap(([name, schema]): Parameters[] => {
    if (schema.type === 'boolean') return [{ [name]: !schema.default }];
    return (schema.values ?? []).filter(value => value !== schema.default).map(value => ({ [name]: value }));
  });
  return [{}, ...others].map((parameters: Parameters) => ({
    name: `${policy.id} ${JSON.stringify(parameters)}`,
    policy,
    parameters,
  }));
});

describe('whatever the workload', () => {
  it.each(variants)('$name keeps its books', ({ policy, parameters }) => {
    fc.assert(
      fc.property(workloads(CPUS), (steps: Step[]) => {
        const parts = start(policy.id, { ...parameters, ...smallPool(policy) });
        const { machine, log, domain, instance } = parts;
        const startLeaves = domain.pageTable.liveLeaves;
        const startRanges = domain.iova.liveRanges;
        const live = play(steps, parts);
        expect(machine.counters.pteWrites).toBe(machine.counters.pteClears + domain.pageTable.liveLeaves - startLeaves);
        for (const op of live) {
          log.currentCpu = op.cpu;
          instance.unmap(op);
        }
        settle(parts);
        expect([...machine.check(), ...(instance.check?.() ?? [])]).toEqual([]);
        expect(machine.gauges.current[Gauge.StalePages]).toBe(0);
        expect(machine.gauges.current[Gauge.QueuedPages]).toBe(0);
        if (KEEPS_MAPPINGS.has(policy.id) || parameters.reuse === true) return;
        expect(domain.pageTable.liveLeaves).toBe(startLeaves);
        expect(domain.iova.liveRanges).toBe(startRanges);
        expect(domain.flushQueue.queued).toBe(0);
      }),
      { numRuns: 25 },
    );
  });
});

const KEEPS_MAPPINGS = new Set(['reuse', 'perfect-reuse']);

function smallPool(policy: Policy): Parameters {
  return 'poolMiB' in policy.parameters ? { poolMiB: 2 } : {};
}

/** Plays a workload; returns what is still mapped. */
function play(steps: readonly Step[], { log, domain, instance }: ReturnType<typeof start>): PlainOperation[] {
  const live: PlainOperation[] = [];
  let mapping = 0;
  for (const step of steps) {
    log.time += step.kind === 'wait' ? step.ns : 1000;
    while (domain.nextTimer() <= log.time) {
      log.currentCpu = domain.timerCpu();
      domain.runTimers();
    }
    if (step.kind === 'wait') continue;
    log.currentCpu = step.cpu;
    if (step.kind === 'map') {
      const op = new PlainOperation(
        mapping++,
        step.cpu,
        step.direction,
        step.segments,
        step.coherent,
        step.skipCpuSync,
      );
      instance.map(op);
      live.push(op);
    } else if (live.length > 0) {
      const op = live[step.which % live.length];
      if (step.kind === 'sync-cpu') instance.syncForCpu?.(op);
      else if (step.kind === 'sync-device') instance.syncForDevice?.(op);
      else instance.unmap(live.splice(step.which % live.length, 1)[0]);
    }
  }
  return live;
}

describe('strict', () => {
  it('invalidates once for each unmap, whatever its size', () => {
    const { machine, instance } = start('strict');
    for (const pages of [1, 16, 300]) {
      const op = buffer(100, pages * PAGE, FROM_DEVICE);
      instance.map(op);
      instance.unmap(op);
    }
    expect(machine.counters.invalidations).toEqual({ page: 3, domain: 0, global: 0, device: 0 });
    expect(machine.counters.invalidationWaits).toBe(3);
  });

  it('maps a list at one IOVA, run by run, and unmaps it at once', () => {
    const { machine, log, instance } = start('strict');
    const segments = [1, 3, 4, 9].map(page => ({ phys: page * PAGE, size: PAGE }));
    const op = new PlainOperation(0, 0, FROM_DEVICE, segments, false, false);
    instance.map(op);
    instance.unmap(op);
    expect(machine.counters).toMatchObject({ iovaAllocs: 1, maps: 3, unmaps: 1, pteWrites: 4, pteClears: 4 });
    expect(log.totals[Work.TableWalk]).toBe(0);
  });

  it('ignores a second unmap of the same mapping', () => {
    const { machine, instance } = start('strict');
    const op = buffer(100, PAGE, FROM_DEVICE);
    instance.map(op);
    instance.unmap(op);
    instance.unmap(op);
    expect(machine.counters.unmaps).toBe(1);
    expect(machine.check()).toEqual([]);
  });
});

describe('lazy', () => {
  it('does the same page-table work as strict', () => {
    fc.assert(
      fc.property(workloads(CPUS), steps => {
        const [strict, lazy] = ['strict', 'lazy'].map(id => {
          const parts = start(id);
          play(steps, parts);
          const { maps, unmaps, pteWrites, pteClears } = parts.machine.counters;
          return { maps, unmaps, pteWrites, pteClears };
        });
        expect(lazy).toEqual(strict);
      }),
      { numRuns: 30 },
    );
  });

  it('is strict where the platform cannot defer, and says so', () => {
    const { machine, instance } = start('lazy', {}, { traits: { ...TEST_TRAITS, deferredFlush: false } });
    const op = buffer(1, PAGE, BOTH);
    instance.map(op);
    instance.unmap(op);
    expect(machine.counters.invalidations.page).toBe(1);
    expect(machine.failures.map(({ severity, reason }) => `${severity}: ${reason}`)).toEqual([
      'info: Domain group 0 is strict where lazy was asked for: this platform cannot defer invalidations',
    ]);
  });

  it('is strict for an untrusted device', () => {
    const devices = [{ id: 0, name: 'external', ats: false, untrusted: true }];
    const { machine, instance } = start('lazy', {}, { domains: [{ name: 'g', devices }] });
    const op = buffer(1, PAGE, BOTH);
    instance.map(op);
    instance.unmap(op);
    expect(machine.counters.invalidations.page).toBe(1);
  });
});

describe('passthrough', () => {
  it('does nothing and exposes everything', () => {
    const { machine, log, instance } = start('passthrough');
    const op = buffer(100, PAGE, BOTH);
    instance.map(op);
    instance.unmap(op);
    expect(log.totals.every(amount => amount === 0)).toBe(true);
    expect(machine.gauges.peak[Gauge.WritablePages]).toBe(RAM_PAGES);
  });
});

describe('ro-identity', () => {
  it('does nothing for TO_DEVICE, and strict’s work for what the device may write', () => {
    const { machine, instance } = start('ro-identity');
    for (const direction of [TO_DEVICE, FROM_DEVICE, BOTH]) {
      const op = buffer(100, PAGE, direction);
      instance.map(op);
      instance.unmap(op);
    }
    expect(machine.counters).toMatchObject({ maps: 2, unmaps: 2, invalidations: { page: 2 } });
  });

  it('lets the device read everything and write only what is mapped for it', () => {
    const { machine, domain, instance } = start('ro-identity');
    const tx = buffer(100, PAGE, TO_DEVICE);
    instance.map(tx);
    instance.map(buffer(200, 2 * PAGE, FROM_DEVICE));
    expect(machine.gauges.current[Gauge.ReadablePages]).toBe(RAM_PAGES);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(2);
    domain.probe(tx.mapping, 0, true);
    expect(machine.counters.faults).toBe(1);
  });

  it.each([
    ['4K', RAM_PAGES],
    ['2M', RAM_PAGES / 512],
  ])('sets its identity region up once, with pages of %s', (identityPage, leaves) => {
    const policy = findPolicy('ro-identity')!;
    const { machine, log } = testMachine();
    policy.create(machine.domains[0], defaultsOf(policy, { identityPage })).setUp!();
    expect(log.totals[Work.PteWrite]).toBe(leaves);
    expect(log.totals[Work.MapCall]).toBe(1);
  });

  it('places dynamic IOVAs above the top of memory in one domain, anywhere in two', () => {
    const ram = 2 ** 21;
    for (const [domains, above] of [
      ['one', true],
      ['two', false],
    ] as const) {
      const { domain, instance } = start('ro-identity', { domains }, { ramPages: ram });
      instance.map(buffer(200, PAGE, FROM_DEVICE));
      expect(domain.iova.lowest >= ram).toBe(above);
      expect(instance.check!()).toEqual([]);
    }
  });

  it('maps recycled receive pages once when combined with reuse', () => {
    const { machine, instance } = start('ro-identity', { reuse: true });
    for (let i = 0; i < 10; i++) {
      const op = buffer(200, 2 * KIB, FROM_DEVICE);
      instance.map(op);
      instance.unmap(op);
    }
    expect(machine.counters).toMatchObject({ maps: 1, unmaps: 0, invalidations: { page: 0 } });
  });

  it('refuses a trace that does not tell directions', () => {
    const policy = findPolicy('ro-identity')!;
    expect(policy.refuses!({ directionKnown: false, untrustedDevices: [] })).toContain('direction');
    expect(policy.refuses!({ directionKnown: true, untrustedDevices: [] })).toBeUndefined();
  });
});

describe('reuse', () => {
  it('shares one mapping between buffers in the same page', () => {
    const { machine, instance } = start('reuse');
    const [a, b] = [buffer(7, 2048, FROM_DEVICE), buffer(7, 2048, FROM_DEVICE, 2048)];
    instance.map(a);
    instance.map(b);
    instance.unmap(a);
    instance.unmap(b);
    expect(machine.counters).toMatchObject({ maps: 1, unmaps: 0 });
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(1);
  });

  it('recycles lists as a whole', () => {
    const { machine, instance } = start('reuse');
    const list = (mapping: number, pages: number[]): PlainOperation =>
      new PlainOperation(
        mapping,
        0,
        FROM_DEVICE,
        pages.map(page => ({ phys: page * PAGE, size: PAGE })),
        false,
        false,
      );
    for (const op of [list(0, [1, 3, 5]), list(1, [1, 3, 5]), list(2, [1, 5, 3])]) {
      instance.map(op);
      instance.unmap(op);
    }
    expect(machine.counters).toMatchObject({ iovaAllocs: 2, maps: 6, unmaps: 0 });
  });

  it('unmaps the page that was not used for longest when there are more than the limit', () => {
    const { machine, instance } = start('reuse', { limit: 2 });
    for (const page of [1, 2, 3]) {
      const op = buffer(page, PAGE, FROM_DEVICE);
      instance.map(op);
      instance.unmap(op);
    }
    expect(machine.counters).toMatchObject({ maps: 3, unmaps: 1, invalidations: { page: 1 } });
    instance.map(buffer(2, PAGE, FROM_DEVICE));
    expect(machine.counters.maps).toBe(3);
    instance.map(buffer(1, PAGE, FROM_DEVICE));
    expect(machine.counters.maps).toBe(4);
  });
});

describe('swiotlb', () => {
  it('copies at map for every direction, and back only what the device wrote', () => {
    const { machine, instance } = start('swiotlb');
    for (const direction of [TO_DEVICE, FROM_DEVICE, BOTH]) {
      const op = buffer(100, 1000, direction);
      instance.map(op);
      instance.unmap(op);
    }
    expect(machine.counters).toMatchObject({
      bounced: 3,
      copiedToDeviceBytes: 3000,
      copiedFromDeviceBytes: 2000,
      maps: 0,
    });
  });

  it('fails a map when the pool is full, and the driver’s unmap of it does nothing', () => {
    const { machine, instance } = start('swiotlb', { poolMiB: 1, areas: 1 });
    const ops = Array.from({ length: 5 }, (_, i) => buffer(100 * i, 256 * KIB, FROM_DEVICE));
    for (const op of ops) instance.map(op);
    expect(machine.counters.failedMaps).toBe(1);
    expect(machine.failures[0]).toMatchObject({ reason: 'swiotlb buffer is full', firstMapping: ops[4].mapping });
    for (const op of ops) instance.unmap(op);
    expect(machine.gauges.current[Gauge.PoolBytes]).toBe(0);
    expect(machine.check()).toEqual([]);
  });

  it('exposes the pool alone when it is mapped once, at no cost per operation but the copies', () => {
    const { machine, log, instance } = start('swiotlb', { premapped: true, poolMiB: 1 });
    const op = buffer(100, 1000, BOTH);
    instance.map(op);
    instance.unmap(op);
    expect(machine.gauges.peak[Gauge.WritablePages]).toBe(256);
    expect(log.totals[Work.PteWrite]).toBe(0);
    expect(machine.counters.invalidationWaits).toBe(0);
  });

  it('leaves coherent memory alone', () => {
    const { machine, instance } = start('swiotlb');
    instance.map(new PlainOperation(0, 0, BOTH, [{ phys: PAGE, size: PAGE }], true, false));
    expect(machine.counters.bounced).toBe(0);
  });
});

describe('bounce-dynamic', () => {
  it('maps a buffer once and serves later maps of its size from the pool, newest first', () => {
    const { machine, log, instance } = start('bounce-dynamic');
    for (let i = 0; i < 5; i++) {
      const op = buffer(100 + i, PAGE, FROM_DEVICE);
      instance.map(op);
      instance.unmap(op);
    }
    expect(log.totals[Work.PoolMiss]).toBe(1);
    expect(log.totals[Work.PoolHit]).toBe(4);
    expect(machine.counters).toMatchObject({ maps: 1, unmaps: 0, invalidationWaits: 0, bounced: 5 });
  });

  it('copies nothing at map for FROM_DEVICE, nothing at unmap for TO_DEVICE, and nothing with SKIP_CPU_SYNC', () => {
    const { machine, instance } = start('bounce-dynamic');
    const cases = [FROM_DEVICE, TO_DEVICE].map(direction => buffer(1, 3000, direction));
    cases.push(new PlainOperation(mappings++, 0, BOTH, [{ phys: PAGE, size: 3000 }], false, true));
    for (const op of cases) {
      instance.map(op);
      instance.unmap(op);
    }
    expect(machine.counters).toMatchObject({ copies: 2, copiedToDeviceBytes: 3000, copiedFromDeviceBytes: 3000 });
    instance.map(cases[2]);
    instance.syncForDevice!(cases[2]);
    instance.syncForCpu!(cases[2]);
    expect(machine.counters.copies).toBe(4);
  });

  it('keeps buffers for reading, writing and both apart, unless told otherwise', () => {
    for (const [permissionLists, misses] of [
      [true, 3],
      [false, 1],
    ] as const) {
      const { log, instance } = start('bounce-dynamic', { permissionLists });
      for (const direction of [TO_DEVICE, FROM_DEVICE, BOTH]) {
        const op = buffer(1, PAGE, direction);
        instance.map(op);
        instance.unmap(op);
      }
      expect(log.totals[Work.PoolMiss]).toBe(misses);
    }
  });

  it('takes the normal path above the threshold and when a class has no buffers left', () => {
    const { machine, instance } = start('bounce-dynamic', { threshold: 16, slots: 1 });
    instance.map(buffer(1, 16 * KIB + 1, TO_DEVICE));
    expect(machine.counters).toMatchObject({ bounced: 0, iovaAllocs: 1 });
    instance.map(buffer(1, PAGE, TO_DEVICE));
    instance.map(buffer(2, PAGE, TO_DEVICE));
    expect(machine.counters).toMatchObject({ bounced: 1, iovaAllocs: 2 });
  });

  it('puts a whole list into one buffer', () => {
    const { machine, instance } = start('bounce-dynamic');
    const segments = [1, 3, 5].map(page => ({ phys: page * PAGE, size: PAGE }));
    instance.map(new PlainOperation(0, 0, TO_DEVICE, segments, false, false));
    expect(machine.counters).toMatchObject({ bounced: 1, copies: 1, copiedBytes: 3 * PAGE });
    expect(machine.gauges.current[Gauge.PoolBytes]).toBe(4 * PAGE);
  });

  it('maps v2’s buffers page by page, v1’s as one run', () => {
    for (const [version, runs] of [
      ['v1', 1],
      ['v2', 4],
    ] as const) {
      const { machine, instance } = start('bounce-dynamic', { version });
      instance.map(buffer(1, 4 * PAGE, TO_DEVICE));
      expect(machine.counters).toMatchObject({ maps: runs, pteWrites: 4 });
    }
  });

  it('keeps the offset in the page in v1, so that a straddling buffer takes a larger class', () => {
    for (const [version, bytes] of [
      ['v1', 4 * PAGE],
      ['v2', PAGE],
    ] as const) {
      const { machine, instance } = start('bounce-dynamic', { version });
      instance.map(buffer(1, PAGE, TO_DEVICE, 100));
      expect(machine.gauges.current[Gauge.PoolBytes]).toBe(bytes);
    }
  });

  it('unmaps buffers that were not used for one to two eviction periods, and follows the load down', () => {
    const { machine, log, domain, instance } = start('bounce-dynamic');
    const op = buffer(1, PAGE, TO_DEVICE);
    instance.map(op);
    instance.unmap(op);
    expect(machine.gauges.current[Gauge.PoolBytes]).toBe(PAGE);
    log.time = domain.nextTimer();
    domain.runTimers();
    expect(log.time).toBeGreaterThan(5e9);
    expect(machine.gauges.current[Gauge.PoolBytes]).toBe(PAGE);
    log.time = domain.nextTimer();
    domain.runTimers();
    expect(machine.gauges.current[Gauge.PoolBytes]).toBe(0);
    expect(machine.counters.invalidations.page).toBe(1);
    expect(domain.nextTimer()).toBe(Infinity);
  });

  it('exposes bounce pages and no page of the driver', () => {
    const { machine, instance } = start('bounce-dynamic');
    instance.map(buffer(1, 100, FROM_DEVICE, 500));
    expect(machine.gauges.current[Gauge.SubPageBytes]).toBe(0);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(1);
    expect(machine.gauges.current[Gauge.ReadablePages]).toBe(0);
  });

  it('bounces unaligned buffers of any size for untrusted devices and zeroes what is left of the page', () => {
    const { machine, log, instance } = start('bounce-dynamic', { threshold: 4, untrusted: true });
    instance.map(buffer(1, 8 * PAGE, FROM_DEVICE));
    expect(machine.counters.bounced).toBe(0);
    instance.map(buffer(1, 8 * PAGE, FROM_DEVICE, 16));
    instance.map(buffer(1, 1500, FROM_DEVICE));
    expect(machine.counters.bounced).toBe(2);
    expect(log.totals[Work.ZeroByte]).toBe(PAGE - 1500);
  });

  it('bounces for untrusted devices even when the pools are used up, in buffers of a single use', () => {
    const { machine, instance } = start('bounce-dynamic', { slots: 1, untrusted: true });
    const ops = [buffer(1, 1500, FROM_DEVICE), buffer(2, 1500, FROM_DEVICE), buffer(3, 700 * KIB + 1, FROM_DEVICE)];
    for (const op of ops) instance.map(op);
    expect(machine.counters.bounced).toBe(3);
    expect(machine.gauges.current[Gauge.SubPageBytes]).toBe(0);
    for (const op of ops) instance.unmap(op);
    expect(machine.counters.invalidations.page).toBe(2);
    expect(machine.gauges.current[Gauge.PoolBytes]).toBe(PAGE);
    expect(machine.check()).toEqual([]);
  });
});

describe('untrusted', () => {
  it('bounces what shares a page with other data, whole, and zeroes the padding', () => {
    const { machine, log, instance } = start('untrusted');
    const op = buffer(1, 1522, FROM_DEVICE, 0x840);
    instance.map(op);
    expect(log.totals[Work.ZeroByte]).toBe(PAGE - 1522);
    expect(machine.counters).toMatchObject({ bounced: 1, copiedToDeviceBytes: 1522, maps: 1, pteWrites: 1 });
    expect(machine.gauges.current[Gauge.SubPageBytes]).toBe(0);
    instance.unmap(op);
    expect(machine.counters).toMatchObject({ copiedFromDeviceBytes: 1522, unmaps: 1, invalidations: { page: 1 } });
  });

  it('does not bounce whole pages, and maps lists entry by entry', () => {
    const { machine, instance } = start('untrusted');
    const segments = [1, 3, 5].map(page => ({ phys: page * PAGE, size: PAGE }));
    const op = new PlainOperation(0, 0, TO_DEVICE, segments, false, false);
    instance.map(op);
    instance.unmap(op);
    expect(machine.counters).toMatchObject({
      bounced: 0,
      iovaAllocs: 3,
      maps: 3,
      unmaps: 3,
      invalidations: { page: 3 },
    });
  });

  it('leaves devices that are not marked to lazy when asked to', () => {
    const { machine, instance } = start('untrusted', { devices: 'marked' });
    const op = buffer(1, 100, TO_DEVICE);
    instance.map(op);
    instance.unmap(op);
    expect(machine.counters).toMatchObject({ bounced: 0, invalidations: { page: 0 } });
  });
});

describe('PASID modes', () => {
  it('with IOVA save nothing over strict and cost one descriptor more', () => {
    const [plain, pasid] = ['strict', 'pasid-iova'].map(id => {
      const { machine, instance } = start(id);
      const op = buffer(1, PAGE, BOTH);
      instance.map(op);
      instance.unmap(op);
      return machine.counters;
    });
    expect(pasid).toEqual({ ...plain, invalidations: { ...plain.invalidations, page: 2 }, invalidatedPages: 2 });
  });

  it('with kernel addresses, strict, allocate no address but invalidate', () => {
    const { machine, instance } = start('pasid-kva-strict');
    const op = buffer(5, 2 * PAGE, BOTH);
    instance.map(op);
    instance.unmap(op);
    expect(machine.counters).toMatchObject({
      iovaAllocs: 0,
      maps: 1,
      pteWrites: 2,
      pteClears: 2,
      invalidations: { page: 1 },
    });
  });

  it('with kernel addresses, strict, keep a page until its last buffer ends, and count who met there', () => {
    const { machine, domain, instance } = start('pasid-kva-strict');
    const [a, b] = [buffer(5, 1000, FROM_DEVICE), buffer(5, 1000, FROM_DEVICE, 2048)];
    instance.map(a);
    instance.map(b);
    expect(domain.shared.collisions).toBe(1);
    expect(machine.counters.pteWrites).toBe(1);
    instance.unmap(a);
    expect(machine.counters.pteClears).toBe(0);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(1);
    instance.unmap(b);
    expect(machine.counters.pteClears).toBe(1);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(0);
  });

  it('with kernel addresses, strict, count how often buffers share a page, whose entry grants what any of them needed', () => {
    const { machine, domain, instance } = start('pasid-kva-strict');
    const read = buffer(7, 100, TO_DEVICE);
    const written = buffer(7, 100, FROM_DEVICE, 200);
    instance.map(read);
    instance.map(written);
    expect(domain.shared.collisions).toBe(1);
    instance.unmap(written);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(1);
    instance.unmap(read);
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(0);
  });

  it.each(['pasid-bypass', 'pasid-kva-fast'])('%s is refused for an untrusted device, by name', id => {
    const policy = findPolicy(id)!;
    expect(policy.refuses!({ directionKnown: true, untrustedDevices: ['0000:01:00.0'] })).toContain('0000:01:00.0');
    expect(policy.refuses!({ directionKnown: true, untrustedDevices: [] })).toBeUndefined();
  });

  it('with kernel addresses, fast, warn of stale translations', () => {
    const { machine } = start('pasid-kva-fast');
    expect(machine.failures.map(({ severity }) => severity)).toEqual(['warning']);
  });
});

describe('bounds', () => {
  it('perfect reuse writes each page once for each kind of access and never invalidates', () => {
    const { machine, instance } = start('perfect-reuse');
    for (let i = 0; i < 3; i++) {
      for (const page of [1, 2, 3]) {
        const op = buffer(page, PAGE, FROM_DEVICE);
        instance.map(op);
        instance.unmap(op);
      }
    }
    expect(machine.counters).toMatchObject({ pteWrites: 3, unmaps: 0, invalidationWaits: 0, iovaAllocs: 0 });
    expect(machine.gauges.current[Gauge.WritablePages]).toBe(3);
  });

  it('no IOMMU does no work at all', () => {
    const { log, instance } = start('no-iommu');
    instance.map(buffer(1, PAGE, FROM_DEVICE));
    expect(log.totals.every(amount => amount === 0)).toBe(true);
  });
});

describe('behind a hypervisor', () => {
  const kinds = ['emulated-vtd', 'virtio-iommu'] as const;
  const cases = kinds.flatMap(kind =>
    variants.map(variant => ({ ...variant, kind, name: `${variant.name} on ${kind}` })),
  );

  it.each(cases)('$name pins what is mapped and nothing else', ({ policy, parameters, kind }) => {
    fc.assert(
      fc.property(workloads(CPUS), (steps: Step[]) => {
        const traits = { ...TEST_TRAITS, kind, deferredFlush: kind === 'virtio-iommu' };
        const parts = start(policy.id, { ...parameters, ...smallPool(policy) }, { traits });
        const { machine, log, domain, instance } = parts;
        const locked = machine.gauges.current[Gauge.LockedBytes];
        for (const op of play(steps, parts)) {
          log.currentCpu = op.cpu;
          instance.unmap(op);
        }
        settle(parts);
        domain.invalidateAll();
        if (KEEPS_MAPPINGS.has(policy.id) || parameters.reuse === true) return;
        expect(machine.gauges.current[Gauge.LockedBytes]).toBe(locked);
        expect(machine.gauges.current[Gauge.StalePages]).toBe(0);
      }),
      { numRuns: 10 },
    );
  });
});
