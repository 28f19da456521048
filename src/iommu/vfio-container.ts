import type { MachineContext } from './context';
import { PAGE_BYTES } from './exposure';
import { Gauge } from './gauges';
import { Work } from './work';

/** How many VFIO_IOMMU_MAP_DMA calls it takes to map a guest's RAM: below and above the hole under 4 GiB. */
const RAM_RANGES = 2;
/** A domain's view is removed by two calls: below and above the window of message-signalled interrupts. */
const DOMAIN_RANGES = 2;
/** Where the refusal of RAM is noted: no page of a domain. */
const RAM = -1;

/**
 * The VFIO type1 containers behind a domain of a guest: each MAP ioctl pins its pages and charges them to the VMM, one call
 * at a time per container. QEMU gives each device behind a vIOMMU an address space, hence a container, of its own.
 *
 * Kernel: vfio_dma_do_map, vfio_dma_do_unmap, vfio_lock_acct (drivers/vfio/vfio_iommu_type1.c). A page mapped twice, or by
 * two containers, is charged twice.
 */
export class VfioContainer {
  entries = 0;
  lockedPages = 0;
  /** All of the guest's memory is mapped. */
  showsRam = false;
  private readonly lock: number;
  /** What the domain maps while the device does not see it. */
  private hidden: { pages: number; entries: number } | undefined;
  /** Ranges that were refused, by their first page: there is nothing to undo for them. */
  private readonly refused = new Set<number>();

  /**
   * @param name of the domain, for messages
   * @param copies containers that map the same: one per device of the domain, or one
   */
  constructor(
    private readonly context: MachineContext,
    domain: number,
    private readonly name: string,
    public copies: number,
  ) {
    this.lock = context.locks.number(`type1-container:${domain}`);
  }

  /**
   * Maps a range by `calls` ioctls of equal size.
   * @returns false when a limit stopped it: the device will fault there
   */
  map(iovaPage: number, pages: number, calls: number): boolean {
    if (this.hidden) {
      this.hidden.pages += pages;
      this.hidden.entries += calls;
      return true;
    }
    return this.mapShown(iovaPage, pages, calls);
  }

  private mapShown(iovaPage: number, pages: number, calls: number): boolean {
    return this.count(Work.IoctlMap, calls, () => {
      const fits = !this.limitHit(pages, calls);
      if (fits) {
        this.pin(pages, calls);
      } else {
        this.refused.add(iovaPage);
        this.context.counters.failedMaps += 1;
      }
      return fits;
    });
  }

  /** Unmaps what `map` mapped with the same arguments. */
  unmap(iovaPage: number, pages: number, calls: number): void {
    if (!this.hidden) {
      this.unmapShown(iovaPage, pages, calls);
    } else if (!this.refused.delete(iovaPage)) {
      this.hidden.pages -= pages;
      this.hidden.entries -= calls;
    }
  }

  private unmapShown(iovaPage: number, pages: number, calls: number): void {
    this.count(Work.IoctlUnmap, calls, () => {
      if (!this.refused.delete(iovaPage)) this.pin(-pages, -calls);
    });
  }

  /** Translation off: all of the guest's memory is mapped and pinned. */
  mapRam(ramPages: number): boolean {
    this.showsRam = true;
    return this.mapShown(RAM, ramPages, RAM_RANGES);
  }

  unmapRam(ramPages: number): void {
    this.showsRam = false;
    this.unmapShown(RAM, ramPages, RAM_RANGES);
  }

  /** Everything that the domain maps is taken away from the device, by whole ranges; its tables stay. */
  hideDomain(): void {
    const { entries, copies } = this;
    const pages = this.lockedPages / copies;
    this.hidden = { pages, entries };
    this.count(Work.IoctlUnmap, DOMAIN_RANGES, () => {
      this.pin(-pages, -entries);
    });
  }

  /** The domain's mappings are made again, leaf by leaf. They have been within the limits before. */
  showDomain(): void {
    const { pages, entries } = this.hidden ?? { pages: 0, entries: 0 };
    this.hidden = undefined;
    this.count(Work.IoctlMap, entries, () => {
      this.pin(pages, entries);
    });
  }

  /**
   * The containers of another domain's devices, which have just lost their own domain's view, show this domain's mappings
   * from now on, leaf by leaf.
   * @returns false when a limit stopped it: those devices will fault
   */
  join(other: VfioContainer): boolean {
    const joining = other.copies;
    const { pages, entries } = this.hidden ?? { pages: this.lockedPages / this.copies, entries: this.entries };
    const present = this.hidden ? 0 : this.copies;
    other.copies = 0;
    this.hidden = undefined;
    this.copies = joining;
    const joined = this.count(Work.IoctlMap, entries, () => {
      const fits = !this.limitHit(pages, 0);
      if (fits) this.pin(pages, 0);
      return fits;
    });
    this.entries = entries;
    this.copies = joined ? present + joining : present;
    return joined;
  }

  private count<Outcome>(ioctl: Work, calls: number, act: () => Outcome): Outcome {
    const { log, counters } = this.context;
    log.acquire(this.lock);
    log.add(ioctl, calls * this.copies);
    counters.ioctls += calls * this.copies;
    const outcome = act();
    log.release(this.lock);
    return outcome;
  }

  private pin(pages: number, entries: number): void {
    const { log, gauges } = this.context;
    if (pages > 0) log.add(Work.PagePin, pages * this.copies);
    else log.add(Work.PageUnpin, -pages * this.copies);
    this.entries += entries;
    this.lockedPages += pages * this.copies;
    gauges.add(Gauge.LockedBytes, pages * this.copies * PAGE_BYTES);
  }

  /** The limit that forbids the map; tells the user. */
  private limitHit(pages: number, calls: number): boolean {
    const { traits, gauges, failures } = this.context;
    const locked = gauges.current[Gauge.LockedBytes] + pages * this.copies * PAGE_BYTES;
    if (traits.lockedMemoryLimit !== undefined && locked > traits.lockedMemoryLimit) {
      failures.tell(
        'error',
        `VFIO maps for domain ${this.name} failed with ENOMEM: locked memory would exceed RLIMIT_MEMLOCK of ${traits.lockedMemoryLimit} bytes`,
        'Set the limit above the locked-memory peak of a run without one.',
      );
      return true;
    }
    if (traits.dmaEntryLimit !== undefined && this.entries + calls > traits.dmaEntryLimit) {
      failures.tell(
        'error',
        `VFIO maps for domain ${this.name} failed with ENOSPC: a container holds ${traits.dmaEntryLimit} mappings at most`,
        'Raise vfio_iommu_type1.dma_entry_limit, or use larger pages.',
      );
      return true;
    }
    return false;
  }
}
