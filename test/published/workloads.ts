/** Workloads of published measurements as operation tables: made from what the authors say of their set-up. */
import { Direction } from '../../src/trace/events';
import { OpKind, type OperationTable } from '../../src/trace/operations';
import { makeOperations, type MadeOperation } from '../replay/make-operations';

export const PAGE = 4096;

export interface FioJob {
  /** Scattered 4 KiB pages per I/O: user memory, no two pages neighbours. */
  pages: number;
  /** I/Os in flight per CPU. */
  depth: number;
  /** One job per CPU, all on one drive. */
  cpus?: number;
  /** I/Os per CPU. */
  ios: number;
  /** CPU time of an I/O outside the DMA API, ns: spent before its map. */
  thinkNs: number;
  /** Reads, unless told otherwise. */
  direction?: Direction;
}

/** fio with libaio: each CPU keeps `depth` I/Os in flight; the oldest completes before the next is submitted. */
export function fioJob(job: FioJob): OperationTable {
  const { pages, depth, cpus = 1, ios, thinkNs, direction = Direction.FromDevice } = job;
  const made: MadeOperation[] = [];
  for (let step = 0; step < ios + depth; step++) {
    for (let cpu = 0; cpu < cpus; cpu++) {
      const common = { cpu, direction, time: Math.min(step, ios) * thinkNs };
      const done = step - depth;
      if (done >= 0) made.push({ ...common, kind: OpKind.Unmap, mapping: done * cpus + cpu });
      if (step >= ios) continue;
      const buffer = (step % depth) * cpus + cpu;
      const segments = Array.from({ length: pages }, (_, i): [number, number] => [scattered(buffer * pages + i), PAGE]);
      made.push({ ...common, kind: OpKind.Map, mapping: step * cpus + cpu, segments });
    }
  }
  return makeOperations(made);
}

/**
 * dma_map_benchmark (kernel/dma/map_benchmark.c): each thread maps and unmaps its own contiguous buffer in turn, on a CPU of
 * its own, all for one device. Threads start a little apart, as they are woken one after the other.
 * @param thinkNs what a turn takes outside the DMA API: filling the buffer, reading the clock
 */
export function mapBenchmark(threads: number, pages: number, loops: number, thinkNs = 0): OperationTable {
  const made: MadeOperation[] = [];
  for (let cpu = 0; cpu < threads; cpu++) {
    const segments: [number, number][] = [[2 ** 32 + cpu * pages * PAGE, pages * PAGE]];
    for (let loop = 0; loop < loops; loop++) {
      const time = cpu * 37 + (loop + 1) * thinkNs;
      const common = { cpu, time, mapping: cpu * loops + loop, direction: Direction.Bidirectional };
      made.push({ ...common, kind: OpKind.Map, segments });
      made.push({ ...common, kind: OpKind.Unmap });
    }
  }
  return makeOperations(made);
}

export interface ReceiveSetup {
  /** One per CPU. */
  flows: number;
  /** Packets of one page that a ring holds. */
  ringPackets: number;
  /** Pages of a descriptor: returned and refilled together. */
  descriptorPages: number;
  /** Descriptors completed per flow. */
  descriptors: number;
  /** Of all flows together. */
  bitsPerSecond: number;
}

/**
 * Network receive with multi-page descriptors: when the last page of a descriptor has been written, the driver unmaps its
 * pages one by one and fills the descriptor anew with as many pages, each mapped on its own.
 */
export function receiveRings(setup: ReceiveSetup): OperationTable {
  const { flows, ringPackets, descriptorPages, descriptors, bitsPerSecond } = setup;
  const perRing = ringPackets / descriptorPages;
  const periodNs = ((descriptorPages * PAGE * 8 * flows) / bitsPerSecond) * 1e9;
  const made: MadeOperation[] = [];
  const mapping = (flow: number, descriptor: number, page: number): number =>
    (descriptor * flows + flow) * descriptorPages + page;
  const fill = (flow: number, descriptor: number, time: number): void => {
    for (let page = 0; page < descriptorPages; page++) {
      const buffer = ((descriptor % (2 * perRing)) * flows + flow) * descriptorPages + page;
      made.push({
        kind: OpKind.Map,
        cpu: flow,
        time,
        mapping: mapping(flow, descriptor, page),
        segments: [[scattered(buffer), PAGE]],
      });
    }
  };
  for (let descriptor = 0; descriptor < perRing; descriptor++) {
    for (let flow = 0; flow < flows; flow++) fill(flow, descriptor, 0);
  }
  for (let descriptor = 0; descriptor < descriptors; descriptor++) {
    for (let flow = 0; flow < flows; flow++) {
      const time = (descriptor + 1 + flow / flows) * periodNs;
      for (let page = 0; page < descriptorPages; page++) {
        made.push({ kind: OpKind.Unmap, cpu: flow, time, mapping: mapping(flow, descriptor, page) });
      }
      fill(flow, descriptor + perRing, time);
    }
  }
  return makeOperations(made);
}

/** Address of the nth page of memory that is nowhere contiguous. */
function scattered(n: number): number {
  return 2 ** 32 + n * 3 * PAGE;
}
