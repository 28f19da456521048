import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpKind } from '../../src/trace/operations';
import { layOutCpus, Schedule } from '../../src/replay/schedule';
import { makeOperations, mapsAndUnmaps, type MadeOperation } from './make-operations';

function run(
  made: readonly MadeOperation[],
  costNs: (row: number) => number,
  loop: 'open' | 'closed' = 'open',
  cpus = 0,
) {
  const table = makeOperations(made);
  const schedule = new Schedule(table, layOutCpus(table, cpus), loop);
  const ran: { row: number; cpu: number; start: number; end: number }[] = [];
  while (schedule.next()) {
    const end = schedule.start + costNs(schedule.row);
    ran.push({ row: schedule.row, cpu: schedule.cpu, start: schedule.start, end });
    schedule.done(end);
  }
  return ran;
}

describe('the order of operations', () => {
  it('is that of the recording when nothing is slower than recorded', () => {
    const made = [0, 1, 2, 3].map(i => ({ kind: OpKind.Map, time: i * 100, mapping: i, cpu: i % 2 }));
    expect(run(made, () => 10).map(({ row, start }) => [row, start])).toEqual([
      [0, 0],
      [1, 100],
      [2, 200],
      [3, 300],
    ]);
  });

  it('lets a free CPU go ahead of a busy one', () => {
    const made = [
      { kind: OpKind.Map, time: 0, mapping: 0, cpu: 0 },
      { kind: OpKind.Map, time: 10, mapping: 1, cpu: 0 },
      { kind: OpKind.Map, time: 20, mapping: 2, cpu: 1 },
    ];
    expect(run(made, () => 1000).map(({ row, start }) => [row, start])).toEqual([
      [0, 0],
      [2, 20],
      [1, 1000],
    ]);
  });

  it('never unmaps on one CPU what another has not finished mapping', () => {
    const made = [
      { kind: OpKind.Map, time: 0, mapping: 0, cpu: 0 },
      { kind: OpKind.Map, time: 10, mapping: 1, cpu: 0 },
      { kind: OpKind.Unmap, time: 20, mapping: 1, cpu: 1 },
    ];
    expect(run(made, () => 1000).map(({ row, start }) => [row, start])).toEqual([
      [0, 0],
      [1, 1000],
      [2, 2000],
    ]);
  });

  it('keeps the think time between operations in the closed loop, whatever they cost', () => {
    const made = [
      { kind: OpKind.Map, time: 0, mapping: 0, recordedNs: 40 },
      { kind: OpKind.Map, time: 100, mapping: 1, recordedNs: 40 },
      { kind: OpKind.Map, time: 300, mapping: 2 },
    ];
    expect(run(made, () => 5, 'closed').map(({ start }) => start)).toEqual([0, 5 + 60, 5 + 60 + 5 + 160]);
  });

  it('runs every operation of every copy once when scaled up, and folds CPUs when scaled down', () => {
    const table = mapsAndUnmaps(10, { cpus: 2 });
    expect(layOutCpus(table, 6)).toMatchObject({ cpus: 6, replicas: 3 });
    expect(layOutCpus(table, 1)).toMatchObject({ cpus: 1, replicas: 1 });
    const schedule = new Schedule(table, layOutCpus(table, 6), 'open');
    const seen = new Map<string, number>();
    while (schedule.next()) {
      const key = `${schedule.row}/${schedule.replica}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      schedule.done(schedule.start + 10);
    }
    expect(seen.size).toBe(60);
    expect([...seen.values()].every(count => count === 1)).toBe(true);
  });

  it('holds for any trace: all run once, starts never decrease on a CPU, maps end before their unmaps begin', () => {
    const operation = fc.record({
      cpu: fc.integer({ min: 0, max: 3 }),
      gap: fc.integer({ min: 0, max: 50 }),
      end: fc.boolean(),
    });
    const costs = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60 }),
        costs,
        fc.constantFrom('open', 'closed'),
        (list, cost, loop) => {
          const made: MadeOperation[] = [];
          const live: number[] = [];
          let time = 0;
          list.forEach(({ cpu, gap, end }, i) => {
            time += gap;
            const mapping = end ? live.shift() : undefined;
            if (mapping === undefined) live.push(i);
            made.push({ kind: mapping === undefined ? OpKind.Map : OpKind.Unmap, time, mapping: mapping ?? i, cpu });
          });
          const ran = run(made, row => cost[row % cost.length], loop);
          expect(ran.map(({ row }) => row).sort((a, b) => a - b)).toEqual(made.map((_, i) => i));
          const mapEnds = new Map<number, number>();
          const cpuEnds = new Map<number, number>();
          for (const { row, cpu, start, end } of ran) {
            expect(start).toBeGreaterThanOrEqual(cpuEnds.get(cpu) ?? 0);
            cpuEnds.set(cpu, end);
            const { kind, mapping } = made[row];
            if (kind === OpKind.Map) mapEnds.set(mapping, end);
            else expect(start).toBeGreaterThanOrEqual(mapEnds.get(mapping)!);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
