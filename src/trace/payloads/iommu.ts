/**
 * include/trace/events/iommu.h, system `iommu`.
 *
 *   add_device_to_group, remove_device_from_group   IOMMU: groupID=%d device=%s
 *   attach_device_to_domain                         IOMMU: device=%s
 *   detach_device_from_domain                       IOMMU: device=%s                       (not in newest kernels)
 *   map     up to 5.16   IOMMU: iova=0x%016llx paddr=0x%016llx size=%zu
 *           since 5.17   IOMMU: iova=0x%016llx - 0x%016llx paddr=0x%016llx size=%zu        (second address exclusive)
 *           proposed     IOMMU: dev=%s iova=0x%016llx paddr=0x%016llx size=%zu
 *   unmap   up to 5.16   IOMMU: iova=0x%016llx size=%zu unmapped_size=%zu
 *           since 5.17   IOMMU: iova=0x%016llx - 0x%016llx size=%zu unmapped_size=%zu
 *   io_page_fault        IOMMU:%s %s iova=0x%016llx flags=0x%04x                           (driver, device; no blank after the colon)
 *
 * Qualcomm's Android 4.4 tree brackets the two by map_start, map_end, unmap_start, unmap_end, map_sg_start and map_sg_end
 * (`IOMMU: iova=0x%016llx paddr=0x%016llx size=0x%zx`).
 *
 * `map` is emitted once per physically contiguous chunk, `unmap` once per range (drivers/iommu/iommu.c).
 */
import { Ascii, trimEnd } from '../cursor';
import type { EventDraft } from '../event-draft';
import { EventKind } from '../events';
import type { FieldName } from './fields';
import { define, defineKnown, takeDevice, type EventDefinition, type Payload, type PayloadOutcome } from './payload';

const SYSTEM = 'iommu';

/** ftrace prints no system, and `map` is a common name: the text must be this family's. */
function isOurs(text: Payload, firstField: FieldName): boolean {
  return text.startsWith('IOMMU:') || text.fields.beginsWith(firstField, text.start);
}

function parseRange(text: Payload, draft: EventDraft): boolean {
  const fields = text.fields;
  draft.address = fields.address('iova');
  draft.size = fields.number('size');
  if (fields.has('dev')) takeDevice(fields.value('dev'), draft);
  return draft.address >= 0 && draft.size >= 0;
}

function parseMap(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!isOurs(text, 'iova')) return 'foreign';
  draft.phys = text.fields.address('paddr');
  return parseRange(text, draft) && draft.phys >= 0 ? 'row' : 'malformed';
}

function parseUnmap(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!isOurs(text, 'iova')) return 'foreign';
  return parseRange(text, draft) ? 'row' : 'malformed';
}

/** The driver's name may contain blanks, so the device is the last word before ` iova=`. */
function parseFault(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!isOurs(text, 'device')) return 'foreign';
  const fields = text.fields;
  draft.address = fields.address('iova');
  draft.detail = fields.number('flags');
  if (draft.address < 0 || draft.detail < 0) return 'malformed';
  if (fields.has('device')) return takeDevice(fields.value('device'), draft) ? 'row' : 'malformed';
  const end = trimEnd(text.bytes, text.start, fields.firstKey);
  let start = end;
  while (start > text.start && text.bytes[start - 1] !== Ascii.Space) start--;
  draft.deviceStart = start;
  draft.deviceEnd = end;
  return start > text.start ? 'row' : 'malformed';
}

function parseGroup(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!isOurs(text, 'gid')) return 'foreign';
  const fields = text.fields;
  draft.detail = fields.number(fields.has('gid') ? 'gid' : 'groupID');
  if (draft.detail < 0 || !fields.has('device')) return 'malformed';
  return takeDevice(fields.value('device'), draft) ? 'row' : 'malformed';
}

function parseDevice(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!isOurs(text, 'device')) return 'foreign';
  return text.fields.has('device') && takeDevice(text.fields.value('device'), draft) ? 'row' : 'malformed';
}

/** They bracket an iommu:map or iommu:unmap of the same range, which `iommu:*` records too: rows would count it twice. */
function parseBracket(text: Payload): PayloadOutcome {
  return isOurs(text, 'iova') ? 'known' : 'foreign';
}

export const iommuEvents: EventDefinition[] = [
  ...define(SYSTEM, { map: EventKind.IommuMap }, parseMap),
  ...define(SYSTEM, { unmap: EventKind.IommuUnmap }, parseUnmap),
  ...define(SYSTEM, { io_page_fault: EventKind.IommuFault }, parseFault),
  ...define(
    SYSTEM,
    { add_device_to_group: EventKind.IommuGroupAdd, remove_device_from_group: EventKind.IommuGroupRemove },
    parseGroup,
  ),
  ...define(
    SYSTEM,
    { attach_device_to_domain: EventKind.IommuAttach, detach_device_from_domain: EventKind.IommuDetach },
    parseDevice,
  ),
  ...defineKnown(
    SYSTEM,
    ['map_start', 'map_end', 'map_sg_start', 'map_sg_end', 'unmap_start', 'unmap_end'],
    parseBracket,
  ),
];
