/** A platform: what kind of IOMMU there is and what each kind of work costs there. One JSON file each. */

/** How a number came to be: measured and published, worked out from published ones, measured on the user's machine, or taken from a similar platform. */
export type Provenance = 'published' | 'derived' | 'calibrated' | 'assumed';

/** One price: ns per unit of work (per call, per entry, per byte), with the low and the high end of what sources give. */
export interface Cost {
  ns: number;
  low: number;
  high: number;
  source: string;
  provenance: Provenance;
}

export type IommuKind = 'vtd' | 'amd' | 'smmuv3' | 'virtio-iommu' | 'emulated-vtd' | 'nested-vtd';

/** Facts of the simulated machine: numbers that decide what work is done, not what it costs. */
export interface MachineTraits {
  kind: IommuKind;
  /** Largest power of two of pages that one page-selective invalidation may cover (VT-d CAP.MAMV). */
  maxAddressMask: number;
  /** Leaf sizes of the page table, bytes, ascending. */
  pageSizes: number[];
  /** Magazine entries per IOVA cache: 128 up to 6.1, 127 since 6.2. */
  iovaMagazineSize: number;
  /** Full magazines kept in the depot: 32 up to 6.6; unbounded (-1) since 6.7. */
  iovaDepotLimit: number;
  /** Timer interrupt frequency of the kernel: flush-queue timers end on its ticks. */
  hz: number;
  /** virtio-iommu: MAP requests wait one by one (kernels up to 6.7). */
  mapWaitsEach?: boolean;
  /** SMMUv3 range invalidation. */
  rangeInvalidation?: boolean;
  /** Whether lazy can be had (IOMMU_CAP_DEFERRED_FLUSH; not under caching mode at boot). */
  deferredFlush: boolean;
  /** Copies: last-level cache and the two rates, if the platform tells them apart. */
  llcBytes?: number;
  iotlbEntries: number;
  pagingStructureCacheEntries: number;
  /** Guest RAM for platforms with assigned devices, bytes: pinned when translation is off. */
  guestRamBytes?: number;
  /** RLIMIT_MEMLOCK of the VMM, bytes; absent: unlimited. */
  lockedMemoryLimit?: number;
  /** type1 dma_entry_limit. */
  dmaEntryLimit?: number;
  /** One VFIO container per assigned device, as QEMU has it (the default), or one per guest IOMMU domain. */
  containerPerDevice?: boolean;
  /** Leaves whose dirty bits tell what was written to memory that is mapped as a whole, bytes; default 2 MiB. */
  dirtyLeafBytes?: number;
  /** Between two reads of all dirty bits where the mode reads at intervals, ns; default 100 ms. */
  dirtyIntervalNs?: number;
  /**
   * When a device touches each page of a mapping, once and in ascending order: all at first (the default), half at first
   * and half at last, or all at last.
   */
  deviceAccess?: 'first' | 'spread' | 'last';
}

/**
 * A lock whose holders slow each other down. With n contenders one passage keeps the others out for s0 + s1·n ns, so that
 * each of n busy CPUs gets through once in n·(s0 + s1·n). Work under the lock that takes longer goes on beside the next
 * holder's: waits for a command's completion overlap.
 */
export interface Contention {
  /** Name of the lock, or of its family: `iova-tree` for all `iova-tree:<domain>`. */
  lock: string;
  s0: number;
  s1: number;
  source: string;
}

/** What the device gets: T = bytes / (l0 + M·lm) per 4 KiB with M memory reads; a ceiling; how many requests in flight. */
export interface DeviceModel {
  l0Ns: number;
  lmNs: number;
  /** Device ceiling, bytes per second; absent: none known. */
  ceilingBytesPerSecond?: number;
  /** Requests in flight. */
  queueDepth?: number;
  /** Time of a request in the device beside its transfer, ns; with it the queue depth bounds the throughput. */
  latencyNs?: number;
  source: string;
}

/** CPU time of one I/O outside the DMA API, for workloads that are made up rather than recorded. */
export interface IoBase {
  fixed: Cost;
  /** Per 4 KiB page. */
  perPage: Cost;
}

export interface PlatformProfile {
  id: string;
  title: string;
  description: string;
  machine: MachineTraits;
  /** By name of `Work` (see src/iommu/work.ts). Work without a price costs nothing here and is listed as such. */
  costs: Record<string, Cost>;
  /** Price of `CopyByte` and `ZeroByte` for the share of the copies that falls outside the last-level cache. */
  copyBeyondCache?: Cost;
  ioBase?: IoBase;
  contention?: Contention[];
  device?: DeviceModel;
}
