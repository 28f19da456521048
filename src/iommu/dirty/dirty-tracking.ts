import { Access, PAGE_BYTES } from '../exposure';
import type { GatedLog } from '../gated-log';
import { Gauge, type Gauges } from '../gauges';
import { Work } from '../work';
import { DIRTY_RULES, type DirtyMode, type DirtyRules } from './dirty-mode';
import { PageFlag, PageFlags } from './page-flags';

export interface DirtySummary {
  /** Pages that devices have written. */
  truthPages: number;
  /** Pages reported dirty at least once. */
  reportedPages: number;
  /** Pages whose last write no report covers: a migration would carry old content. */
  missedPages: number;
  /** Pages reported that no device has written. */
  overReportedPages: number;
  /** Invalidations that only the tracking needs. */
  extraInvalidations: number;
  /** Page-table entries read for their dirty bits. */
  walkedEntries: number;
}

/** What tracking counts as time goes by: indices of `DirtyTracking.counts`. */
export enum DirtyCount {
  /** Pages that became dirty, once for each report between. */
  Written,
  /** Reports of pages. */
  Reported,
  /** Reports of pages that no device had written since the last one. */
  OverReported,
  /** Invalidations that only the tracking needs. */
  Invalidations,
  /** Page-table entries read for their dirty bits. */
  WalkedEntries,
}

/** What dirty bits of memory that is not mapped page by page are kept for, unless its leaves are split. */
const OPEN_LEAF_BYTES = 2 ** 21;

/**
 * Which pages a migrating hypervisor would take for written by devices, against those that they have written.
 *
 * A device is taken to write to all of a writable mapping for as long as it is mapped, and not to anything else, except
 * for writes that are reported here as stray ones.
 */
export class DirtyTracking {
  readonly rules: DirtyRules;
  private readonly pages = new PageFlags();
  private openAccess = 0;
  /** By `DirtyCount`. */
  readonly counts = new Float64Array(DirtyCount.WalkedEntries + 1);

  private readonly openLeafPages: number;

  /**
   * @param gauges whose levels of dirty pages it keeps
   * @param ramPages memory that devices reach where nothing restrains them, 4 KiB pages
   * @param openLeafBytes its leaves; where smaller than 2 MiB they are split when tracking begins
   */
  constructor(
    mode: DirtyMode,
    private readonly log: GatedLog,
    private readonly gauges: Gauges,
    private readonly ramPages: number,
    private readonly openLeafBytes = OPEN_LEAF_BYTES,
  ) {
    this.rules = DIRTY_RULES[mode];
    this.openLeafPages = openLeafBytes / PAGE_BYTES;
  }

  /** All of memory is mapped for devices, with that access. */
  opened(access: number): void {
    const writable = (access & ~this.openAccess & Access.Write) !== 0;
    if (writable && this.rules.readsBits && this.openLeafBytes < OPEN_LEAF_BYTES)
      this.log.add(Work.PteWrite, this.ramPages / this.openLeafPages);
    this.openAccess |= access;
    if (!this.rules.pinnedIsDirty) return;
    this.pages.events.reported += this.ramPages;
    this.pages.events.overReported += this.ramPages;
    this.noteLevels();
  }

  /** Physical pages become reachable by a mapping. */
  mapped(page: number, pages: number, access: number): void {
    const writable = (access & Access.Write) !== 0;
    const { pinnedIsDirty } = this.rules;
    const set = (writable ? PageFlag.Written : 0) | (pinnedIsDirty ? PageFlag.Reported : 0);
    this.pages.change(page, pages, set, pinnedIsDirty ? PageFlag.Pending : 0, writable ? 1 : 0);
    this.noteLevels();
  }

  /**
   * A mapping that devices can write is about to be taken out of the page table: the bits are read, if the mode does so.
   * @param leaves entries of the mapping
   * @param flush invalidates the mapping in the IOTLB and waits
   */
  collect(access: number, leaves: number, flush: () => void): void {
    if (!(access & Access.Write) || !this.rules.readsBits || this.rules.reportsAtUnmap === 'nothing') return;
    if (this.rules.writeProtects) {
      this.log.add(Work.WriteProtect, leaves);
      this.extraFlush(flush);
    }
    this.walk(leaves);
  }

