import { EventFlag, EventKind, FAILED_ADDRESS, type EventTable, type Invalidation } from '../events';

export const PAGE_BYTES = 4096;

/** Columns hold enum values as numbers; these name them. */
export function kindOf(events: EventTable, row: number): EventKind {
  const kinds: Record<number, EventKind> = events.kind;
  return kinds[row];
}

export function invalidationOf(events: EventTable, row: number): Invalidation {
  const kinds: Record<number, Invalidation> = events.detail;
  return kinds[row];
}

/** Whether a mapping failed: the kernel prints DMA_MAPPING_ERROR, all ones, as its address. */
export function hasFailed(events: EventTable, row: number): boolean {
  return (events.flags[row] & EventFlag.Failed) !== 0 || events.address[row] >= FAILED_ADDRESS;
}

/** Pages of 4 KiB that `size` bytes at `address` touch. */
export function pagesTouched(address: number, size: number): number {
  return Math.ceil(((address % PAGE_BYTES) + size) / PAGE_BYTES);
}

/**
 * Whether one call prints such an event for each physically contiguous piece: iommu_map_sg, and the virtio-iommu driver,
 * which sends a MAP request for each.
 */
export function mapsPiece(kind: EventKind): boolean {
  return kind === EventKind.IommuMap || kind === EventKind.VendorMap || kind === EventKind.QemuViommuMap;
}
