import { dynamicMappings, mayDefer } from './dynamic-mappings';
import type { Policy } from './policy';

/**
 * In-kernel DMA with a PASID in IOVA mode: the PASID points to the page tables of the requester ID.
 *
 * Kernel:  iommu_dma_pasid_enable(…, IOMMU_DMA_PASID_IOVA) of the RFC; the DMA API does the mapping.
 * Costs:   exactly the DMA API's, and one more descriptor per invalidation for the PASID's tag: it saves nothing.
 * Exposes: what strict or lazy expose.
 */
export const pasidIova: Policy = {
  id: 'pasid-iova',
  title: 'PASID with IOVA',
  description:
    'DMA with a PASID on the requester ID’s own tables: the DMA API’s work, and one invalidation more per flush.',
  exposes: 'The pages of live mappings, whole; under lazy also those unmapped a short while ago.',
  source: 'iommu list, 2021-09-21: Support in-kernel DMA with PASID and SVA (RFC)',
  parameters: {
    dynamic: {
      type: 'enum',
      default: 'strict',
      values: ['strict', 'lazy'],
      description: 'How the DMA API unmaps.',
    },
  },
  create(machine, parameters) {
    machine.pasids.bindToDomain();
    return dynamicMappings(machine, parameters.dynamic === 'lazy' && mayDefer(machine));
  },
};