  /** Physical pages are no longer mapped by one of their mappings. */
  unmapped(page: number, pages: number, access: number): void {
    const writable = (access & Access.Write) !== 0;
    const reported = this.rules.reportsAtUnmap === 'all' || (this.rules.reportsAtUnmap === 'writable' && writable);
    if (reported) this.pages.change(page, pages, PageFlag.Reported, PageFlag.Pending, writable ? -1 : 0);
    else if (writable) this.pages.change(page, pages, PageFlag.Pending, 0, -1);
    this.noteLevels();
  }

  /** A device wrote to pages of memory that is open to it. */
  wroteOpen(page: number, pages: number): void {
    this.pages.change(page, pages, PageFlag.Written | PageFlag.Pending, 0);
    this.noteLevels();
  }

  /**
   * A device wrote to a page after the unmap of its mapping, and the write reached memory.
   * @param duringCall the unmap call had not returned yet
   */
  strayWrite(page: number, duringCall: boolean): void {
    const { coveredUntil } = this.rules;
    const covered = coveredUntil === 'window' || (coveredUntil === 'call' && duringCall);
    this.pages.change(page, 1, PageFlag.Written | (covered ? 0 : PageFlag.Pending), 0);
    this.noteLevels();
  }

  /**
   * All live entries of a domain are read and cleared.
   * @param leaves entries in its page table
   * @param flush invalidates the IOTLB, without which cleared bits would not be set again
   */
  readTable(leaves: number, flush: () => void): void {
    // What is read-only cannot become dirty: nobody looks there.
    const openLeaves = this.openAccess & Access.Write ? Math.ceil(this.ramPages / this.openLeafPages) : 0;
    if (leaves + openLeaves === 0) return;
    this.walk(leaves + openLeaves);
    this.extraFlush(flush);
  }

  /** What was found dirty since all tables were read last is reported. */
  reportRead(): void {
    this.reportLive(true);
    this.noteLevels();
  }

  /** The devices halt and the last round is read. */
  finish(): DirtySummary {
    this.reportLive(false);
    this.noteLevels();
    const all = this.rules.pinnedIsDirty && this.openAccess !== 0 ? this.ramPages : 0;
    const counted = (wanted: number, unwanted: number): number =>
      this.pages.count(wanted, unwanted) - (all > 0 ? this.pages.count(wanted, unwanted, all) : 0);
    const written = this.pages.count(PageFlag.Written, 0);
    const writtenInRam = all > 0 ? this.pages.count(PageFlag.Written, 0, all) : 0;
    return {
      truthPages: written,
      reportedPages: all + counted(PageFlag.Reported, 0),
      missedPages: counted(PageFlag.Pending, 0),
      overReportedPages: all - writtenInRam + counted(PageFlag.Reported, PageFlag.Written),
      extraInvalidations: this.counts[DirtyCount.Invalidations],
      walkedEntries: this.counts[DirtyCount.WalkedEntries],
    };
  }

  private reportLive(running: boolean): void {
    this.pages.reportWritable(running);
    if (!this.seesOpenWrites) return;
    if (this.rules.readsBits) this.reportOpen(this.openLeafPages, this.ramPages);
    // Pages whose place the trace does not tell stand beyond memory: each for itself.
    this.reportOpen(1, Infinity);
  }

  /** Whether what is written to memory that is not mapped page by page will be reported some day. */
  private get seesOpenWrites(): boolean {
    return (this.rules.readsBits || this.rules.pinnedIsDirty) && (this.openAccess & Access.Write) !== 0;
  }

  private noteLevels(): void {
    const { pages, counts, gauges } = this;
    counts[DirtyCount.Written] = pages.events.written;
    counts[DirtyCount.Reported] = pages.events.reported;
    counts[DirtyCount.OverReported] = pages.events.overReported;
    gauges.set(Gauge.DirtyPages, pages.dirty);
    gauges.set(Gauge.LostPages, this.seesOpenWrites ? 0 : pages.left);
  }

  private reportOpen(leafPages: number, limit: number): void {
    for (const leaf of this.pages.blocksWith(PageFlag.Pending, leafPages, limit)) {
      this.pages.change(leaf, leafPages, PageFlag.Reported, PageFlag.Pending);
    }
  }

  private walk(entries: number): void {
    this.log.add(Work.DirtyWalkEntry, entries);
    if (this.log.open) this.counts[DirtyCount.WalkedEntries] += entries;
  }

  private extraFlush(flush: () => void): void {
    flush();
    if (this.log.open) this.counts[DirtyCount.Invalidations] += 1;
  }
}
