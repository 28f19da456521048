/**
 * Events as columns: one row per recorded event of a known family, in file order.
 *
 * Addresses are bytes in Float64: exact below 2^53; above (57-bit IOVAs) to a multiple of 16 bytes, which keeps page
 * numbers exact. A failed mapping's all-ones address becomes `FAILED_ADDRESS`.
 */

/** Event kinds that the simulation or the reader makes use of. Everything else is counted by name and ignored. */
export enum EventKind {
  IommuMap,
  IommuUnmap,
  IommuFault,
  IommuGroupAdd,
  IommuGroupRemove,
  IommuAttach,
  IommuDetach,
  DmaMap,
  DmaUnmap,
  DmaMapSg,
  DmaUnmapSg,
  DmaAlloc,
  DmaFree,
  DmaSyncForCpu,
  DmaSyncForDevice,
  SwiotlbBounced,
  QiSubmit,
  CacheTagFlush,
  /** Vendor map and unmap events of VT-d, kernels 5.4 to 5.10 (device known, direction not). */
  VendorMap,
  VendorUnmap,
  QemuVtdInvalidate,
  QemuVtdPageWalk,
  QemuVtdSwitch,
  QemuVtdOther,
  QemuVfioMap,
  QemuVfioUnmap,
  QemuVfioRegionAdd,
  QemuVfioRegionDel,
  QemuVfioOther,
  QemuViommuMap,
  QemuViommuUnmap,
  QemuViommuAttach,
  QemuViommuDetach,
  QemuViommuOther,
  /** A row of the guest's table that a walk found unchanged: neither mapped nor unmapped. */
  QemuVtdWalkSkip,
}

/** The kernel's enum dma_data_direction (include/linux/dma-direction.h), and one value for "the trace does not say". */
export enum Direction {
  Bidirectional,
  ToDevice,
  FromDevice,
  None,
  Unknown,
}

export const DIRECTION_NAMES = ['BIDIRECTIONAL', 'TO_DEVICE', 'FROM_DEVICE', 'NONE', 'UNKNOWN'] as const;

/** dma_addr of a mapping that failed (DMA_MAPPING_ERROR, all ones). */
export const FAILED_ADDRESS = 2 ** 64;

/** What kind of invalidation descriptor a qi_submit line shows (VT-d specification, bits 3:0 and 5:4 of qw0). */
export enum Invalidation {
  None,
  Page,
  Domain,
  Global,
  Device,
  Other,
}

/** DMA attributes kept per event; others are ignored. Bits of `EventTable.flags`. */
export const EventFlag = {
  SkipCpuSync: 1,
  Mmio: 2,
  Truncated: 4,
  Failed: 8,
  /** QEMU: the guest enabled (1) or disabled (0) translation; a region is an IOMMU region (1) or RAM (0). */
  On: 16,
} as const;

/**
 * Columns of equal length `count`; arrays may be longer than `count`.
 * Scatter-gather lists and other arrays live in `lists`: row i owns entries listStart[i] .. listStart[i] + listCount[i].
 */
export interface EventTable {
  count: number;
  kind: Uint8Array;
  /** Line number, 1-based. */
  line: Uint32Array;
  /** Byte offset of the line's start in the decompressed input. */
  offset: Float64Array;
  /** ns since the first event of the trace; the previous event's time where the format prints none. */
  time: Float64Array;
  /** CPU, -1 where the trace does not say (QEMU). */
  cpu: Int16Array;
  pid: Int32Array;
  /** Index into `strings`: command name; -1 unknown. */
  comm: Int32Array;
  /** Index into `strings`: device name as printed (0000:00:04.0), IOMMU name for qi_submit; -1 unknown. */
  device: Int32Array;
  direction: Uint8Array;
  /** IOVA, dma_addr, swiotlb dev_addr, invalidation address, guest address. Bytes. */
  address: Float64Array;
  /** Physical address, 0 where none. Bytes. */
  phys: Float64Array;
  /** Bytes; for invalidations bytes covered; Infinity for whole-domain. */
  size: Float64Array;
  flags: Uint8Array;
  /**
   * Invalidation (QiSubmit, CacheTagFlush, QemuVtdInvalidate), group number (IommuGroup*, vfio_attach_device), fault flags
   * (IommuFault), 1 where bouncing was forced (SwiotlbBounced), element of its list (VendorMap), permission
   * (QemuVtdPageWalk), endpoint (QemuViommuAttach, QemuViommuDetach).
   */
  detail: Int32Array;
  /**
   * VT-d domain id (QiSubmit, CacheTagFlush, QEMU's VT-d), virtio-iommu domain; -1 unknown. A QiSubmit that invalidates a
   * device TLB has the requester ID here (bus, device and function): its descriptor names no domain.
   */
  domainId: Int32Array;
  /** Number of scatterlist entries the driver passed (sg events), else 0; may exceed listCount when truncated. */
  nents: Uint16Array;
  listStart: Uint32Array;
  listCount: Uint16Array;
  lists: ListColumns;
  /** Index into `strings`: innermost frames of the call chain, joined by ';'; -1 none. */
  callChain: Int32Array;
  strings: string[];
}

/** Entries of scatter-gather lists, all rows one after the other. A missing part (sizes of an unmap) is 0. */
export interface ListColumns {
  count: number;
  address: Float64Array;
  phys: Float64Array;
  size: Float64Array;
}
