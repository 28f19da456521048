import { OpKind, type OperationTable } from '../trace/operations';
import type { Loop } from './scenario';

/** How the recorded CPUs are laid out over the simulated ones. */
export interface CpuLayout {
  /** Simulated CPUs, dense. */
  cpus: number;
  /** Copies of the trace that run side by side on the same devices, each with its own CPUs, mappings and memory. */
  replicas: number;
  /** Simulated CPUs per copy. */
  cpusPerReplica: number;
  /** Dense number of each recorded CPU, by recorded number + 1 (QEMU logs have no CPU: -1). */
  denseCpu: Int32Array;
}

/** Lays out the CPUs of a trace over `scaleCpus` (0: as recorded): more by copies of the trace, fewer by sharing. */
export function layOutCpus(operations: OperationTable, scaleCpus: number): CpuLayout {
  const recorded = recordedCpus(operations);
  const count = Math.max(1, recorded.length);
  const cpusPerReplica = scaleCpus > 0 ? Math.min(scaleCpus, count) : count;
  const replicas = scaleCpus > count ? Math.ceil(scaleCpus / count) : 1;
  const denseCpu = new Int32Array((recorded.at(-1) ?? -1) + 2);
  recorded.forEach((cpu, i) => (denseCpu[cpu + 1] = i % cpusPerReplica));
  return { cpus: cpusPerReplica * replicas, replicas, cpusPerReplica, denseCpu };
}

/** CPU numbers that occur, ascending. */
function recordedCpus(operations: OperationTable): number[] {
  const seen: number[] = [];
  let last = NaN;
  for (let row = 0; row < operations.count; row++) {
    const cpu = operations.cpu[row];
    if (cpu !== last && !seen.includes(cpu)) seen.push(cpu);
    last = cpu;
  }
  return seen.sort((a, b) => a - b);
}

const NONE = -1;
const NOT_YET = -1;

/**
 * Which operation runs next. Each simulated CPU runs its operations in recorded order; over the CPUs the one that can
 * start first runs first, and an unmap or sync never before its map has ended.
 */
export class Schedule {
  /** The operation at the head: valid after `next()` returned true. */
  row = 0;
  cpu = 0;
  replica = 0;
  start = 0;
  /** Recorded time between the end of the operation before it on its CPU and its start, ns. */
  think = 0;
  /** When each CPU is done with what it ran so far, ns. */
  readonly freeAt: Float64Array;

  private readonly nextRow: Int32Array;
  private readonly head: Int32Array;
  private readonly keys: Float64Array;
  private readonly recordedEnd: Float64Array;
  private readonly heap: Int32Array;
  private readonly position: Int32Array;
  private readonly mapEnd: Float64Array;
  private readonly startOffset: Float64Array;
  private readonly replicaOf: Int32Array;
  private blocked = 0;

  constructor(
    private readonly operations: OperationTable,
    private readonly layout: CpuLayout,
    private readonly loop: Loop,
  ) {
    const { cpus, cpusPerReplica, replicas } = layout;
    this.freeAt = new Float64Array(cpus);
    this.keys = new Float64Array(cpus);
    this.recordedEnd = new Float64Array(cpus);
    this.heap = Int32Array.from({ length: cpus }, (_, i) => i);
    this.position = Int32Array.from(this.heap);
    this.mapEnd = new Float64Array(operations.mappings * replicas).fill(NOT_YET);
    this.nextRow = new Int32Array(operations.count);
    const first = this.linkRows();
    this.head = Int32Array.from({ length: cpus }, (_, cpu) => first[cpu % cpusPerReplica]);
    this.startOffset = this.stagger();
    this.replicaOf = Int32Array.from({ length: cpus }, (_, cpu) => Math.floor(cpu / cpusPerReplica));
    for (let cpu = 0; cpu < cpus; cpu++) this.keys[cpu] = this.keyOf(cpu);
    for (let i = (cpus >> 1) - 1; i >= 0; i--) this.sink(i);
  }

  /** The mapping exists from the beginning. */
  prime(mapping: number): void {
    this.mapEnd[mapping] = 0;
  }

  /** To be called once after all `prime` calls. */
  ready(): void {
    if (this.blocked > 0) this.unblock();
  }

  /** Finds the next operation; false when all have run. */
  next(): boolean {
    let cpu = this.heap[0];
    if (this.keys[cpu] === Infinity) {
      if (!this.freeOne()) return false;
      cpu = this.heap[0]!;
    }
    const key = this.keys[cpu];
    const row = this.head[cpu];
    this.row = row;
    this.cpu = cpu;
    this.replica = this.replicaOf[cpu];
    this.start = key;
    this.think = this.thinkOf(cpu, row);
    return true;
  }

