/** One VT-d domain, plainly: every question is answered by looking at everything. */
import { type AllocatorTraits, ReferenceAllocator, rounded } from './reference-allocator';
import type { Segment } from './operations';
import { ReferenceMemory, type ReferenceMapping, type ReferenceRun } from './reference-memory';

const PAGE = 4096;

export interface ReferenceTraits extends AllocatorTraits {
  hz: number;
  maxAddressMask: number;
  leafSizes: readonly number[];
  ramPages: number;
  atsDevices: number;
}

interface Queued {
  iova: number;
  pages: number;
  flush: number;
}

export class ReferenceDomain {
  readonly allocator: ReferenceAllocator;
  readonly memory: ReferenceMemory;
  now = 0;
  cpu = 0;
  maps = 0;
  unmaps = 0;
  walks = 0;
  iovaAllocs = 0;
  pageInvalidations = 0;
  domainInvalidations = 0;
  deviceInvalidations = 0;
  invalidatedPages = 0;
  waits = 0;
  fullDrains = 0;
  timerDrains = 0;
  pushes = 0;
  releases = 0;
  iovaPages = 0;
  /** PASIDs that share the domain's table. */
  pasids = 0;
  /** Before the first unmap only. `entries`: how many a queue holds; timeout in ns. */
  flushQueue = { entries: 255, timeout: 10e6, shared: false };
  readonly queues = new Map<number, Queued[]>();
  private flushes = 0;
  private fqDeadline = Infinity;
  private timers = 0;
  private fqCpu = 0;
  private readonly trimCpu = new Map<number, number>();
  peakReadable = 0;
  peakWritable = 0;
  peakStale = 0;

  constructor(private readonly traits: ReferenceTraits) {
    this.allocator = new ReferenceAllocator(traits);
    this.memory = new ReferenceMemory(traits.leafSizes, traits.ramPages);
  }

  /** What was done to set up is not counted with the workload. */
  forgetSetUp(): void {
    this.iovaAllocs = 0;
    this.maps = 0;
    this.memory.pteWrites = 0;
    this.memory.tableAllocs = 0;
    this.allocator.treeAllocs = 0;
    this.allocator.steps = 0;
  }

  // Time

  /** Of every 2n timers on n CPUs, n − 1 read jiffies before they are advanced and wait for another tick. */
  private flushDeadline(): number {
    const n = this.traits.cpus;
    const lateBefore = Math.floor((this.timers * (n - 1)) / (2 * n));
    this.timers += 1;
    const late = Math.floor((this.timers * (n - 1)) / (2 * n)) - lateBefore;
    return this.deadline(this.now, this.flushQueue.timeout) + (late * 1e9) / this.traits.hz;
  }

  deadline(from: number, delay: number): number {
    const tick = 1e9 / this.traits.hz;
    return (Math.floor(from / tick) + Math.ceil(delay / tick) + 1) * tick;
  }

  private readonly trimDeadline = (from: number): number => this.deadline(from, 100e6);

  nextTimer(): number {
    return Math.min(this.fqDeadline, ...this.allocator.trims.values());
  }

  /** Runs what is due, earliest first, all on the CPU of the first. */
  runTimers(): void {
    let chosen = false;
    while (this.nextTimer() <= this.now) {
      const next = this.nextTimer();
      const order = [0, 1, 2, 3, 4, 5].find(o => this.allocator.trims.get(o) === next);
      if (!chosen) this.cpu = order === undefined ? this.fqCpu : this.trimCpu.get(order)!;
      chosen = true;
      if (order !== undefined) {
        this.allocator.trim(order, this.now, this.trimDeadline);
        this.trimCpu.set(order, this.cpu);
      } else {
        this.fqDeadline = Infinity;
        this.timerDrains += 1;
        this.flushDomain();
        for (const cpu of [...this.queues.keys()].sort((a, b) => a - b)) this.releaseQueue(cpu);
      }
    }
  }

