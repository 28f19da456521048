import type { DomainMachine } from '../iommu/domain-machine';
import { PAGE_BYTES } from '../iommu/exposure';
import type { DmaOperation, PolicyInstance } from './policy';

/** First physical page of the buffer: what the device is given where addresses are not translated. */
export function physicalPage(op: DmaOperation): number {
  return op.segmentCount > 0 ? Math.floor(op.segmentPhys(0) / PAGE_BYTES) : 0;
}

/**
 * Physical addresses and nothing else to do, per mapping. Who uses it says at set-up what the device can then reach.
 *
 * Kernel: dma_direct_map_phys (kernel/dma/direct.h).
 */
export function directMappings(machine: DomainMachine): Pick<PolicyInstance, 'map' | 'unmap'> {
  return {
    map(op) {
      machine.mappings.begin(op.mapping, physicalPage(op), op.pages);
    },
    unmap(op) {
      machine.mappings.end(op.mapping);
    },
  };
}
