import { PAGE_BYTES } from '../iommu/exposure';
import type { DmaOperation } from './policy';

/** Whether the buffer's first or last page holds other data too. */
export function sharesAPage(op: DmaOperation): boolean {
  for (let i = 0; i < op.segmentCount; i++) {
    if (op.segmentPhys(i) % PAGE_BYTES !== 0 || op.segmentSize(i) % PAGE_BYTES !== 0) return true;
  }
  return false;
}

/** The buffer's size in whole pages, bytes. */
export function paddedSize(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}
