import { dynamicMappings, mayDefer } from './dynamic-mappings';
import type { Policy } from './policy';

/**
 * Deferred invalidation: unmapped IOVAs wait in a queue per CPU; a full queue or a timer invalidates the whole domain.
 *
 * Kernel:  queue_iova, fq_flush_timeout (drivers/iommu/dma-iommu.c). Domains that cannot defer are strict.
 * Costs:   IOVA, page table, a queue entry; an invalidation per 255 unmaps of a CPU or per timer period.
 * Exposes: the mapped pages, and unmapped ones for up to the timeout and the timer's ticks.
 */
export const lazy: Policy = {
  id: 'lazy',
  title: 'Lazy',
  description: 'Unmapped IOVAs wait in a flush queue; the whole domain is invalidated when it is full or after 10 ms.',
  exposes:
    'The pages of live mappings, whole, and those unmapped up to about 20 ms ago (10 ms and the ticks of the timer).',
  source: 'iommu.strict=0; drivers/iommu/dma-iommu.c: queue_iova, fq_flush_timeout (before 5.17: iova.c)',
  parameters: {
    slots: {
      type: 'integer',
      default: 256,
      minimum: 2,
      maximum: 65536,
      unit: 'entries',
      description:
        'Slots of a flush queue, one of which stays unused (IOVA_DEFAULT_FQ_SIZE; a single queue has 32768).',
    },
    timeoutMs: {
      type: 'number',
      default: 10,
      minimum: 1,
      maximum: 10_000,
      unit: 'ms',
      description:
        'After the first unmap, rounded up to the kernel’s tick (IOVA_DEFAULT_FQ_TIMEOUT; a single queue waits 1000).',
    },
    queue: {
      type: 'enum',
      default: 'per-cpu',
      values: ['per-cpu', 'single'],
      description: 'A queue for each CPU, or one for the domain, as drivers may ask for since Linux 6.7.',
    },
  },
  create(machine, { slots, timeoutMs, queue }) {
    machine.flushQueue.configure({
      slots: Number(slots),
      timeoutNs: Number(timeoutMs) * 1e6,
      single: queue === 'single',
    });
    return dynamicMappings(machine, mayDefer(machine));
  },
};
