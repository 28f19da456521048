import { Work } from '../work';
import { coveringOrder, type Hardware, type HardwareSite } from './hardware';

/** From this order on, the command can only name all pages of the domain. */
const ALL_PAGES_ORDER = 51 - 12;

/**
 * AMD-Vi: one INVALIDATE_IOMMU_PAGES command (an exact page or a power-of-two block), one INVALIDATE_IOTLB_PAGES per device
 * with ATS, then COMPLETION_WAIT, polled. The domain's lock is held all the time.
 *
 * Kernel: amd_iommu_domain_flush_pages, build_inv_address, amd_iommu_domain_flush_complete (drivers/iommu/amd/iommu.c).
 */
export class AmdHardware implements Hardware {
  private readonly domainLock: number;
  private readonly queueLock: number;

  constructor(private readonly site: HardwareSite) {
    const { locks } = site.context;
    this.domainLock = locks.number(`amd-domain:${site.domain}`);
    this.queueLock = locks.number('amd-cmdq');
  }

  runMapped(): void {
    // Hardware does not cache absent entries: nothing to tell.
  }

  mapFinished(): void {
    // As above.
  }

  unmapped(): void {
    // The flush that follows says it.
  }

  flushRange(iovaPage: number, pages: number): void {
    this.flush(coveringOrder(iovaPage, pages));
  }

  flushAll(): void {
    this.flush(Infinity);
  }

  private flush(order: number): void {
    const { context, pasids, atsDevices } = this.site;
    const { log, counters } = context;
    const tags = 1 + pasids;
    log.acquire(this.domainLock);
    log.acquire(this.queueLock);
    if (order < ALL_PAGES_ORDER) {
      log.add(Work.PageInvalidation, tags);
      counters.invalidations.page += tags;
      counters.invalidatedPages += tags * 2 ** order;
    } else {
      log.add(Work.DomainInvalidation, tags);
      counters.invalidations.domain += tags;
    }
    if (atsDevices > 0) {
      log.add(Work.DeviceInvalidation, tags * atsDevices);
      counters.invalidations.device += tags * atsDevices;
    }
    log.release(this.queueLock);
    log.add(Work.InvalidationWait, 1);
    counters.invalidationWaits += 1;
    log.release(this.domainLock);
  }
}
