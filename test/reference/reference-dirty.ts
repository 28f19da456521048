/** Dirty tracking with plain sets and a list of live mappings that every question goes through. */
import { Access } from '../../src/iommu/exposure';
import { DIRTY_RULES, type DirtyMode, type DirtyRules } from '../../src/iommu/dirty/dirty-mode';

export interface Range {
  page: number;
  pages: number;
  access: number;
}

export class ReferenceDirty {
  readonly written = new Set<number>();
  readonly reported = new Set<number>();
  /** Written after their last report. */
  readonly pending = new Set<number>();
  /** Number of pages that became dirty, of reports, and of reports of pages that were not dirty. */
  readonly counts = { written: 0, reported: 0, overReported: 0 };
  private readonly live: Range[] = [];
  private readonly rules: DirtyRules;

  /** @param openLeafPages leaves of memory that is open for writing as a whole; 0: it is not open */
  constructor(
    mode: DirtyMode,
    ramPages: number,
    private readonly openLeafPages: number,
  ) {
    this.rules = DIRTY_RULES[mode];
    if (openLeafPages > 0 && this.rules.pinnedIsDirty) {
      for (let page = 0; page < ramPages; page++) this.report(page);
    }
  }

  map(range: Range): void {
    for (const page of pagesOf(range)) {
      const before = this.isDirty(page);
      if (range.access & Access.Write) {
        this.written.add(page);
        if (!before) this.counts.written += 1;
      }
      if (this.rules.pinnedIsDirty) this.report(page, before || (range.access & Access.Write) !== 0);
    }
    this.live.push(range);
  }

  unmap(range: Range): void {
    const writable = (range.access & Access.Write) !== 0;
    const { reportsAtUnmap } = this.rules;
    for (const page of pagesOf(range)) {
      if (reportsAtUnmap === 'all' || (reportsAtUnmap === 'writable' && writable)) this.report(page);
      else if (writable) this.pending.add(page);
    }
    this.live.splice(this.live.indexOf(range), 1);
  }

  write(page: number, covered: boolean): void {
    if (!covered && !this.isDirty(page)) this.counts.written += 1;
    this.written.add(page);
    if (!covered) this.pending.add(page);
  }

  /** All bits are read. */
  read(running: boolean): void {
    for (const page of new Set(this.live.filter(({ access }) => access & Access.Write).flatMap(pagesOf))) {
      this.report(page);
      if (running) this.counts.written += 1;
    }
    if (this.openLeafPages === 0 || !(this.rules.readsBits || this.rules.pinnedIsDirty)) return;
    const size = this.rules.readsBits ? this.openLeafPages : 1;
    for (const leaf of new Set([...this.pending].map(page => Math.floor(page / size)))) {
      for (let i = 0; i < size; i++) this.report(leaf * size + i);
    }
  }

  /** Pages that are dirty and not reported: all, and those that no later report will cover. */
  levels(): { dirty: number; left: number } {
    const all = new Set([...this.pending, ...this.live.flatMap(pagesOf)]);
    const dirty = [...all].filter(page => this.isDirty(page));
    const willBeRead = this.openLeafPages > 0 && (this.rules.readsBits || this.rules.pinnedIsDirty);
    return { dirty: dirty.length, left: willBeRead ? 0 : dirty.filter(page => !this.isOpen(page)).length };
  }

  summary() {
    return {
      truthPages: this.written.size,
      reportedPages: this.reported.size,
      missedPages: this.pending.size,
      overReportedPages: [...this.reported].filter(page => !this.written.has(page)).length,
    };
  }

  private report(page: number, dirty = this.isDirty(page)): void {
    this.counts.reported += 1;
    if (!dirty) this.counts.overReported += 1;
    this.reported.add(page);
    this.pending.delete(page);
  }

  private isOpen(page: number): boolean {
    return this.live.some(range => (range.access & Access.Write) !== 0 && pagesOf(range).includes(page));
  }

  private isDirty(page: number): boolean {
    return this.pending.has(page) || this.isOpen(page);
  }
}

function pagesOf({ page, pages }: Range): number[] {
  return Array.from({ length: pages }, (_, i) => page + i);
}
