import { BOUNCE_PAGES } from '../iommu/address-map';
import { accessOf } from '../iommu/buffer';
import { Access } from '../iommu/exposure';
import type { DirtyTracking, DomainMachine } from '../iommu/machine';
import type { DmaOperation } from '../policies/policy';

const PAGE = 4096;

/** The device writes to a buffer for which nothing was mapped, because all of memory is open to it. */
export function noteOpenWrites(domain: DomainMachine, dirty: DirtyTracking, op: DmaOperation): void {
  if (!domain.isOpenFor(Access.Write) || !(accessOf(op) & Access.Write)) return;
  const address = domain.mappings.address[op.mapping];
  if (address >= BOUNCE_PAGES) {
    dirty.wroteOpen(address, op.pages);
    return;
  }
  for (let i = 0; i < op.segmentCount; i++) {
    const first = Math.floor(op.segmentPhys(i) / PAGE);
    dirty.wroteOpen(first, Math.ceil((op.segmentPhys(i) + op.segmentSize(i)) / PAGE) - first);
  }
}
