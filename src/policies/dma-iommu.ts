/** What the DMA layer does under most policies, in the words of drivers/iommu/dma-iommu.c. */
import type { DomainMachine } from '../iommu/domain-machine';
import { NO_ADDRESS } from '../iommu/mapping-table';
import type { DmaOperation } from './policy';

/**
 * __iommu_dma_map and iommu_dma_map_sg: one IOVA range for the whole buffer or list, one iommu_map per contiguous run.
 * @returns false when the IOVA space is full
 */
export function mapDynamically(machine: DomainMachine, op: DmaOperation): boolean {
  const iova = machine.iova.allocate(op.pages);
  if (iova < 0) {
    machine.ioSpaceFull(op.mapping);
    return false;
  }
  machine.map(iova, op);
  machine.mappings.begin(op.mapping, iova, op.pages);
  return true;
}

/**
 * The walk that precedes the unmap of a single buffer (iova_to_phys in iommu_dma_unmap_phys): lists, coherent memory and
 * device memory do without.
 */
export function walkBeforeUnmap(machine: DomainMachine, op: DmaOperation): void {
  if (!op.scatterGather && !op.coherent && !op.mmio) machine.pageTable.walk();
}

/**
 * The first half of __iommu_dma_unmap: page-table entries are cleared, the IOTLB still has them.
 * @returns the IOVA to invalidate and free, or -1 when there is no such mapping
 */
export function unmapDynamically(machine: DomainMachine, op: DmaOperation): number {
  const { mappings } = machine;
  if (!mappings.end(op.mapping)) return NO_ADDRESS;
  const iova = mappings.address[op.mapping];
  walkBeforeUnmap(machine, op);
  machine.unmap(iova, mappings.pages[op.mapping]);
  return iova;
}

/** The second half in strict mode: invalidate, wait, and only then give the IOVA back. */
export function finishStrictly(machine: DomainMachine, mapping: number, iova: number): void {
  const pages = machine.mappings.pages[mapping];
  machine.invalidateRange(iova, pages);
  machine.iova.free(iova, pages);
}

/** The second half in lazy mode: the IOVA waits in the flush queue; the domain is invalidated later, as a whole. */
export function finishLazily(machine: DomainMachine, mapping: number, iova: number): void {
  machine.flushQueue.push(iova, machine.mappings.pages[mapping]);
}
