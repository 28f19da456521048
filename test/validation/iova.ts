/** How well the allocator predicts what recordings show of IOVAs: reported, not tuned. */
import type { Policy } from '../../src/policies/policy';
import { findPolicy } from '../../src/policies/registry';
import { drive } from '../../src/replay/replay';
import { Run } from '../../src/replay/run';
import { buildScenario } from '../../src/replay/scenario-build';
import { OpFlag, OpKind, type OperationTable } from '../../src/trace/operations';
import { kernelCounts, load, platformOf, RECORDINGS, type Recording } from './corpus';
import { median, table, type Cell } from './markdown';

/** What a sequence of IOVAs, in the order they were handed out, looks like. */
interface IovaShape {
  distinct: number;
  /** Maps since the same IOVA was last handed out; median over reuses. */
  reuseDistance: number;
  /** Share of never-seen IOVAs that lie below the never-seen one before. */
  descending: number;
}

export async function iovaSection(): Promise<string> {
  const rows: Cell[][] = [];
  for (const r of RECORDINGS.filter(r => r.policy !== 'passthrough' && r.policy !== 'swiotlb')) {
    const { operations } = await load(r);
    const was = shapeOf(recordedIovas(operations));
    const is = shapeOf(replayedIovas(operations, r));
    const counters = is.counters;
    rows.push([
      `${r.boot} ${r.step}`,
      was.distinct,
      is.distinct,
      was.reuseDistance,
      is.reuseDistance,
      was.descending,
      is.descending,
      kernelCounts(r).kprobes?.alloc_iova,
      counters,
    ]);
  }
  return `### IOVAs

Recorded addresses are never replayed: each policy allocates its own, starting with empty caches and an empty tree, where a
kernel that has run for a while starts with full ones. So the first uses of an address differ, and with them the tree
allocations, while reuse afterwards should look alike. Left of each pair is the recording, right of it the replay.

${table(['recording', 'distinct', 'replayed', 'reuse distance', 'replayed', 'descending', 'replayed', 'tree allocations (kernel probe)', 'replayed'], rows)}`;
}

function shapeOf(seen: {
  iovas: readonly number[];
  treeAllocs?: number;
}): IovaShape & { counters: number | undefined } {
  const lastSeen = new Map<number, number>();
  const distances: number[] = [];
  const firsts: number[] = [];
  seen.iovas.forEach((iova, i) => {
    const before = lastSeen.get(iova);
    if (before === undefined) firsts.push(iova);
    else distances.push(i - before);
    lastSeen.set(iova, i);
  });
  const falling = firsts.filter((iova, i) => i > 0 && iova < firsts[i - 1]).length;
  return {
    distinct: lastSeen.size,
    reuseDistance: distances.length > 0 ? median(distances) : 0,
    descending: firsts.length > 1 ? falling / (firsts.length - 1) : 1,
    counters: seen.treeAllocs,
  };
}

function recordedIovas(operations: OperationTable): { iovas: number[] } {
  const iovas: number[] = [];
  for (let op = 0; op < operations.count; op++) {
    if ((operations.kind[op] as OpKind) !== OpKind.Map || (operations.flags[op] & OpFlag.Failed) !== 0) continue;
    iovas.push(Math.floor(operations.address[op] / 4096));
  }
  return { iovas };
}

/** Replays with an eye on what the allocator hands out. */
function replayedIovas(operations: OperationTable, r: Recording): { iovas: number[]; treeAllocs: number } {
  const iovas: number[] = [];
  const known = findPolicy(r.policy)!;
  const watched: Policy = {
    ...known,
    create(machine, parameters) {
      const allocate = machine.iova.allocate.bind(machine.iova);
      machine.iova.allocate = pages => {
        const page = allocate(pages);
        if (machine.log.open) iovas.push(page);
        return page;
      };
      return known.create(machine, parameters);
    },
  };
  const run = new Run(operations, buildScenario({ policy: r.policy, platform: platformOf(r.boot) }), watched);
  drive(run.steps(), {});
  return { iovas, treeAllocs: run.machine.counters.iovaTreeAllocs };
}
