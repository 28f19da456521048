/**
 * QEMU's virtio-iommu, hw/virtio/trace-events. Ends are inclusive.
 *
 *   virtio_iommu_map             domain=%d virt_start=0x%llx virt_end=0x%llx phys_start=0x%llx flags=%d
 *   virtio_iommu_unmap           domain=%d virt_start=0x%llx virt_end=0x%llx                   (the request)
 *   virtio_iommu_unmap_done      the same                                                      (once per mapping it ended)
 *   virtio_iommu_attach, _detach domain=%d endpoint=%d
 *   virtio_iommu_notify_map      mr=%s virt_start=0x%llx virt_end=0x%llx phys_start=0x%llx flags=%d
 *   virtio_iommu_notify_unmap    mr=%s virt_start=0x%llx virt_end=0x%llx
 *   virtio_iommu_switch_address_space  Device %02x:%02x.%x switching address space (iommu enabled=%d)
 *
 * Flags (virtio specification 5.13.6.5): read 1, write 2, MMIO 4, from the device's side.
 */
import type { EventDraft } from '../event-draft';
import { Direction, EventFlag, EventKind } from '../events';
import { define, defineKnown, takeDevice, type EventDefinition, type Payload, type PayloadOutcome } from './payload';
import { parseSwitch } from './qemu-vtd';

/** What the device may do, as a direction seen from memory: reading is TO_DEVICE. */
const DIRECTIONS = [Direction.None, Direction.ToDevice, Direction.FromDevice, Direction.Bidirectional] as const;
const MMIO = 4;

function parseSpan(text: Payload, draft: EventDraft): boolean {
  const start = text.fields.address('virt_start');
  const end = text.fields.address('virt_end');
  draft.address = start;
  draft.size = end - start + 1;
  return start >= 0 && end >= start;
}

function parseMap(text: Payload, draft: EventDraft): PayloadOutcome {
  const access = text.fields.number('flags');
  draft.domainId = text.fields.number('domain');
  draft.phys = text.fields.address('phys_start');
  draft.direction = DIRECTIONS[access & 3]!;
  if (access >= 0 && (access & MMIO) !== 0) draft.flags |= EventFlag.Mmio;
  return parseSpan(text, draft) && access >= 0 && draft.domainId >= 0 && draft.phys >= 0 ? 'row' : 'malformed';
}

function parseUnmap(text: Payload, draft: EventDraft): PayloadOutcome {
  draft.domainId = text.fields.number('domain');
  return parseSpan(text, draft) && draft.domainId >= 0 ? 'row' : 'malformed';
}

function parseEndpoint(text: Payload, draft: EventDraft): PayloadOutcome {
  draft.domainId = text.fields.number('domain');
  draft.detail = text.fields.number('endpoint');
  return draft.domainId >= 0 && draft.detail >= 0 ? 'row' : 'malformed';
}

function parseNotify(text: Payload, draft: EventDraft): PayloadOutcome {
  const hasRegion = text.fields.has('mr') && takeDevice(text.fields.value('mr'), draft);
  draft.phys = Math.max(0, text.fields.address('phys_start'));
  return hasRegion && parseSpan(text, draft) ? 'row' : 'malformed';
}

export const virtioIommuEvents: EventDefinition[] = [
  ...define('', { virtio_iommu_map: EventKind.QemuViommuMap }, parseMap),
  ...define('', { virtio_iommu_unmap: EventKind.QemuViommuUnmap }, parseUnmap),
  ...define(
    '',
    { virtio_iommu_attach: EventKind.QemuViommuAttach, virtio_iommu_detach: EventKind.QemuViommuDetach },
    parseEndpoint,
  ),
  ...define(
    '',
    { virtio_iommu_notify_map: EventKind.QemuViommuOther, virtio_iommu_notify_unmap: EventKind.QemuViommuOther },
    parseNotify,
  ),
  ...define('', { virtio_iommu_switch_address_space: EventKind.QemuViommuOther }, parseSwitch),
  ...defineKnown('', ['virtio_iommu_unmap_done']),
];
