import { dynamicMappings, mayDefer } from './dynamic-mappings';
import type { Policy } from './policy';

/**
 * Deferred invalidation: unmapped IOVAs wait in a queue per CPU; a full queue or a 10 ms timer invalidates the whole domain.
 *
 * Kernel:  queue_iova, fq_flush_timeout (drivers/iommu/dma-iommu.c). Domains that cannot defer are strict.
 * Costs:   IOVA, page table, a queue entry; an invalidation per 255 unmaps of a CPU or per timer period.
 * Exposes: the mapped pages, and unmapped ones for up to 10 ms and the timer's ticks.
 */
export const lazy: Policy = {
  id: 'lazy',
  title: 'Lazy',
  description: 'Unmapped IOVAs wait in a flush queue; the whole domain is invalidated when it is full or after 10 ms.',
  exposes: 'The pages of live mappings, whole, and those unmapped up to about 16 ms ago.',
  source: 'iommu.strict=0; drivers/iommu/dma-iommu.c: queue_iova, fq_flush_timeout (before 5.17: iova.c)',
  parameters: {},
  create: machine => dynamicMappings(machine, mayDefer(machine)),
};
