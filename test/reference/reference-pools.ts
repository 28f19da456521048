/** Page reuse and dynamic bounce buffers once more, as plain lists that are searched. */
import { type PlainOperation, pagesOf } from './operations';
import type { ReferenceDomain } from './reference-domain';
import {
  accessOf,
  copy,
  fromDevice,
  type ReferenceCopies,
  ReferenceDynamic,
  type ReferencePolicy,
  toDevice,
} from './reference-policies';

const PAGE = 4096;

interface Kept {
  /** Pages of its segments, in words. */
  memory: string;
  pages: number;
  access: number;
  iova: number;
  users: number;
}

export class ReferenceReuse implements ReferencePolicy {
  private readonly rest: ReferenceDynamic;
  /** Those without a user stand in the order in which they became so. */
  private readonly kept: Kept[] = [];
  private readonly of = new Map<number, Kept>();

  constructor(
    private readonly domain: ReferenceDomain,
    private readonly limit: number,
    private readonly all: boolean,
  ) {
    this.rest = new ReferenceDynamic(domain, false);
  }

  private recycles(op: PlainOperation): boolean {
    return !op.coherent && (this.all || op.direction === 2);
  }

  map(op: PlainOperation): void {
    if (!this.recycles(op)) {
      this.rest.map(op);
      return;
    }
    const memory = JSON.stringify(op.segments.map(segment => [Math.floor(segment.phys / PAGE), pagesOf(segment)]));
    const access = accessOf(op);
    let entry = this.kept.find(old => old.memory === memory && old.access === access);
    if (!entry) {
      const iova = this.domain.allocate(op.pages);
      this.domain.map(iova, op.segments, access);
      entry = { memory, pages: op.pages, access, iova, users: 0 };
      this.kept.push(entry);
    }
    entry.users += 1;
    this.of.set(op.mapping, entry);
  }

  unmap(op: PlainOperation): void {
    const entry = this.of.get(op.mapping);
    if (!entry) {
      this.rest.unmap(op);
      return;
    }
    entry.users -= 1;
    if (entry.users > 0) return;
    this.kept.splice(this.kept.indexOf(entry), 1);
    this.kept.push(entry);
    const idle = (): Kept[] => this.kept.filter(({ users }) => users === 0);
    while (idle().reduce((sum, { pages }) => sum + pages, 0) > this.limit) {
      const [oldest] = idle();
      this.kept.splice(this.kept.indexOf(oldest), 1);
      this.domain.unmap(oldest.iova, oldest.pages);
      this.domain.flushRange(oldest.iova, oldest.pages);
      this.domain.free(oldest.iova, oldest.pages);
    }
  }
}

interface Bounce {
  /** -1: for one use. */
  class: number;
  /** Permission; pages of a buffer for one use. */
  kind: number;
  slot: number;
  iova: number;
  idleSince: number;
  busy: boolean;
  old: boolean;
}

export interface ReferencePoolOptions {
  classes: readonly number[];
  slots: number;
  scattered: boolean;
  keepsOffset: boolean;
  threshold: number;
  evictionNs: number;
  /** All buffers are mapped for both directions. */
  oneList?: boolean;
  untrusted?: boolean;
  lazyRest?: boolean;
}

export class ReferenceDynamicBouncing implements ReferencePolicy {
  private readonly rest: ReferenceDynamic;
  private readonly bases: number[] = [];
  private buffers: Bounce[] = [];
  private readonly freeSlots: number[][];
  private readonly used: number[];
  private nextPage = 2 ** 47;
  private clock = 0;
  private readonly of = new Map<number, Bounce>();
  evictAt = Infinity;

  constructor(
    private readonly domain: ReferenceDomain,
    private readonly counts: ReferenceCopies,
    private readonly options: ReferencePoolOptions,
  ) {
    this.rest = new ReferenceDynamic(domain, options.lazyRest ?? false);
    this.freeSlots = options.classes.map(() => []);
    this.used = options.classes.map(() => 0);
  }

  setUp(): void {
    for (const pages of this.options.classes) this.bases.push(this.domain.allocate(pages * this.options.slots));
  }

