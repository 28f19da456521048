import { dynamicMappings } from './dynamic-mappings';
import type { DmaOperation, Policy } from './policy';

/**
 * In-kernel DMA with a PASID on a table that holds only the buffers, at their kernel virtual addresses.
 *
 * Kernel:  iommu_map_kva, iommu_unmap_kva of the RFC: a domain of its own replicates KVA to PA for each buffer.
 * Costs:   strict's, without allocating an address: page table, invalidation and its wait.
 * Exposes: the pages of live buffers. Buffers in the same page share an entry, which stays until the last one ends.
 */
export const pasidKvaStrict: Policy = {
  id: 'pasid-kva-strict',
  title: 'PASID with kernel addresses, strict',
  description:
    'Each buffer is mapped at its kernel virtual address: invalidations as under strict, but no IOVA allocation.',
  exposes: 'The pages of live buffers, whole; a page stays while any buffer in it is mapped.',
  source: 'iommu list, 2021-09-21: Support in-kernel DMA with PASID and SVA (RFC)',
  parameters: {},
  create(machine) {
    machine.expectReuse();
    const rest = dynamicMappings(machine, false);
    const invalidate = (first: number, pages: number): void => {
      machine.invalidateRange(first, pages);
    };
    return {
      map(op) {
        if (!hasKernelAddress(op)) {
          rest.map(op);
          return;
        }
        machine.shared.map(op);
        machine.mappings.begin(op.mapping, machine.shared.addressOf(op), op.pages);
      },
      unmap(op) {
        if (!hasKernelAddress(op)) {
          rest.unmap(op);
          return;
        }
        if (!machine.mappings.end(op.mapping)) return;
        machine.shared.unmap(op, invalidate);
      },
    };
  },
};

/** Device memory and coherent allocations are the DMA API's as before. */
function hasKernelAddress(op: DmaOperation): boolean {
  return op.segmentCount > 0 && !op.mmio && !op.coherent;
}
