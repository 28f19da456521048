import { describe, expect, it } from 'vitest';
import { LockRegistry } from '../../src/iommu/locks';
import { LockClocks } from '../../src/replay/lock-clocks';

function locksWith(contention: { lock: string; s0: number; s1: number }[] = [], cpus = 2) {
  const registry = new LockRegistry();
  const lock = registry.number('smmu-cmdq');
  const clocks = new LockClocks(
    registry,
    contention.map(law => ({ ...law, source: 'test' })),
    cpus,
  );
  const hold = (cpu: number, from: number, ns: number): [number, number] => {
    const start = clocks.acquire(lock, cpu, from);
    return [start, clocks.release(lock, cpu, start + ns)];
  };
  return { hold };
}

describe('locks on the modelled clock', () => {
  it('are free for whoever comes alone', () => {
    const { hold } = locksWith();
    expect(hold(0, 100, 50)).toEqual([100, 150]);
    expect(hold(1, 200, 50)).toEqual([200, 250]);
  });

  it('make a second CPU wait for the first', () => {
    const { hold } = locksWith();
    hold(0, 100, 50);
    expect(hold(1, 120, 50)).toEqual([150, 200]);
  });

  it('do not make an operation wait for a hold that began after it was done', () => {
    const { hold } = locksWith();
    hold(0, 5000, 50);
    expect(hold(1, 300, 50)).toEqual([300, 350]);
    expect(hold(1, 5010, 50)).toEqual([5050, 5100]);
  });

  it('are never held by two for longer than there is time: what overlaps is waited for', () => {
    const { hold } = locksWith();
    hold(0, 1000, 400);
    const [, end] = hold(1, 900, 400);
    expect(end).toBe(900 + 400 + 300);
    expect(hold(0, 1100, 100)).toEqual([1700, 1800]);
  });

  it('slow down as the platform says with the number of CPUs that want them', () => {
    const { hold } = locksWith([{ lock: 'smmu-cmdq', s0: 286, s1: 17.8 }], 4);
    expect(hold(0, 0, 10)).toEqual([0, 10]);
    const [start, end] = hold(1, 0, 10);
    expect(start).toBeCloseTo(286 + 17.8);
    expect(end - start).toBeCloseTo(286 + 2 * 17.8);
    expect(hold(2, 100_000, 500)).toEqual([100_000, 100_500]);
  });

  it('let the next in where the platform says that work under them overlaps', () => {
    const { hold } = locksWith([{ lock: 'smmu-cmdq', s0: 100, s1: 0 }], 4);
    expect(hold(0, 0, 500)).toEqual([0, 500]);
    expect(hold(1, 50, 500)).toEqual([100, 600]);
    expect(hold(2, 60, 50)).toEqual([200, 300]);
  });
});
