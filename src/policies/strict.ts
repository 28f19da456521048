import { dynamicMappings } from './dynamic-mappings';
import type { Policy } from './policy';

/**
 * Strict protection: each unmap invalidates its range and waits before the IOVA may be reused.
 *
 * Kernel:  iommu_dma_map_phys, __iommu_dma_unmap (drivers/iommu/dma-iommu.c): one invalidation per unmap call, whatever its size.
 * Costs:   IOVA, page table, invalidation and its wait.
 * Exposes: the mapped pages, until the wait returns.
 */
export const strict: Policy = {
  id: 'strict',
  title: 'Strict',
  description: 'Each unmap invalidates its range in the IOTLB and waits for it before the IOVA can be used again.',
  exposes: 'The pages of live mappings, whole; nothing after the unmap has returned.',
  source: 'iommu.strict=1; drivers/iommu/dma-iommu.c: iommu_dma_map_phys, iommu_dma_map_sg, __iommu_dma_unmap',
  parameters: {},
  create: machine => dynamicMappings(machine, false),
};
