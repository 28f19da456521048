import { directMappings } from './direct-mappings';
import { mustBeTrusted } from './trust';
import type { Policy } from './policy';

/**
 * In-kernel DMA with a PASID in bypass mode: the device uses physical addresses.
 *
 * Kernel:  iommu_dma_pasid_enable(…, IOMMU_DMA_PASID_BYPASS) of the RFC "Support in-kernel DMA with PASID and SVA", not merged.
 * Costs:   nothing per operation.
 * Exposes: all of memory, for reading and writing, always.
 */
export const pasidBypass: Policy = {
  id: 'pasid-bypass',
  title: 'PASID bypass',
  description: 'DMA with a PASID that bypasses translation: physical addresses, no work per operation.',
  exposes: 'All of memory, for reading and writing, at any time.',
  source: 'iommu list, 2021-09-21: Support in-kernel DMA with PASID and SVA (RFC)',
  parameters: {},
  refuses: mustBeTrusted,
  create: machine => ({
    setUp() {
      machine.openAllMemory();
    },
    ...directMappings(machine),
  }),
};
