/** What the simulated machine has to know of the platform: facts that decide what work is done, not what it costs. */
export interface MachineTraits {
  kind: 'vtd' | 'amd' | 'smmuv3' | 'virtio-iommu' | 'emulated-vtd' | 'nested-vtd';
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
  /** Whether lazy can be had (IOMMU_CAP_DEFERRED_FLUSH; not under caching mode). */
  deferredFlush: boolean;
  iotlbEntries: number;
  pagingStructureCacheEntries: number;
  /** Guest RAM for platforms with assigned devices, bytes: pinned when translation is off. */
  guestRamBytes?: number;
  /** RLIMIT_MEMLOCK of the VMM, bytes; absent: unlimited. */
  lockedMemoryLimit?: number;
  /** type1 dma_entry_limit, mappings per container. */
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
