import type { MachineContext } from '../context';
import type { PageTable } from '../page-table';
import type { RunPool } from '../run-pool';

/** What a domain tells its IOMMU hardware, and what the hardware's driver does about it. One implementation per kind. */
export interface Hardware {
  /** A run of a map was written to the page table (iommu_map). */
  runMapped(run: number): void;
  /** All runs of a driver's map are written (iotlb_sync_map). */
  mapFinished(iovaPage: number, pages: number): void;
  /** A mapping with these runs was taken out of the page table (iommu_unmap). */
  unmapped(iovaPage: number, pages: number, head: number): void;
  /**
   * Invalidate a range and wait until it is done (iotlb_sync).
   * @param leafPages size of the leaves that were cleared
   */
  flushRange(iovaPage: number, pages: number, leafPages: number): void;
  /** Invalidate the whole domain and wait until it is done (flush_iotlb_all). */
  flushAll(): void;
}

/** What the driver of a domain's hardware works with. */
export interface HardwareSite {
  readonly context: MachineContext;
  /** Domain number. */
  readonly domain: number;
  readonly devices: number;
  /** Devices that keep translations of their own. */
  readonly atsDevices: number;
  /** PASIDs that are bound to the domain's table and need invalidations of their own. */
  pasids: number;
  readonly runs: RunPool;
  readonly pageTable: PageTable;
}

/**
 * Order of the smallest naturally aligned power-of-two block of pages that holds the range: what one page-selective
 * invalidation of it covers.
 *
 * Kernel: calculate_psi_aligned_address (drivers/iommu/intel/cache.c), build_inv_address (drivers/iommu/amd/iommu.c).
 */
export function coveringOrder(iovaPage: number, pages: number): number {
  let order = 0;
  let block = 1;
  const last = iovaPage + pages - 1;
  while (Math.floor(iovaPage / block) !== Math.floor(last / block)) {
    order += 1;
    block *= 2;
  }
  return order;
}
