import { PAGE_BYTES } from '../iommu/exposure';
import type { Policy } from './policy';

/**
 * No protection: the device uses physical addresses.
 *
 * Kernel:  iommu=pt, iommu.passthrough=1: identity domain, dma_direct_map_phys (kernel/dma/direct.h).
 * Costs:   nothing per operation. In a virtual machine all of the guest's memory is pinned once.
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
    map(op) {
      const page = op.segmentCount > 0 ? Math.floor(op.segmentPhys(0) / PAGE_BYTES) : 0;
      machine.mappings.begin(op.mapping, page, op.pages);
    },
    unmap() {
      // A physical address needs no taking back.
    },
  }),
};