  // Addresses

  allocate(pages: number): number {
    const iova = this.allocator.allocate(pages, this.cpu);
    if (iova >= 0) {
      this.iovaAllocs += 1;
      this.iovaPages += rounded(pages);
    }
    return iova;
  }

  free(iova: number, pages: number): void {
    this.iovaPages -= rounded(pages);
    const armed = new Set(this.allocator.trims.keys());
    this.allocator.free(iova, pages, this.cpu, this.now, this.trimDeadline);
    for (const order of this.allocator.trims.keys()) if (!armed.has(order)) this.trimCpu.set(order, this.cpu);
  }

  // Mappings

  map(iova: number, segments: readonly Segment[], access: number): void {
    const runs: ReferenceRun[] = [];
    let at = iova;
    for (const { phys, size } of segments) {
      const first = Math.floor(phys / PAGE);
      const pages = Math.ceil(((phys % PAGE) + size) / PAGE);
      const last = runs.at(-1);
      if (last && last.phys + last.pages === first) {
        last.pages += pages;
        last.bytes += size;
      } else {
        runs.push({ iova: at, phys: first, pages, offset: phys % PAGE, bytes: size, access });
      }
      at += pages;
    }
    this.mapRuns({ iova, pages: at - iova, runs });
  }

  mapRuns(mapping: ReferenceMapping): void {
    this.maps += mapping.runs.length;
    this.memory.map(mapping);
    this.look();
  }

  unmap(iova: number, pages: number): void {
    this.unmaps += 1;
    this.memory.unmap(iova, pages, this.now);
    this.look();
  }

  look(): void {
    const { readable, writable, stalePages } = this.memory.reach();
    this.peakReadable = Math.max(this.peakReadable, readable);
    this.peakWritable = Math.max(this.peakWritable, writable);
    this.peakStale = Math.max(this.peakStale, stalePages);
  }

  flushRange(iova: number, pages: number): void {
    let order = 0;
    while (Math.floor(iova / 2 ** order) !== Math.floor((iova + pages - 1) / 2 ** order)) order += 1;
    const tags = 1 + this.pasids;
    if (order <= this.traits.maxAddressMask) {
      this.pageInvalidations += tags;
      this.invalidatedPages += tags * 2 ** order;
    } else {
      this.domainInvalidations += tags;
    }
    this.deviceInvalidations += tags * this.traits.atsDevices;
    this.waits += 1;
    this.memory.invalidate(mapping => mapping.iova >= iova && mapping.iova + mapping.pages <= iova + pages, this.now);
  }

  private flushDomain(): void {
    this.domainInvalidations += 1 + this.pasids;
    this.deviceInvalidations += (1 + this.pasids) * this.traits.atsDevices;
    this.waits += 1;
    this.memory.invalidate(() => true, this.now);
    this.flushes += 1;
  }

  // Flush queue

  push(iova: number, pages: number): void {
    const key = this.flushQueue.shared ? -1 : this.cpu;
    const queue = this.queues.get(key) ?? [];
    this.queues.set(key, queue);
    this.releaseQueue(key);
    if (queue.length === this.flushQueue.entries) {
      this.fullDrains += 1;
      this.flushDomain();
      this.releaseQueue(key);
    }
    queue.push({ iova, pages, flush: this.flushes });
    this.pushes += 1;
    if (this.fqDeadline === Infinity) {
      this.fqDeadline = this.flushDeadline();
      this.fqCpu = this.cpu;
    }
  }

  private releaseQueue(cpu: number): void {
    const queue = this.queues.get(cpu)!;
    while (queue.length > 0 && queue[0].flush < this.flushes) {
      const { iova, pages } = queue.shift()!;
      this.releases += 1;
      this.free(iova, pages);
    }
  }

  get queuedPages(): number {
    return [...this.queues.values()].flat().reduce((sum, { pages }) => sum + pages, 0);
  }
}
