import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rankByCost } from '../../src/analysis/rank';

const costs = fc.array(fc.float({ min: 0, max: Math.fround(1e9), noNaN: true }).map(Math.abs));

it('ranks operations from the costliest down, equal ones in trace order', () => {
  fc.assert(
    fc.property(costs, list => {
      const ns = Float32Array.from(list);
      const expected = [...ns.keys()].sort((a, b) => ns[b] - ns[a] || a - b);
      const { order, rank } = rankByCost(ns);
      expect([...order]).toEqual(expected);
      expected.forEach((operation, place) => expect(rank[operation]).toBe(place + 1));
    }),
  );
});

it('ranks a part of a larger column as that part', () => {
  const column = Float32Array.from([9, 1, 3, 2]);
  expect([...rankByCost(column.subarray(1)).order]).toEqual([1, 2, 0]);
});
