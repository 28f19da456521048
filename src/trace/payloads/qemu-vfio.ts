/**
 * QEMU's VFIO, hw/vfio/trace-events, and iommufd, backends/trace-events. All 0x numbers are hexadecimal; ends are inclusive.
 *
 *   vfio_iommu_map_notify           iommu MAP|UNMAP @ 0x%llx - 0x%llx
 *   vfio_listener_region_add_iommu  region_add [iommu] [%s ]0x%llx - 0x%llx
 *   vfio_listener_region_add_ram    region_add [ram] 0x%llx - 0x%llx [%p]
 *   vfio_listener_region_del_iommu  region_del [iommu] %s
 *   vfio_listener_region_del        region_del 0x%llx - 0x%llx
 *   vfio_attach_device              (%s) group %d                      (one more blank before the text)
 *   iommufd_backend_map_dma         iommufd=%d ioas=%d iova=0x%llx size=0x%llx addr=%p readonly=%d (%d)
 *   iommufd_backend_unmap_dma       iommufd=%d ioas=%d iova=0x%llx size=0x%llx (%d)
 */
import type { Cursor } from '../cursor';
import type { EventDraft } from '../event-draft';
import { EventFlag, EventKind } from '../events';
import { define, takeDevice, type EventDefinition, type Payload, type PayloadOutcome } from './payload';

/** `0x... - 0x...` at the cursor, both ends included. */
function parseRange(cursor: Cursor | null, draft: EventDraft): boolean {
  if (cursor === null) return false;
  const start = cursor.hex();
  if (start < 0 || !cursor.literal(' - ')) return false;
  const end = cursor.hex();
  draft.address = start;
  draft.size = end - start + 1;
  return end >= start;
}

function parseNotify(text: Payload, draft: EventDraft): PayloadOutcome {
  if (text.startsWith('iommu MAP')) draft.kind = EventKind.QemuVfioMap;
  else if (text.startsWith('iommu UNMAP')) draft.kind = EventKind.QemuVfioUnmap;
  else return 'malformed';
  return parseRange(text.after(' @ '), draft) ? 'row' : 'malformed';
}

/** Older QEMU does not name the region; a removal prints no range. */
function parseIommuRegion(text: Payload, draft: EventDraft): PayloadOutcome {
  draft.flags |= EventFlag.On;
  const cursor = text.after('[iommu] ');
  if (cursor === null) return 'malformed';
  if (!cursor.sees('0x')) takeDevice(cursor, draft);
  cursor.skipSpaces();
  return parseRange(cursor, draft) || draft.kind === EventKind.QemuVfioRegionDel ? 'row' : 'malformed';
}

function parseRam(text: Payload, draft: EventDraft): PayloadOutcome {
  return parseRange(text.after('[ram] '), draft) ? 'row' : 'malformed';
}

function parseRegionDel(text: Payload, draft: EventDraft): PayloadOutcome {
  return parseRange(text.after('region_del '), draft) ? 'row' : 'malformed';
}

function parseAttach(text: Payload, draft: EventDraft): PayloadOutcome {
  draft.detail = text.decimalAfter(' group ');
  const device = text.after('(');
  return device !== null && takeDevice(device, draft, ')') ? 'row' : 'malformed';
}

/** The ioctl itself; the notifications above are what an emulated IOMMU asks for. */
function parseIommufd(text: Payload, draft: EventDraft): PayloadOutcome {
  draft.address = text.fields.address('iova');
  draft.size = text.fields.number('size');
  return draft.address >= 0 && draft.size >= 0 ? 'row' : 'malformed';
}

export const qemuVfioEvents: EventDefinition[] = [
  ...define('', { vfio_iommu_map_notify: EventKind.QemuVfioMap }, parseNotify),
  ...define(
    '',
    {
      vfio_listener_region_add_iommu: EventKind.QemuVfioRegionAdd,
      vfio_listener_region_del_iommu: EventKind.QemuVfioRegionDel,
    },
    parseIommuRegion,
  ),
  ...define('', { vfio_listener_region_add_ram: EventKind.QemuVfioRegionAdd }, parseRam),
  ...define('', { vfio_listener_region_del: EventKind.QemuVfioRegionDel }, parseRegionDel),
  ...define('', { vfio_attach_device: EventKind.QemuVfioOther }, parseAttach),
  ...define(
    '',
    { iommufd_backend_map_dma: EventKind.QemuVfioOther, iommufd_backend_unmap_dma: EventKind.QemuVfioOther },
    parseIommufd,
  ),
];
