import { directMappings } from './direct-mappings';
import type { Policy } from './policy';
import { mustBeTrusted } from './trust';

/**
 * In-kernel DMA with a PASID on the CPU's page tables: the device uses kernel virtual addresses.
 *
 * Kernel:  the "fast" KVA mode of the RFC: init_mm is bound to the PASID. Nothing invalidates the IOTLB when kernel mappings
 *          change (vmap, vfree, set_memory_*): an open question of the thread.
 * Costs:   nothing per operation.
 * Exposes: all kernel memory, and stale translations of whatever the kernel has unmapped since.
 */
export const pasidKvaFast: Policy = {
  id: 'pasid-kva-fast',
  title: 'PASID with kernel addresses, fast',
  description: 'The device shares the CPU’s page tables: no work per operation, for trusted devices only.',
  exposes: 'All kernel memory at any time, and stale translations of kernel mappings that have changed.',
  source: 'iommu list, 2021-09-21: Support in-kernel DMA with PASID and SVA (RFC)',
  parameters: {},
  refuses: mustBeTrusted,
  create: machine => ({
    setUp() {
      machine.openAllMemory();
      machine.tell(
        'warning',
        'Nothing invalidates the IOTLB when kernel mappings change under pasid-kva-fast',
        'A device may use stale translations for an unlimited time: the thread left this open.',
      );
    },
    ...directMappings(machine),
  }),
};