  /** The operation at the head ended at `end`; the next of its CPU moves up. */
  done(end: number): void {
    const { row, cpu } = this;
    const operations = this.operations;
    this.freeAt[cpu] = end;
    this.recordedEnd[cpu] = operations.time[row] + operations.recordedNs[row];
    this.head[cpu] = this.nextRow[row]!;
    if (isMap(operations.kind[row])) {
      this.mapEnd[operations.mapping[row] + this.replica * operations.mappings] = end;
      if (this.blocked > 0) this.unblock();
    }
    this.rekey(cpu);
  }

  /** A timer kept the CPU busy until `end`. */
  occupy(cpu: number, end: number): void {
    if (end <= this.freeAt[cpu]) return;
    this.freeAt[cpu] = end;
    this.rekey(cpu);
  }

  private linkRows(): Int32Array {
    const { operations, layout } = this;
    const first = new Int32Array(layout.cpusPerReplica).fill(NONE);
    const last = new Int32Array(layout.cpusPerReplica).fill(NONE);
    this.nextRow.fill(NONE);
    for (let row = 0; row < operations.count; row++) {
      const cpu = layout.denseCpu[operations.cpu[row] + 1];
      if (last[cpu] === NONE) first[cpu] = row;
      else this.nextRow[last[cpu]] = row;
      last[cpu] = row;
    }
    return first;
  }

  /** Copies start a fraction of an average gap apart: in lockstep they would meet at every lock, which no machine does. */
  private stagger(): Float64Array {
    const { operations, layout } = this;
    const span = operations.count > 0 ? operations.time[operations.count - 1] - operations.time[0] : 0;
    const gap = operations.count > 1 ? (span * layout.cpusPerReplica) / operations.count : 0;
    return Float64Array.from({ length: layout.replicas }, (_, replica) => (gap * replica) / layout.replicas);
  }

  private thinkOf(cpu: number, row: number): number {
    return Math.max(0, this.operations.time[row] - this.recordedEnd[cpu]);
  }

  private keyOf(cpu: number): number {
    const row = this.head[cpu];
    if (row === NONE) return Infinity;
    const operations = this.operations;
    const replica = this.replicaOf[cpu];
    let key =
      this.loop === 'closed'
        ? this.freeAt[cpu] + this.thinkOf(cpu, row)
        : Math.max(operations.time[row] + this.startOffset[replica], this.freeAt[cpu]);
    if (!isMap(operations.kind[row]) && operations.partner[row] !== NONE) {
      const mapped = this.mapEnd[operations.mapping[row] + replica * operations.mappings];
      if (mapped === NOT_YET) {
        this.blocked += 1;
        return Infinity;
      }
      if (mapped > key) key = mapped;
    }
    return key;
  }

  /**
   * All that is left waits for maps that come later in the trace, which no kernel does but a damaged recording may show:
   * the earliest goes ahead without. False when nothing is left.
   */
  private freeOne(): boolean {
    let first = NONE;
    for (let cpu = 0; cpu < this.head.length; cpu++) {
      const row = this.head[cpu];
      if (row !== NONE && (first === NONE || row < this.head[first])) first = cpu;
    }
    if (first === NONE) return false;
    const replica = this.replicaOf[first];
    this.mapEnd[this.operations.mapping[this.head[first]] + replica * this.operations.mappings] = 0;
    this.unblock();
    return true;
  }

  /** A map has run: those that waited for one look again. */
  private unblock(): void {
    this.blocked = 0;
    for (let cpu = 0; cpu < this.head.length; cpu++) {
      if (this.head[cpu] !== NONE && this.keys[cpu] === Infinity) {
        this.keys[cpu] = this.keyOf(cpu);
        this.rise(this.position[cpu]);
      }
    }
  }

  private rekey(cpu: number): void {
    const before = this.keys[cpu];
    this.keys[cpu] = this.keyOf(cpu);
    if (this.keys[cpu] < before) this.rise(this.position[cpu]);
    else this.sink(this.position[cpu]);
  }

  /** Earlier start first; of equal starts the earlier row, then the earlier copy. */
  private before(a: number, b: number): boolean {
    const difference = this.keys[a] - this.keys[b];
    if (difference < 0) return true;
    if (difference > 0) return false;
    const rows = this.head[a] - this.head[b];
    return rows < 0 || (rows === 0 && a < b);
  }

  private sink(from: number): void {
    const { heap } = this;
    let i = from;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) return;
      if (child + 1 < heap.length && this.before(heap[child + 1], heap[child])) child += 1;
      if (!this.before(heap[child], heap[i])) return;
      this.swap(i, child);
      i = child;
    }
  }

  private rise(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(this.heap[i], this.heap[parent])) return;
      this.swap(i, parent);
      i = parent;
    }
  }

  private swap(i: number, j: number): void {
    const a = this.heap[i];
    const b = this.heap[j];
    this.heap[i] = b;
    this.heap[j] = a;
    this.position[b] = i;
    this.position[a] = j;
  }
}

function isMap(kind: OpKind): boolean {
  return kind === OpKind.Map || kind === OpKind.Alloc;
}
