import { directMappings } from './direct-mappings';
import type { Policy } from './policy';

/**
 * No protection: the device uses physical addresses.
 *
 * Kernel:  iommu=pt, iommu.passthrough=1: identity domain, dma_direct_map_phys (kernel/dma/direct.h).
 * Costs:   nothing per operation. In a virtual machine all of the guest's memory is mapped and pinned once.
 * Exposes: all of memory, for reading and writing, always.
 */
export const passthrough: Policy = {
  id: 'passthrough',
  title: 'Passthrough',
  description: 'Devices use physical addresses; nothing is mapped, unmapped or invalidated.',
  exposes: 'All of memory, for reading and writing, at any time.',
  source: 'iommu.passthrough=1; kernel/dma/direct.h: dma_direct_map_phys',
  parameters: {},
  create: machine => ({
    setUp() {
      machine.openAllMemory();
    },
    ...directMappings(machine),
  }),
};