  runTimer(): void {
    while (this.evictAt <= this.domain.now) {
      this.evictAt = Infinity;
      const idle = this.buffers.filter(({ busy }) => !busy);
      for (const buffer of idle.filter(({ old }) => old).sort(byClassKindAge)) {
        const pages = this.options.classes[buffer.class];
        this.domain.unmap(buffer.iova, pages);
        this.domain.flushRange(buffer.iova, pages);
        this.freeSlots[buffer.class].push(buffer.slot);
        this.buffers = this.buffers.filter(other => other !== buffer);
      }
      const left = this.buffers.filter(({ busy }) => !busy);
      for (const buffer of left) buffer.old = true;
      if (left.length > 0) this.evictAt = this.domain.deadline(this.domain.now, this.options.evictionNs);
    }
  }

  map(op: PlainOperation): void {
    const must = (this.options.untrusted ?? false) && op.segments.some(({ phys, size }) => (phys | size) % PAGE !== 0);
    const wanted = !op.coherent && (must || op.size <= this.options.threshold);
    const buffer = wanted ? (this.take(op) ?? (must ? this.single(op) : undefined)) : undefined;
    if (!buffer) {
      this.rest.map(op);
      return;
    }
    this.of.set(op.mapping, buffer);
    this.counts.bounced += 1;
    if (this.options.untrusted) this.counts.zeroed += Math.ceil(op.size / PAGE) * PAGE - op.size;
    if (!op.skipCpuSync && toDevice(op)) copy(this.counts, 'toDevice', op.size);
  }

  private take(op: PlainOperation): Bounce | undefined {
    const { classes } = this.options;
    const offset = this.options.keepsOffset && op.segments.length === 1 ? op.pageOffset : 0;
    const cls = classes.findIndex(pages => pages * PAGE >= offset + op.size);
    if (cls < 0) return undefined;
    const kind = this.options.oneList ? 3 : accessOf(op);
    const idle = this.buffers.filter(buffer => !buffer.busy && buffer.class === cls && buffer.kind === kind);
    const newest = idle.sort((a, b) => b.idleSince - a.idleSince).at(0) ?? this.grow(cls, kind);
    if (newest) newest.busy = true;
    return newest;
  }

  /** A buffer for one use. */
  private single(op: PlainOperation): Bounce {
    const pages = Math.ceil(op.size / PAGE);
    const iova = this.domain.allocate(pages);
    this.mapFresh(iova, pages, accessOf(op));
    return { class: -1, kind: pages, slot: -1, iova, idleSince: 0, busy: true, old: false };
  }

  private mapFresh(iova: number, pages: number, access: number): void {
    const step = this.options.scattered ? 2 : 1;
    const segments = Array.from({ length: pages }, (_, i) => ({ phys: (this.nextPage + i * step) * PAGE, size: PAGE }));
    this.nextPage += pages * step;
    this.domain.map(iova, segments, access);
  }

  private grow(cls: number, kind: number): Bounce | undefined {
    const slot = this.freeSlots[cls].pop() ?? this.used[cls];
    if (slot >= this.options.slots) return undefined;
    if (slot === this.used[cls]) this.used[cls] += 1;
    const pages = this.options.classes[cls];
    const iova = this.bases[cls] + slot * pages;
    this.mapFresh(iova, pages, kind);
    const buffer: Bounce = { class: cls, kind, slot, iova, idleSince: 0, busy: true, old: false };
    this.buffers.push(buffer);
    return buffer;
  }

  unmap(op: PlainOperation): void {
    const buffer = this.of.get(op.mapping);
    if (!buffer) {
      this.rest.unmap(op);
      return;
    }
    this.of.delete(op.mapping);
    if (!op.skipCpuSync && fromDevice(op)) copy(this.counts, 'fromDevice', op.size);
    if (buffer.class < 0) {
      this.domain.unmap(buffer.iova, buffer.kind);
      this.domain.flushRange(buffer.iova, buffer.kind);
      this.domain.free(buffer.iova, buffer.kind);
      return;
    }
    buffer.busy = false;
    buffer.old = false;
    buffer.idleSince = ++this.clock;
    if (this.evictAt === Infinity) this.evictAt = this.domain.deadline(this.domain.now, this.options.evictionNs);
  }

  syncForCpu(op: PlainOperation): void {
    if (this.of.has(op.mapping) && fromDevice(op)) copy(this.counts, 'fromDevice', op.size);
  }

  syncForDevice(op: PlainOperation): void {
    if (this.of.has(op.mapping) && toDevice(op)) copy(this.counts, 'toDevice', op.size);
  }
}

function byClassKindAge(a: Bounce, b: Bounce): number {
  return a.class - b.class || a.kind - b.kind || a.idleSince - b.idleSince;
}
