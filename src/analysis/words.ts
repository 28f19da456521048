/** Operations and their parts in words, the same in every view. */
import { DIRECTION_NAMES, EventKind } from '../trace/events';
import { OpKind, type Trace } from '../trace/operations';
import { formatBytes } from './units';

export const KIND_WORDS: Readonly<Record<OpKind, string>> = {
  [OpKind.Map]: 'map',
  [OpKind.Unmap]: 'unmap',
  [OpKind.SyncForCpu]: 'sync for CPU',
  [OpKind.SyncForDevice]: 'sync for device',
  [OpKind.Alloc]: 'coherent allocation',
  [OpKind.Free]: 'coherent free',
};

export const EVENT_WORDS: Readonly<Record<EventKind, string>> = {
  [EventKind.IommuMap]: 'iommu:map',
  [EventKind.IommuUnmap]: 'iommu:unmap',
  [EventKind.IommuFault]: 'iommu:io_page_fault',
  [EventKind.IommuGroupAdd]: 'iommu:add_device_to_group',
  [EventKind.IommuGroupRemove]: 'iommu:remove_device_from_group',
  [EventKind.IommuAttach]: 'iommu:attach_device_to_domain',
  [EventKind.IommuDetach]: 'iommu:detach_device_from_domain',
  [EventKind.DmaMap]: 'DMA map',
  [EventKind.DmaUnmap]: 'DMA unmap',
  [EventKind.DmaMapSg]: 'DMA map of a scatter-gather list',
  [EventKind.DmaUnmapSg]: 'DMA unmap of a scatter-gather list',
  [EventKind.DmaAlloc]: 'DMA coherent allocation',
  [EventKind.DmaFree]: 'DMA coherent free',
  [EventKind.DmaSyncForCpu]: 'DMA sync for CPU',
  [EventKind.DmaSyncForDevice]: 'DMA sync for device',
  [EventKind.SwiotlbBounced]: 'swiotlb:swiotlb_bounced',
  [EventKind.QiSubmit]: 'intel_iommu:qi_submit',
  [EventKind.CacheTagFlush]: 'intel_iommu:cache_tag_flush',
  [EventKind.VendorMap]: 'intel_iommu map (vendor event)',
  [EventKind.VendorUnmap]: 'intel_iommu unmap (vendor event)',
  [EventKind.QemuVtdInvalidate]: 'QEMU: VT-d invalidation',
  [EventKind.QemuVtdPageWalk]: 'QEMU: VT-d page walk',
  [EventKind.QemuVtdSwitch]: 'QEMU: VT-d address space switch',
  [EventKind.QemuVtdOther]: 'QEMU: VT-d',
  [EventKind.QemuVfioMap]: 'QEMU: VFIO map',
  [EventKind.QemuVfioUnmap]: 'QEMU: VFIO unmap',
  [EventKind.QemuVfioRegionAdd]: 'QEMU: VFIO region added',
  [EventKind.QemuVfioRegionDel]: 'QEMU: VFIO region removed',
  [EventKind.QemuVfioOther]: 'QEMU: VFIO',
  [EventKind.QemuViommuMap]: 'QEMU: virtio-iommu map',
  [EventKind.QemuViommuUnmap]: 'QEMU: virtio-iommu unmap',
  [EventKind.QemuViommuAttach]: 'QEMU: virtio-iommu attach',
  [EventKind.QemuViommuDetach]: 'QEMU: virtio-iommu detach',
  [EventKind.QemuViommuOther]: 'QEMU: virtio-iommu',
  [EventKind.QemuVtdWalkSkip]: 'QEMU: VT-d page walk, entry unchanged',
};

export function kindWords(kind: number): string {
  return KIND_WORDS[kind as OpKind];
}

export function directionWords(direction: number): string {
  return DIRECTION_NAMES[direction] ?? 'UNKNOWN';
}

/** "map 64 KiB FROM_DEVICE 0000:00:04.0" */
export function operationTitle(trace: Trace, operation: number): string {
  const { kind, size, direction, device, devices } = trace.operations;
  const name = devices[device[operation]]?.name ?? 'unknown device';
  const bytes = formatBytes(size[operation]);
  return `${kindWords(kind[operation])} ${bytes} ${directionWords(direction[operation])} ${name}`;
}

/**
 * Size classes are powers of two from one page up, as the IOVA caches keep them (include/linux/iova.h: one cache per
 * order). Class 0 is everything up to 4 KiB.
 */
export function sizeClass(bytes: number): number {
  return bytes <= 4096 ? 0 : Math.ceil(Math.log2(bytes / 4096));
}

export function sizeClassWords(sizeClassNumber: number): string {
  const upper = 4096 * 2 ** sizeClassNumber;
  return sizeClassNumber === 0 ? `≤ ${formatBytes(upper)}` : `> ${formatBytes(upper / 2)} ≤ ${formatBytes(upper)}`;
}
