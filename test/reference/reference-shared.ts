/** Mappings at kernel addresses once more: for each page a plain list of the buffers in it. */
import { pagesOf, type PlainOperation, type Segment } from './operations';
import type { ReferenceDomain } from './reference-domain';
import type { ReferenceRun } from './reference-memory';
import { accessOf, ReferenceDynamic, type ReferencePolicy } from './reference-policies';

const PAGE = 4096;
const DIRECT_MAP = 2 ** 35;

/** The part of a buffer that lies in a page. */
interface Part {
  segment: Segment;
  run: ReferenceRun;
}

/** The live entries of a domain's table, one for each page that has a user. */
class SharedEntries {
  private readonly parts = new Map<number, Part[]>();

  constructor(readonly domain: ReferenceDomain) {}

  /** @param once pages that grant the access already get no further user */
  map(segment: Segment, access: number, once: boolean): void {
    let groups = 0;
    let previous = -2;
    for (const run of runsOf(segment, access)) {
      const users = this.parts.get(run.phys) ?? [];
      const granted = users.at(0)?.run.access ?? 0;
      if (once && (granted & access) === access) continue;
      if (users.length === 0) {
        if (previous !== run.phys - 1) groups += 1;
        previous = run.phys;
        this.write(run);
      } else if ((granted | access) !== granted) {
        this.domain.memory.pteClears += 1;
        this.domain.memory.pteWrites += 1;
        this.domain.maps += 1;
      }
      this.parts.set(run.phys, [...users, { segment, run }]);
      this.regrant(run.phys, granted | access);
    }
    this.domain.maps += groups;
    this.domain.look();
  }

  private write(run: ReferenceRun): void {
    this.domain.memory.map({ iova: run.iova, pages: 1, runs: [run] });
  }

  /** All users of a page reach it by the same entry. */
  private regrant(page: number, access: number): void {
    const users = this.parts.get(page)!;
    for (const { run } of users) run.access = access;
    this.domain.memory.live.get(DIRECT_MAP + page)!.runs = users.map(({ run }) => run);
  }

  /** Pages without another user are cleared, each group of neighbours at once. */
  unmap(segment: Segment): void {
    let group: ReferenceRun[] = [];
    const clear = (): void => {
      if (group.length > 0) this.clear(group);
      group = [];
    };
    for (const { phys } of runsOf(segment, 0)) {
      const users = this.parts.get(phys)!;
      const [own] = users.splice(
        users.findIndex(user => user.segment === segment),
        1,
      );
      if (users.length > 0) {
        this.regrant(phys, own.run.access);
        clear();
      } else {
        this.parts.delete(phys);
        group.push(own.run);
      }
    }
    clear();
    this.domain.look();
    const first = Math.floor(segment.phys / PAGE);
    this.domain.flushRange(DIRECT_MAP + first, pagesOf(segment));
  }

  private clear(group: readonly ReferenceRun[]): void {
    const { memory } = this.domain;
    for (const { iova } of group) memory.live.delete(iova);
    const mapping = { iova: group[0].iova, pages: group.length, runs: [...group] };
    memory.live.set(mapping.iova, mapping);
    this.domain.unmap(mapping.iova, mapping.pages);
  }
}

/** `pasid-kva-strict`: pages are mapped while a buffer in them is. */
export class ReferenceKernelAddresses implements ReferencePolicy {
  private readonly entries: SharedEntries;
  private readonly rest: ReferenceDynamic;

  constructor(domain: ReferenceDomain) {
    this.entries = new SharedEntries(domain);
    this.rest = new ReferenceDynamic(domain, false);
  }

  map(op: PlainOperation): void {
    if (op.coherent) this.rest.map(op);
    else for (const segment of op.segments) this.entries.map(segment, accessOf(op), false);
  }

  unmap(op: PlainOperation): void {
    if (op.coherent) this.rest.unmap(op);
    else for (const segment of op.segments) this.entries.unmap(segment);
  }
}

/** `perfect-reuse`: pages are mapped for good, once for each kind of access. */
export class ReferencePerfectReuse implements ReferencePolicy {
  private readonly entries: SharedEntries;

  constructor(domain: ReferenceDomain) {
    this.entries = new SharedEntries(domain);
  }

  map(op: PlainOperation): void {
    for (const segment of op.segments) this.entries.map(segment, accessOf(op), true);
  }

  unmap(): void {
    // Nothing is ever unmapped.
  }
}

/** One run for each page of a buffer. */
function runsOf(segment: Segment, access: number): ReferenceRun[] {
  const first = Math.floor(segment.phys / PAGE);
  return Array.from({ length: pagesOf(segment) }, (_, i) => {
    const from = Math.max(segment.phys, (first + i) * PAGE);
    const to = Math.min(segment.phys + segment.size, (first + i + 1) * PAGE);
    return { iova: DIRECT_MAP + first + i, phys: first + i, pages: 1, offset: from % PAGE, bytes: to - from, access };
  });
}
