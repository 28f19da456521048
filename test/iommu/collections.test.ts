import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LruSet } from '../../src/iommu/lru-set';
import { PageHash } from '../../src/iommu/page-hash';
import { PageIndex } from '../../src/iommu/page-index';
import { powerOfTwoAtLeast } from '../../src/iommu/power-of-two';
import { Timers } from '../../src/iommu/timers';

/** Page numbers that share hash positions, and some beyond 32 bits. */
const page = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 40 }).map(i => i * 2 ** 33 + i),
);

describe('a set that forgets the least recently used', () => {
  it('behaves as a list that is searched', () => {
    const action = fc.record({ key: page, what: fc.constantFrom('touch', 'touch', 'touch', 'delete', 'range') });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.array(action, { maxLength: 200 }), (capacity, actions) => {
        const set = new LruSet(capacity);
        let list: number[] = [];
        for (const { key, what } of actions) {
          if (what === 'touch') {
            expect(set.touch(key)).toBe(list.includes(key));
            list = [...list.filter(other => other !== key), key].slice(-capacity || Infinity);
            if (capacity === 0) list = [];
          } else if (what === 'delete') {
            set.delete(key);
            list = list.filter(other => other !== key);
          } else {
            set.deleteRange(key, key + 5);
            list = list.filter(other => other < key || other >= key + 5);
          }
          expect(set.size).toBe(list.length);
          for (const other of list) expect(set.has(other)).toBe(true);
        }
      }),
    );
  });
});

describe('a hash of pages', () => {
  it('behaves as a map', () => {
    const action = fc.record({ key: page, value: fc.nat(), what: fc.constantFrom('set', 'set', 'delete') });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), actions => {
        const hash = new PageHash();
        const map = new Map<number, number>();
        for (const { key, value, what } of actions) {
          if (what === 'set') {
            hash.set(key, value);
            map.set(key, value);
          } else {
            hash.delete(key);
            map.delete(key);
          }
          expect(hash.size).toBe(map.size);
        }
        for (let key = 0; key <= 40; key++) expect(hash.get(key, -1)).toBe(map.get(key) ?? -1);
        const seen = new Map<number, number>();
        hash.forEach((key, value) => seen.set(key, value));
        expect(seen).toEqual(map);
      }),
    );
  });
});

describe('slots for pages', () => {
  it('gives each page a slot of its own, always the same, and neighbours neighbouring ones', () => {
    const index = new PageIndex();
    const slots = new Map<number, number>();
    for (let i = 0; i < 200; i++) {
      const at = (i * 7919 * 512) % 2 ** 40;
      slots.set(at, index.slot(at));
      expect(index.slot(at + 511)).toBe(index.slot(at) + 511);
    }
    for (const [at, slot] of slots) expect(index.slot(at)).toBe(slot);
    expect(new Set(slots.values()).size).toBe(slots.size);
    expect(Math.max(...slots.values())).toBeLessThan(index.capacity);
  });
});

describe('powers of two', () => {
  it('are found for small and large numbers', () => {
    expect([0, 1, 2, 3, 5, 32, 33].map(powerOfTwoAtLeast)).toEqual([1, 1, 2, 4, 8, 32, 64]);
    expect(powerOfTwoAtLeast(2 ** 30 + 1)).toBe(2 ** 31);
    expect(powerOfTwoAtLeast(2 ** 35 + 1)).toBe(2 ** 36);
  });
});

describe('timers', () => {
  it('run in the order of their deadlines, and may arm themselves again', () => {
    const timers = new Timers();
    const ran: string[] = [];
    const late = timers.create(() => ran.push('late'));
    const early: number = timers.create(() => {
      ran.push('early');
      if (ran.length < 3) timers.arm(early, 30, 1);
    });
    timers.arm(late, 20, 0);
    timers.arm(early, 10, 1);
    expect([timers.next, timers.cpu]).toEqual([10, 1]);
    timers.run(15);
    expect(ran).toEqual(['early']);
    timers.run(40);
    expect(ran).toEqual(['early', 'late', 'early']);
    expect(timers.next).toBe(Infinity);
  });
});
