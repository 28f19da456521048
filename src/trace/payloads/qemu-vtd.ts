/**
 * QEMU's emulated VT-d, hw/i386/trace-events. All 0x numbers are hexadecimal.
 *
 *   vtd_inv_desc_iotlb_global    iotlb invalidate global
 *   vtd_inv_desc_iotlb_domain    iotlb invalidate whole domain 0x%x
 *   vtd_inv_desc_iotlb_pages     iotlb invalidate domain 0x%x addr 0x%llx mask 0x%x            (mask: log2 of the pages)
 *   vtd_inv_desc_iotlb_pasid_pages  ... domain 0x%x addr 0x%llx mask 0x%x pasid 0x%x
 *   vtd_page_walk_one            domain 0x%x iova 0x%llx -> gpa 0x%llx mask 0x%llx perm %d     (mask: of the address; perm 0: unmap)
 *   vtd_page_walk_one_skip_map   iova 0x%llx mask 0x%llx translated 0x%llx
 *   vtd_page_walk_one_skip_unmap iova 0x%llx mask 0x%llx
 *   vtd_as_unmap_whole           Device %02x:%02x.%x start 0x%llx size 0x%llx
 *   vtd_replay_ce_valid          [%s: ]replay valid context device %02x:%02x.%02x domain 0x%x hi 0x%llx lo 0x%llx
 *   vtd_switch_address_space     Device %02x:%02x.%x switching address space (iommu enabled=%d)
 *   vtd_dmar_enable              enable %d
 */
import type { EventDraft } from '../event-draft';
import { EventFlag, EventKind, Invalidation } from '../events';
import { define, takeDevice, type EventDefinition, type Payload, type PayloadOutcome } from './payload';

const PAGE = 4096;
/** QEMU's IOMMUAccessFlags: read 1, write 2. */
const NO_ACCESS = 0;

function parseGlobal(_text: Payload, draft: EventDraft): PayloadOutcome {
  draft.detail = Invalidation.Global;
  draft.size = Infinity;
  return 'row';
}

function parseDomain(text: Payload, draft: EventDraft): PayloadOutcome {
  draft.detail = Invalidation.Domain;
  draft.size = Infinity;
  draft.domainId = text.hexAfter('domain ');
  return draft.domainId >= 0 ? 'row' : 'malformed';
}

function parsePages(text: Payload, draft: EventDraft): PayloadOutcome {
  const order = text.hexAfter(' mask ');
  draft.detail = Invalidation.Page;
  draft.domainId = text.hexAfter(' domain ');
  draft.address = text.hexAfter(' addr ');
  draft.size = PAGE * 2 ** order;
  return draft.domainId >= 0 && draft.address >= 0 && order >= 0 ? 'row' : 'malformed';
}

function parseWalk(text: Payload, draft: EventDraft): PayloadOutcome {
  const mask = text.hexAfter(' mask ');
  const permission = text.decimalAfter(' perm ');
  draft.domainId = text.hexAfter('domain ');
  draft.address = text.hexAfter(' iova ');
  draft.phys = text.hexAfter(' gpa ');
  draft.size = mask + 1;
  draft.detail = permission;
  if (permission !== NO_ACCESS) draft.flags |= EventFlag.On;
  return draft.domainId >= 0 && draft.address >= 0 && draft.phys >= 0 && mask >= 0 && permission >= 0
    ? 'row'
    : 'malformed';
}

function parseSkippedWalk(text: Payload, draft: EventDraft): PayloadOutcome {
  const mask = text.hexAfter(' mask ');
  draft.address = text.hexAfter('iova ');
  draft.phys = Math.max(0, text.hexAfter(' translated '));
  draft.size = mask + 1;
  return draft.address >= 0 && mask >= 0 ? 'row' : 'malformed';
}

function parseUnmapWhole(text: Payload, draft: EventDraft): PayloadOutcome {
  draft.address = text.hexAfter(' start ');
  draft.size = text.hexAfter(' size ');
  return parseDeviceName(text, draft) && draft.address >= 0 && draft.size >= 0 ? 'row' : 'malformed';
}

function parseReplay(text: Payload, draft: EventDraft): PayloadOutcome {
  draft.domainId = text.hexAfter(' domain ');
  const device = text.after(' device ');
  return draft.domainId >= 0 && device !== null && takeDevice(device, draft) ? 'row' : 'malformed';
}

function parseDeviceName(text: Payload, draft: EventDraft): boolean {
  const device = text.after('Device ');
  return device !== null && takeDevice(device, draft);
}

/** Shared with the virtio-iommu's event of the same text. */
export function parseSwitch(text: Payload, draft: EventDraft): PayloadOutcome {
  const enabled = text.decimalAfter('(iommu enabled=');
  if (enabled > 0) draft.flags |= EventFlag.On;
  return parseDeviceName(text, draft) && enabled >= 0 ? 'row' : 'malformed';
}

/** All devices at once: no device name. */
function parseEnable(text: Payload, draft: EventDraft): PayloadOutcome {
  const enabled = text.decimalAfter('enable ');
  if (enabled > 0) draft.flags |= EventFlag.On;
  return enabled >= 0 ? 'row' : 'malformed';
}

export const qemuVtdEvents: EventDefinition[] = [
  ...define('', { vtd_inv_desc_iotlb_global: EventKind.QemuVtdInvalidate }, parseGlobal),
  ...define('', { vtd_inv_desc_iotlb_domain: EventKind.QemuVtdInvalidate }, parseDomain),
  ...define(
    '',
    {
      vtd_inv_desc_iotlb_pages: EventKind.QemuVtdInvalidate,
      vtd_inv_desc_iotlb_pasid_pages: EventKind.QemuVtdInvalidate,
    },
    parsePages,
  ),
  ...define('', { vtd_page_walk_one: EventKind.QemuVtdPageWalk }, parseWalk),
  ...define(
    '',
    {
      vtd_page_walk_one_skip_map: EventKind.QemuVtdWalkSkip,
      vtd_page_walk_one_skip_unmap: EventKind.QemuVtdWalkSkip,
    },
    parseSkippedWalk,
  ),
  ...define('', { vtd_as_unmap_whole: EventKind.QemuVtdOther }, parseUnmapWhole),
  ...define('', { vtd_replay_ce_valid: EventKind.QemuVtdOther }, parseReplay),
  ...define('', { vtd_switch_address_space: EventKind.QemuVtdSwitch }, parseSwitch),
  ...define('', { vtd_dmar_enable: EventKind.QemuVtdSwitch }, parseEnable),
];
