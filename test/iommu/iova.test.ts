import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gauge } from '../../src/iommu/gauges';
import { IovaTree } from '../../src/iommu/iova-tree';
import { Work } from '../../src/iommu/work';
import { CPUS, TEST_TRAITS, testMachine } from '../reference/simulation';

const BELOW_4G = 2 ** 20;

describe('IOVA allocation', () => {
  it('starts just below 4 GiB and goes down, leaving the interrupt window alone', () => {
    const { iova } = testMachine().machine.domains[0];
    expect(iova.allocate(1)).toBe(0xfffff);
    expect(iova.allocate(1)).toBe(0xffffe);
    expect(iova.allocate(0x1000)).toBe(0xfd000);
    const pages = Array.from({ length: 600 }, () => iova.allocate(8));
    for (const page of pages) expect(page + 8 <= 0xfee00 || page > 0xfeeff).toBe(true);
  });

  it('rounds sizes below 32 pages up to a power of two and aligns every range to its size', () => {
    const { machine } = testMachine();
    const { iova } = machine.domains[0];
    const five = iova.allocate(5);
    expect(five % 8).toBe(0);
    expect(machine.gauges.current[Gauge.IovaBytes]).toBe(8 * 4096);
    const forty = iova.allocate(40);
    expect(forty % 64).toBe(0);
    expect(machine.gauges.current[Gauge.IovaBytes]).toBe(48 * 4096);
  });

  it('gives the IOVA that was freed last to the next request of its size class on the same CPU', () => {
    const { machine, log } = testMachine();
    const { iova } = machine.domains[0];
    const [a, b] = [iova.allocate(3), iova.allocate(4)];
    iova.free(a, 3);
    iova.free(b, 4);
    expect(iova.allocate(4)).toBe(b);
    log.currentCpu = 1;
    expect(iova.allocate(4)).not.toBe(a);
    log.currentCpu = 0;
    expect(iova.allocate(3)).toBe(a);
    expect(machine.counters.iovaCacheHits).toBe(2);
    expect(machine.counters.iovaTreeAllocs).toBe(3);
  });

  it('serves more than 32 pages from the tree, never from a cache', () => {
    const { machine, log } = testMachine();
    const { iova } = machine.domains[0];
    const page = iova.allocate(33);
    iova.free(page, 33);
    expect(log.totals[Work.IovaTreeFree]).toBe(1);
    expect(iova.allocate(33)).toBe(page);
    expect(machine.counters.iovaCacheHits).toBe(0);
  });

  it('moves to addresses above 4 GiB for good once the lower space has no room', () => {
    const { iova } = testMachine().machine.domains[0];
    const quarter = BELOW_4G / 4;
    // The uppermost quarter holds the interrupt window, the lowest one page 0.
    expect([iova.allocate(quarter), iova.allocate(quarter)]).toEqual([2 * quarter, quarter]);
    expect(iova.allocate(quarter)).toBe(2 ** 36 - quarter);
    iova.free(quarter, quarter);
    expect(iova.allocate(1)).toBeGreaterThan(BELOW_4G);
  });

  it('empties the caches before it gives up', () => {
    const { machine } = testMachine({ traits: { ...TEST_TRAITS, iovaMagazineSize: 127 } });
    const { iova } = machine.domains[0];
    const space = 2 ** 36;
    iova.startAbove(space - 64);
    const pages = Array.from({ length: 64 }, () => iova.allocate(1));
    expect(new Set(pages).size).toBe(64);
    expect(iova.allocate(1)).toBe(-1);
    for (const page of pages) iova.free(page, 1);
    expect(iova.allocate(64)).toBe(space - 64);
    expect(machine.domains[0].iova.check()).toEqual([]);
  });

  it('lets a full cache overflow to the depot, and a depot above one magazine per CPU shrink by one every 100 ms', () => {
    const { machine, log } = testMachine();
    const domain = machine.domains[0];
    const count = (CPUS + 4) * TEST_TRAITS.iovaMagazineSize;
    const pages = Array.from({ length: count }, () => domain.iova.allocate(1));
    for (const page of pages) domain.iova.free(page, 1);
    const inDepot = count / TEST_TRAITS.iovaMagazineSize - 2;
    expect(log.totals[Work.IovaDepotSwap]).toBe(inDepot);
    for (let trims = 0; domain.nextTimer() < Infinity; trims++) {
      expect(trims).toBeLessThan(10);
      expect(domain.nextTimer() - log.time).toBeGreaterThanOrEqual(100e6);
      log.time = domain.nextTimer();
      domain.runTimers();
    }
    expect(log.totals[Work.IovaTreeFree]).toBe((inDepot - CPUS) * TEST_TRAITS.iovaMagazineSize);
    expect(machine.domains[0].iova.check()).toEqual([]);
  });

  it('frees a magazine to the tree when a bounded depot is full', () => {
    const { machine, log } = testMachine({ traits: { ...TEST_TRAITS, iovaDepotLimit: 1 } });
    const { iova } = machine.domains[0];
    const pages = Array.from({ length: 8 }, () => iova.allocate(1));
    for (const page of pages) iova.free(page, 1);
    expect(log.totals[Work.IovaTreeFree]).toBe(2);
    expect(machine.domains[0].iova.check()).toEqual([]);
  });

  it('never gives out overlapping ranges', () => {
    const request = fc.record({
      pages: fc.integer({ min: 1, max: 300 }),
      free: fc.boolean(),
      which: fc.nat(),
      cpu: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 200 }), requests => {
        const { machine, log } = testMachine();
        const { iova } = machine.domains[0];
        const live: { page: number; pages: number }[] = [];
        for (const { pages, free, which, cpu } of requests) {
          log.currentCpu = cpu;
          if (free && live.length > 0) {
            const [gone] = live.splice(which % live.length, 1);
            iova.free(gone.page, gone.pages);
            continue;
          }
          const page = iova.allocate(pages);
          for (const other of live) expect(page + pages <= other.page || other.page + other.pages <= page).toBe(true);
          live.push({ page, pages });
        }
        expect(iova.liveRanges).toBe(live.length);
        expect(machine.domains[0].iova.check()).toEqual([]);
      }),
    );
  });
});

describe('the search for a free range', () => {
  it('starts at the range that was allocated last and visits one node when there is room below it', () => {
    const tree = new IovaTree(1, BELOW_4G);
    for (let i = 0; i < 10; i++) {
      tree.allocate(1, BELOW_4G);
      expect(tree.steps).toBe(1);
    }
  });

  it('walks over all ranges that are in the way', () => {
    const tree = new IovaTree(1, BELOW_4G);
    const pages = Array.from({ length: 10 }, () => tree.allocate(1, BELOW_4G));
    tree.free(pages[1]);
    tree.allocate(2, BELOW_4G);
    expect(tree.steps).toBeGreaterThan(5);
  });

  it('fails at once for a size that failed before, until something is freed', () => {
    const tree = new IovaTree(BELOW_4G - 8, BELOW_4G);
    const page = tree.allocate(4, BELOW_4G);
    expect(tree.allocate(8, BELOW_4G)).toBe(-1);
    expect(tree.allocate(8, BELOW_4G)).toBe(-1);
    expect(tree.steps).toBe(0);
    tree.free(page);
    expect(tree.allocate(8, BELOW_4G)).toBe(BELOW_4G - 8);
  });

  it('says when there is nothing to free', () => {
    expect(new IovaTree(1, BELOW_4G).free(77)).toBe(false);
  });
});
