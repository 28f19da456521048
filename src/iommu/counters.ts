/** What the machine counts. The shape is that of a replay's counters. */
export interface MachineCounters {
  /** iommu_map calls: one per physically contiguous run of a driver's map. */
  maps: number;
  /** iommu_unmap calls: one per driver's unmap. */
  unmaps: number;
  pteWrites: number;
  pteClears: number;
  iovaAllocs: number;
  iovaCacheHits: number;
  iovaTreeAllocs: number;
  invalidations: { page: number; domain: number; global: number; device: number };
  /** Pages that the page-selective invalidations covered (power-of-two rounding included). */
  invalidatedPages: number;
  invalidationWaits: number;
  drains: { full: number; timer: number };
  copies: number;
  copiedBytes: number;
  copiedToDeviceBytes: number;
  copiedFromDeviceBytes: number;
  bounced: number;
  exits: number;
  ioctls: number;
  /** Device accesses that no translation allowed. */
  faults: number;
  failedMaps: number;
}

export function createCounters(): MachineCounters {
  return {
    maps: 0,
    unmaps: 0,
    pteWrites: 0,
    pteClears: 0,
    iovaAllocs: 0,
    iovaCacheHits: 0,
    iovaTreeAllocs: 0,
    invalidations: { page: 0, domain: 0, global: 0, device: 0 },
    invalidatedPages: 0,
    invalidationWaits: 0,
    drains: { full: 0, timer: 0 },
    copies: 0,
    copiedBytes: 0,
    copiedToDeviceBytes: 0,
    copiedFromDeviceBytes: 0,
    bounced: 0,
    exits: 0,
    ioctls: 0,
    faults: 0,
    failedMaps: 0,
  };
}
