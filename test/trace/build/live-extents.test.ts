import { describe, expect, it } from 'vitest';
import { LiveExtents } from '../../../src/trace/build/live-extents';

const any = (): number => 1;

describe('live ranges', () => {
  it('finds the oldest of several at one address, and the next after it is gone', () => {
    const live = new LiveExtents(4);
    live.insert(0, 0x1000, 4096);
    live.insert(1, 0x1000, 4096);
    live.insert(2, 0x2000, 4096);
    expect(live.bestAt(0x1000, any)).toBe(0);
    live.remove(0);
    expect(live.bestAt(0x1000, any)).toBe(1);
    live.remove(1);
    expect(live.bestAt(0x1000, any)).toBe(-1);
    expect(live.bestAt(0x2000, any)).toBe(2);
    expect(live.size).toBe(1);
  });

  it('prefers the higher score over the older, and takes none that scores nothing', () => {
    const live = new LiveExtents(3);
    live.insert(0, 0x1000, 4096);
    live.insert(1, 0x1000, 8192);
    expect(live.bestAt(0x1000, row => row)).toBe(1);
    expect(live.bestAt(0x1000, () => 0)).toBe(-1);
  });

  it('finds all that overlap a range: short ones beginning before it, long ones beginning far before', () => {
    const live = new LiveExtents(5);
    live.insert(0, 0, 2 ** 30);
    live.insert(1, 0x3fff0000, 0x10000);
    live.insert(2, 0x3ffff000, 4096);
    live.insert(3, 0x40000000, 4096);
    expect(live.overlapping(0x3ffff800, 0x3ffff900).sort()).toEqual([0, 1, 2]);
    expect(live.overlapping(0x3ffff800, 0x40000001).sort()).toEqual([0, 1, 2, 3]);
    expect(live.overlapping(0x40001000, 0x50000000)).toEqual([]);
  });

  it('finds what lies in a range of the whole address space', () => {
    const live = new LiveExtents(2);
    live.insert(0, 0xfff00000, 4096);
    live.insert(1, 2 ** 56, 4096);
    expect(live.overlapping(0, 2 ** 57).sort()).toEqual([0, 1]);
  });

  it('keeps a range until its last byte is released', () => {
    const live = new LiveExtents(1);
    live.insert(0, 0x1000, 12288);
    expect(live.release(0, 4096)).toBe(false);
    expect(live.release(0, 4096)).toBe(false);
    expect(live.has(0)).toBe(true);
    expect(live.release(0, 4096)).toBe(true);
    expect(live.has(0)).toBe(false);
  });

  it('behaves as a list of ranges does, over many random insertions and removals', () => {
    const rows = 2000;
    const live = new LiveExtents(rows);
    const model = new Map<number, [number, number]>();
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let row = 0; row < rows; row++) {
      const start = random(4096) * 4096;
      const size = (1 + random(40)) * 4096;
      live.insert(row, start, size);
      model.set(row, [start, start + size]);
      const victim = random(row + 1);
      if (model.delete(victim)) live.remove(victim);
      const from = random(4096) * 4096;
      const to = from + (1 + random(64)) * 4096;
      const expected = [...model].filter(([, [a, b]]) => a < to && b > from).map(([other]) => other);
      expect(live.overlapping(from, to).sort((a, b) => a - b)).toEqual(expected);
      expect(live.size).toBe(model.size);
    }
  });
});
