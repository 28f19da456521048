import { NO_RUN } from '../run-pool';
import type { VfioContainer } from '../vfio-container';
import { Work } from '../work';
import type { HardwareSite } from './hardware';
import type { VtdHypervisor } from './vtd';

const TABLE_ENTRIES = 512;
/** Entries above the leaf table that a walk reads on its way down. */
const UPPER_ENTRIES = 3;

interface Change {
  iovaPage: number;
  pages: number;
  leaves: number;
}

/**
 * A hypervisor that shadows the guest's table (emulated VT-d in caching mode with VFIO behind it): the guest's invalidation
 * exits, the range is walked, and each leaf that appeared or vanished costs one type1 ioctl. A domain-selective
 * invalidation walks the whole table.
 *
 * QEMU: vtd_iotlb_page_invalidate, vtd_sync_shadow_page_table_range, vtd_page_walk_one (hw/i386/intel_iommu.c),
 * vfio_iommu_map_notify (hw/vfio).
 */
export class ShadowingHypervisor implements VtdHypervisor {
  private appeared: Change[] = [];
  private vanished: Change[] = [];

  constructor(
    private readonly site: HardwareSite,
    private readonly container: VfioContainer,
  ) {}

  runMapped(run: number): void {
    this.appeared.push(this.change(run));
  }

  unmapped(_iovaPage: number, _pages: number, head: number): void {
    for (let run = head; run !== NO_RUN; run = this.site.runs.next[run]!) this.vanished.push(this.change(run));
  }

  private change(run: number): Change {
    const { runs, pageTable } = this.site;
    const iovaPage = runs.iovaPage[run];
    const pages = runs.pages[run];
    return { iovaPage, pages, leaves: pageTable.leavesOf(iovaPage, runs.physPage[run], pages, runs.leafLimit[run]) };
  }

  pageInvalidation(iovaPage: number, order: number): void {
    this.exit(2 ** order + UPPER_ENTRIES);
    const end = iovaPage + 2 ** order;
    this.synchronise(change => change.iovaPage >= iovaPage && change.iovaPage < end);
  }

  domainInvalidation(): void {
    this.exit(TABLE_ENTRIES * (1 + this.site.pageTable.tablePages));
    this.synchronise(() => true);
  }

  private exit(walkedEntries: number): void {
    const { log, counters } = this.site.context;
    log.add(Work.Exit, 1);
    counters.exits += 1;
    // Each address space that follows the domain's table walks it on its own.
    log.add(Work.ShadowWalkEntry, walkedEntries * this.container.copies);
  }

  private synchronise(covered: (change: Change) => boolean): void {
    if (this.vanished.length > 0) {
      for (const { iovaPage, pages, leaves } of this.vanished.filter(covered)) {
        this.container.unmap(iovaPage, pages, leaves);
      }
      this.vanished = this.vanished.filter(change => !covered(change));
    }
    if (this.appeared.length > 0) {
      for (const { iovaPage, pages, leaves } of this.appeared.filter(covered)) {
        this.container.map(iovaPage, pages, leaves);
      }
      this.appeared = this.appeared.filter(change => !covered(change));
    }
  }
}

/** A hypervisor under nested translation: the hardware reads the guest's table, only invalidations are forwarded. */
export class NestedHypervisor implements VtdHypervisor {
  constructor(private readonly site: HardwareSite) {}

  runMapped(): void {
    // The hardware walks the guest's own table.
  }

  unmapped(): void {
    // The invalidation says it.
  }

  pageInvalidation(): void {
    this.forward();
  }

  domainInvalidation(): void {
    this.forward();
  }

  private forward(): void {
    const { log, counters } = this.site.context;
    log.add(Work.Exit, 1);
    counters.exits += 1;
  }
}
