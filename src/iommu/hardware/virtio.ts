import type { MachineContext } from '../context';
import { NO_RUN } from '../run-pool';
import type { VfioContainer } from '../vfio-container';
import { Work } from '../work';
import type { Hardware, HardwareSite } from './hardware';

/**
 * The request queue of a virtio-iommu device, which all domains of the guest share: one lock, and whoever kicks waits for
 * all that is queued.
 */
export class ViommuQueue {
  readonly lock: number;
  private waiting: (() => void)[] = [];

  constructor(private readonly context: MachineContext) {
    this.lock = context.locks.number('viommu-request');
  }

  /** Queues a request; `serve` is the device's work for it. Call with the lock held. */
  add(serve: () => void): void {
    this.waiting.push(serve);
  }

  /** Kicks the device and waits until it has served everything. Call with the lock held. */
  kickAndWait(): void {
    const { log, counters } = this.context;
    if (this.waiting.length === 0) return;
    log.add(Work.Exit, 1);
    counters.exits += 1;
    const waiting = this.waiting;
    this.waiting = [];
    for (const serve of waiting) serve();
  }
}

/**
 * virtio-iommu: a MAP request per contiguous run and an UNMAP request per unmap, whatever their length. Up to 6.7 each MAP
 * waits for the device; since 6.8 a map waits once, and lazy mode defers the wait for UNMAPs. The host serves a MAP with
 * one VFIO ioctl and an UNMAP mapping by mapping.
 *
 * Kernel: viommu_map_pages, viommu_unmap_pages, viommu_iotlb_sync, viommu_flush_iotlb_all (drivers/iommu/virtio-iommu.c).
 * @param unmapServed called when the host has served an unmap: no stale translation is left
 */
export class VirtioHardware implements Hardware {
  constructor(
    private readonly site: HardwareSite,
    private readonly queue: ViommuQueue,
    private readonly container: VfioContainer,
    private readonly unmapServed: (iovaPage: number, pages: number) => void,
  ) {}

  runMapped(run: number): void {
    const { context, runs } = this.site;
    const { log, traits } = context;
    const iovaPage = runs.iovaPage[run];
    const pages = runs.pages[run];
    log.acquire(this.queue.lock);
    this.queue.add(() => {
      log.add(Work.ViommuMapRequest, 1);
      this.container.map(iovaPage, pages, 1);
    });
    if (traits.mapWaitsEach) this.queue.kickAndWait();
    log.release(this.queue.lock);
  }

  mapFinished(): void {
    if (!this.site.context.traits.mapWaitsEach) this.sync();
  }

  unmapped(iovaPage: number, pages: number, head: number): void {
    const { context, runs } = this.site;
    const { log } = context;
    const starts: number[] = [];
    const lengths: number[] = [];
    for (let run = head; run !== NO_RUN; run = runs.next[run]!) {
      starts.push(runs.iovaPage[run]);
      lengths.push(runs.pages[run]);
    }
    log.acquire(this.queue.lock);
    this.queue.add(() => {
      log.add(Work.ViommuUnmapRequest, 1);
      log.add(Work.ViommuUnmapPage, starts.length);
      for (let i = 0; i < starts.length; i++) this.container.unmap(starts[i], lengths[i], 1);
      this.unmapServed(iovaPage, pages);
    });
    log.release(this.queue.lock);
  }

  flushRange(): void {
    this.flush();
  }

  flushAll(): void {
    this.flush();
  }

  private flush(): void {
    const { log, counters } = this.site.context;
    this.sync();
    log.add(Work.InvalidationWait, 1);
    counters.invalidationWaits += 1;
  }

  private sync(): void {
    const { log } = this.site.context;
    log.acquire(this.queue.lock);
    this.queue.kickAndWait();
    log.release(this.queue.lock);
  }
}
