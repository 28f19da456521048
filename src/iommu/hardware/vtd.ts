import { Work } from '../work';
import { coveringOrder, type Hardware, type HardwareSite } from './hardware';

/** A hypervisor that sees the guest's invalidations: told while the guest holds its queue lock. */
export interface VtdHypervisor {
  runMapped(run: number): void;
  unmapped(iovaPage: number, pages: number, head: number): void;
  /** The guest invalidated 2^order pages from `iovaPage` on. */
  pageInvalidation(iovaPage: number, order: number): void;
  domainInvalidation(): void;
}

/**
 * Intel VT-d: one descriptor per cache tag (the domain's IOTLB, each device with ATS, each PASID), then a wait descriptor
 * whose status is polled. The domain's cache lock is held all the time, the unit's queue lock while descriptors are
 * written. A range is covered by one power-of-two block, or by the whole domain when that is larger than the unit allows.
 *
 * Kernel: cache_tag_flush_range, cache_tag_flush_all (drivers/iommu/intel/cache.c), qi_submit_sync (intel/dmar.c).
 * @param hypervisor present on a virtual unit; with caching mode, maps must be announced too
 */
export class VtdHardware implements Hardware {
  private readonly cacheLock: number;
  private readonly queueLock: number;

  constructor(
    private readonly site: HardwareSite,
    private readonly hypervisor: VtdHypervisor | undefined,
    private readonly cachingMode: boolean,
  ) {
    const { locks } = site.context;
    this.cacheLock = locks.number(`vtd-domain-cache:${site.domain}`);
    this.queueLock = locks.number('vtd-queue');
  }

  runMapped(run: number): void {
    this.hypervisor?.runMapped(run);
  }

  mapFinished(iovaPage: number, pages: number): void {
    if (this.cachingMode) this.flush(iovaPage, pages);
  }

  unmapped(iovaPage: number, pages: number, head: number): void {
    this.hypervisor?.unmapped(iovaPage, pages, head);
  }

  flushRange(iovaPage: number, pages: number): void {
    this.flush(iovaPage, pages);
  }

  flushAll(): void {
    this.flush(0, 0);
  }

  /** One flush call; no pages: the whole domain. */
  private flush(iovaPage: number, pages: number): void {
    const { context } = this.site;
    const { log, counters } = context;
    const order = pages > 0 ? coveringOrder(iovaPage, pages) : Infinity;
    log.acquire(this.cacheLock);
    log.acquire(this.queueLock);
    this.writeDescriptors(order);
    if (order <= context.traits.maxAddressMask) {
      this.hypervisor?.pageInvalidation(Math.floor(iovaPage / 2 ** order) * 2 ** order, order);
    } else {
      this.hypervisor?.domainInvalidation();
    }
    log.release(this.queueLock);
    log.add(Work.InvalidationWait, 1);
    counters.invalidationWaits += 1;
    log.release(this.cacheLock);
  }

  private writeDescriptors(order: number): void {
    const { context, pasids, atsDevices } = this.site;
    const { log, counters, traits } = context;
    const tags = 1 + pasids;
    if (order <= traits.maxAddressMask) {
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
  }
}
