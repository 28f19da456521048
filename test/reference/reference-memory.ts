/** What devices can reach and what the page table holds, recomputed from scratch at every question. */

const PAGE = 4096;

export interface ReferenceRun {
  iova: number;
  phys: number;
  pages: number;
  offset: number;
  bytes: number;
  access: number;
}

export interface ReferenceMapping {
  iova: number;
  pages: number;
  runs: ReferenceRun[];
}

/** Leaves of a run, one page at a time: at each address the largest leaf that fits there. */
export function leavesOf(run: ReferenceRun, leafSizes: readonly number[]): number[] {
  const leaves: number[] = [];
  let done = 0;
  while (done < run.pages) {
    const fitting = leafSizes.filter(
      size => (run.iova + done) % size === 0 && (run.phys + done) % size === 0 && size <= run.pages - done,
    );
    const size = Math.max(...fitting);
    leaves.push(size);
    done += size;
  }
  return leaves;
}

/** Names of the table pages that a leaf at the page needs. */
export function tablesFor(page: number, leaf: number): string[] {
  const spans = [512, 512 ** 2, 512 ** 3];
  return spans.filter(span => span > leaf).map(span => `${span}:${Math.floor(page / span)}`);
}

export class ReferenceMemory {
  pteWrites = 0;
  pteClears = 0;
  tableAllocs = 0;
  tableFrees = 0;
  readonly live = new Map<number, ReferenceMapping>();
  readonly stale: { mapping: ReferenceMapping; since: number }[] = [];
  readonly tables = new Set<string>();
  windows = 0;
  pageNs = 0;
  maxNs = 0;
  openRead = false;
  openWrite = false;

  constructor(
    private readonly leafSizes: readonly number[],
    private readonly ramPages: number,
  ) {}

  map(mapping: ReferenceMapping): void {
    for (const other of this.live.values()) {
      if (mapping.iova < other.iova + other.pages && other.iova < mapping.iova + mapping.pages) {
        throw new Error('two live mappings overlap');
      }
    }
    for (const run of mapping.runs) {
      let page = run.iova;
      for (const leaf of leavesOf(run, this.leafSizes)) {
        this.dropEmptyTables(page, leaf);
        for (const table of tablesFor(page, leaf)) {
          if (this.tables.has(table)) continue;
          this.tables.add(table);
          this.tableAllocs += 1;
        }
        this.pteWrites += 1;
        page += leaf;
      }
    }
    this.live.set(mapping.iova, mapping);
  }

  /** A large leaf replaces the tables below it. */
  private dropEmptyTables(page: number, leaf: number): void {
    for (const table of [...this.tables]) {
      const [span, index] = table.split(':').map(Number);
      if (span > leaf || index * span < page || (index + 1) * span > page + leaf) continue;
      this.tables.delete(table);
      this.tableFrees += 1;
    }
  }

  unmap(iova: number, pages: number, now: number): void {
    const mapping = this.live.get(iova);
    if (!mapping) throw new Error(`nothing is mapped at ${iova}`);
    this.live.delete(iova);
    for (const run of mapping.runs) this.pteClears += leavesOf(run, this.leafSizes).length;
    for (const table of [...this.tables]) {
      const [span, index] = table.split(':').map(Number);
      if (index * span < iova || (index + 1) * span > iova + pages) continue;
      this.tables.delete(table);
      this.tableFrees += 1;
    }
    this.stale.push({ mapping, since: now });
  }

  invalidate(covers: (mapping: ReferenceMapping) => boolean, now: number): void {
    for (const window of this.stale.filter(({ mapping }) => covers(mapping))) {
      this.stale.splice(this.stale.indexOf(window), 1);
      const duration = Math.max(0, now - window.since);
      this.windows += 1;
      this.pageNs += duration * window.mapping.pages;
      this.maxNs = Math.max(this.maxNs, duration);
    }
  }

  /** Pages and bytes that devices can reach now. */
  reach(): { readable: number; writable: number; others: number; stalePages: number } {
    const readable = new Set<number>();
    const writable = new Set<number>();
    const own = new Map<number, number>();
    for (const { runs } of [...this.live.values(), ...this.stale.map(({ mapping }) => mapping)]) {
      for (const run of runs) {
        for (let i = 0; i < run.pages; i++) {
          const page = run.phys + i;
          if (run.access & 1) readable.add(page);
          if (run.access & 2) writable.add(page);
          own.set(page, (own.get(page) ?? 0) + bytesOf(run, i));
        }
      }
    }
    let others = 0;
    for (const page of new Set([...readable, ...writable])) others += Math.max(0, PAGE - (own.get(page) ?? 0));
    return {
      readable: this.openRead ? this.ramPages : readable.size,
      writable: this.openWrite ? this.ramPages : writable.size,
      others: this.openRead || this.openWrite ? this.ramPages * PAGE : others,
      stalePages: this.stale.reduce((sum, { mapping }) => sum + mapping.pages, 0),
    };
  }
}

function bytesOf(run: ReferenceRun, page: number): number {
  const from = Math.max(page * PAGE, run.offset);
  const to = Math.min((page + 1) * PAGE, run.offset + run.bytes);
  return Math.max(0, to - from);
}
