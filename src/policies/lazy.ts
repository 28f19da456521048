import { NO_ADDRESS } from '../iommu/mapping-table';
import { finishLazily, finishStrictly, mapDynamically, unmapDynamically } from './dma-iommu';
import type { Policy } from './policy';

/**
 * Deferred invalidation: unmapped IOVAs wait in a queue per CPU; a full queue or a 10 ms timer invalidates the whole domain.
 *
 * Kernel:  queue_iova, fq_flush_timeout (drivers/iommu/dma-iommu.c). Domains that cannot defer (no IOMMU_CAP_DEFERRED_FLUSH,
 *          caching mode, an untrusted device) are strict, as iommu_dma_init_fq and iommu_get_def_domain_type decide.
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
  create(machine) {
    const untrusted = machine.devices.some(device => device.untrusted);
    const deferred = machine.deferredFlush && !untrusted;
    if (!deferred) {
      machine.tell(
        'warning',
        `Domain ${machine.name} is strict under lazy: ${untrusted ? 'it has an untrusted device' : 'this platform cannot defer invalidations'}`,
        'The kernel falls back to strict there.',
      );
    }
    const finish = deferred ? finishLazily : finishStrictly;
    return {
      map(op) {
        mapDynamically(machine, op);
      },
      unmap(op) {
        const iova = unmapDynamically(machine, op);
        if (iova !== NO_ADDRESS) finish(machine, op.mapping, iova);
      },
    };
  },
};
