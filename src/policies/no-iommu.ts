import { Access } from '../iommu/exposure';
import { directMappings } from './direct-mappings';
import type { Policy } from './policy';

/**
 * A bound: DMA at no cost at all.
 *
 * Kernel:  no IOMMU driver; dma_direct_map_phys.
 * Costs:   nothing, not even pinning in a virtual machine.
 * Exposes: all of memory, for reading and writing, always.
 */
export const noIommu: Policy = {
  id: 'no-iommu',
  title: 'No IOMMU (bound)',
  description: 'What DMA costs when there is nothing to do: no policy can be cheaper.',
  exposes: 'All of memory, for reading and writing, at any time.',
  source: 'A bound, not a kernel setting to recommend',
  bound: true,
  parameters: {},
  create: machine => ({
    setUp() {
      machine.exposure.open(machine.context.ramPages, Access.Both);
    },
    ...directMappings(machine),
  }),
};
