import { dmaEvents } from './dma';
import { intelIommuEvents } from './intel-iommu';
import { iommuEvents } from './iommu';
import type { EventDefinition } from './payload';
import { qemuVfioEvents } from './qemu-vfio';
import { qemuVtdEvents } from './qemu-vtd';
import { swiotlbEvents } from './swiotlb';
import { virtioIommuEvents } from './virtio-iommu';

/** All events that are understood. To add a family: one file, one line here, one test. */
export const EVENT_DEFINITIONS: readonly EventDefinition[] = [
  ...iommuEvents,
  ...dmaEvents,
  ...swiotlbEvents,
  ...intelIommuEvents,
  ...qemuVtdEvents,
  ...qemuVfioEvents,
  ...virtioIommuEvents,
];

/** Bare names of all events that are understood. */
export const KNOWN_NAMES: ReadonlySet<string> = new Set(EVENT_DEFINITIONS.map(definition => definition.name));

/** Systems of kernel events that are counted as known even where no parser exists: events of newer kernels. */
export const KERNEL_FAMILIES = /^(?:iommu|dma|swiotlb|intel_iommu):/;

/** Prefixes of QEMU events that belong to an IOMMU or to VFIO: counted as known even where no parser exists. */
export const QEMU_FAMILIES = /^(?:vtd_|vfio_|virtio_iommu_|amdvi_|iommufd_|smmu)/;

/** `system:event` as perf prints it; the bare name for QEMU. */
export function eventKey(definition: EventDefinition): string {
  return definition.system === '' ? definition.name : `${definition.system}:${definition.name}`;
}
