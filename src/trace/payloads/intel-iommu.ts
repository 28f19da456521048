/**
 * Intel VT-d, system `intel_iommu`.
 *
 * 5.4 - 5.10 (include/trace/events/intel_iommu.h), gone in 5.11 when VT-d moved to dma-iommu:
 *   map_single, map_sg, bounce_map_single          dev=%s dev_addr=0x%llx phys_addr=0x%llx size=%zu
 *   map_sg, bounce_map_sg (about 5.6 on)           dev=%s [%d/%d] dev_addr=0x%llx phys_addr=0x%llx size=%zu
 *   unmap_single, unmap_sg, bounce_unmap_single    dev=%s dev_addr=0x%llx size=%zu
 *
 * Since 5.12 (later drivers/iommu/intel/trace.h):
 *   qi_submit                        %s %s: 0x%llx 0x%llx 0x%llx 0x%llx      (type, IOMMU, four quad words)
 *   prq_report (5.14)                %s/%s seq# %ld: %s
 *   cache_tag_assign, _unassign      %s/%s type %s did %d pasid %d ref %d    (6.10 on)
 *   cache_tag_flush_range, _range_np %s %s[%d] type %s did %d [0x%lx-0x%lx] addr 0x%lx pages 0x%lx mask 0x%lx
 *                                                                            (7.1 drops pages; the end is inclusive)
 *   cache_tag_flush_all (6.10 - 6.14)  as cache_tag_assign
 *
 * Quad words: VT-d specification, chapter 6.5.2 (queued invalidation descriptors).
 */
import { hexDigit, type Cursor } from '../cursor';
import type { EventDraft } from '../event-draft';
import { EventKind, Invalidation } from '../events';
import { define, defineKnown, takeDevice, type EventDefinition, type Payload, type PayloadOutcome } from './payload';

const SYSTEM = 'intel_iommu';
const PAGE = 4096;
const TWO_32 = 2 ** 32;

/** Descriptor types, bits 3:0 of the first quad word. */
const IOTLB = 2;
const DEVICE_TLB = 3;
const PASID_IOTLB = 6;
const PASID_DEVICE_TLB = 8;

/** Granularity of IOTLB descriptors, bits 5:4. The PASID-based ones use 2 for all pages of the PASID, 3 for some. */
const GRANULARITY = [Invalidation.Other, Invalidation.Global, Invalidation.Domain, Invalidation.Page] as const;

function parseQiSubmit(text: Payload, draft: EventDraft): PayloadOutcome {
  return text.fields.has('qw0') ? parseQiFields(text, draft) : parseQiText(text, draft);
}

function parseQiText(text: Payload, draft: EventDraft): PayloadOutcome {
  const cursor = text.read();
  cursor.skipWord();
  cursor.skipSpaces();
  if (!takeDevice(cursor, draft, ':') || !cursor.literal(': ')) return 'malformed';
  if (cursor.hex() < 0) return 'malformed';
  const { high, low } = cursor;
  cursor.skipSpaces();
  if (cursor.hex() < 0) return 'malformed';
  decodeDescriptor(high, low, cursor.high, cursor.low, draft);
  return 'row';
}

function parseQiFields(text: Payload, draft: EventDraft): PayloadOutcome {
  const fields = text.fields;
  if (!fields.has('qw1') || !fields.has('iommu') || !takeDevice(fields.value('iommu'), draft)) return 'malformed';
  const first = fields.value('qw0');
  if (first.hex() < 0) return 'malformed';
  const { high, low } = first;
  const second = fields.value('qw1');
  if (second.hex() < 0) return 'malformed';
  decodeDescriptor(high, low, second.high, second.low, draft);
  return 'row';
}

/** Fills kind of invalidation, domain and range from the first two quad words, each as upper and lower 32 bits. */
export function decodeDescriptor(high0: number, low0: number, high1: number, low1: number, draft: EventDraft): void {
  const type = low0 & 0xf;
  draft.detail = Invalidation.Other;
  if (type === IOTLB || type === PASID_IOTLB) {
    draft.detail = GRANULARITY[(low0 >>> 4) & 3]!;
    draft.domainId = low0 >>> 16;
    if (draft.detail === Invalidation.Page) {
      draft.address = high1 * TWO_32 + ((low1 & ~0xfff) >>> 0);
      draft.size = pagesSize(low1 & 0x3f);
    } else {
      draft.size = Infinity;
    }
  } else if (type === DEVICE_TLB || type === PASID_DEVICE_TLB) {
    draft.detail = Invalidation.Device;
    // Requester ID: bits 47:32 of a device-TLB descriptor, 31:16 of a PASID-based one.
    draft.domainId = type === DEVICE_TLB ? high0 & 0xffff : low0 >>> 16;
    // Size bit: 0 in the device-TLB layout, 11 in the PASID-based one.
    decodeDeviceRange(high1, low1, (low1 & (type === DEVICE_TLB ? 1 : 1 << 11)) !== 0, draft);
  }
}

/** Bytes of 2^order pages. Small orders, which are nearly all, without a call of pow. */
function pagesSize(order: number): number {
  return order < 19 ? PAGE << order : PAGE * 2 ** order;
}

/** PCIe ATS coding of a range: with the size bit set, the lowest clear address bit from bit 12 up tells the size. */
function decodeDeviceRange(high: number, low: number, sized: boolean, draft: EventDraft): void {
  let bit = 12;
  while (sized && bit < 64 && ((bit < 32 ? low >>> bit : high >>> (bit - 32)) & 1) === 1) bit++;
  const size = sized ? 2 ** (bit + 1) : PAGE;
  if (bit >= 63) {
    draft.size = Infinity;
    return;
  }
  const address = high * TWO_32 + ((low & ~0xfff) >>> 0);
  draft.size = size;
  draft.address = address - (address % size);
}

function parseFlushRange(text: Payload, draft: EventDraft): PayloadOutcome {
  const fields = text.fields;
  if (fields.has('domain_id')) return parseFlushFields(text, draft);
  const cursor = text.read();
  cursor.skipWord();
  cursor.skipSpaces();
  if (!takeDevice(cursor, draft, '[')) return 'malformed';
  const isDevice = text.after(' type devtlb') !== null;
  draft.domainId = text.decimalAfter(' did ');
  const start = text.hexAfter(' [0x');
  const endCursor = text.after('-0x');
  const end = endCursor === null ? -1 : endCursor.hex();
  const address = text.hexAfter(' addr ');
  const order = text.hexAfter(' mask ');
  if (draft.domainId < 0 || start < 0 || end < 0 || address < 0 || order < 0) return 'malformed';
  fillFlush(draft, isDevice, start, end, address, order);
  return 'row';
}

function parseFlushFields(text: Payload, draft: EventDraft): PayloadOutcome {
  const fields = text.fields;
  if (!fields.has('dev') || !takeDevice(fields.value('dev'), draft)) return 'malformed';
  draft.domainId = fields.number('domain_id');
  const start = fields.address('start');
  const end = fields.address('end');
  const address = fields.address('addr');
  const order = fields.address('mask');
  if (start < 0 || end < 0 || address < 0 || order < 0) return 'malformed';
  // enum cache_tag_type (drivers/iommu/intel/iommu.h): 1 and 3 are device TLBs.
  fillFlush(draft, (fields.number('type') & 1) === 1, start, end, address, order);
  return 'row';
}

/** `order`: log2 of the pages flushed. A range up to ULONG_MAX is the whole domain. */
function fillFlush(
  draft: EventDraft,
  isDevice: boolean,
  start: number,
  end: number,
  address: number,
  order: number,
): void {
  const isWhole = start === 0 && end >= 2 ** 63;
  draft.address = isWhole ? 0 : address;
  draft.size = isWhole ? Infinity : pagesSize(order);
  draft.detail = isDevice ? Invalidation.Device : isWhole ? Invalidation.Domain : Invalidation.Page;
}

function parseFlushAll(text: Payload, draft: EventDraft): PayloadOutcome {
  const cursor = text.fields.has('dev') ? text.fields.value('dev') : skipIommu(text.read());
  if (!takeDevice(cursor, draft)) return 'malformed';
  draft.domainId = text.fields.has('domain_id') ? text.fields.number('domain_id') : text.decimalAfter(' did ');
  draft.size = Infinity;
  draft.detail = text.after(' type devtlb') === null ? Invalidation.Domain : Invalidation.Device;
  return draft.domainId >= 0 ? 'row' : 'malformed';
}

/** Over `dmar0/` to the device. */
function skipIommu(cursor: Cursor): Cursor {
  while (!cursor.done && cursor.peek() !== 47) cursor.at++;
  cursor.take(47);
  return cursor;
}

/** ftrace prints no system, and map_sg is a name that other drivers use too. */
function isVendorEvent(text: Payload): boolean {
  return text.fields.has('dev_addr') && (text.fields.has('dev') || text.fields.has('dev_name'));
}

function parseVendor(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!isVendorEvent(text)) return 'foreign';
  const fields = text.fields;
  if (!takeDevice(fields.value(fields.has('dev') ? 'dev' : 'dev_name'), draft)) return 'malformed';
  draft.address = fields.address('dev_addr');
  draft.size = fields.number('size');
  const element = text.after(' [');
  if (element !== null && hexDigit(element.peek()) >= 0) {
    draft.detail = Math.max(0, element.decimal());
    draft.nents = element.take(47) ? Math.max(0, element.decimal()) : 0;
  }
  if (draft.kind === EventKind.VendorMap) draft.phys = fields.address('phys_addr');
  return draft.address >= 0 && draft.size >= 0 && draft.phys >= 0 ? 'row' : 'malformed';
}

export const intelIommuEvents: EventDefinition[] = [
  ...define(SYSTEM, { qi_submit: EventKind.QiSubmit }, parseQiSubmit),
  ...define(
    SYSTEM,
    { cache_tag_flush_range: EventKind.CacheTagFlush, cache_tag_flush_range_np: EventKind.CacheTagFlush },
    parseFlushRange,
  ),
  ...define(SYSTEM, { cache_tag_flush_all: EventKind.CacheTagFlush }, parseFlushAll),
  ...defineKnown(SYSTEM, ['cache_tag_assign', 'cache_tag_unassign', 'prq_report']),
  ...define(
    SYSTEM,
    {
      map_single: EventKind.VendorMap,
      map_sg: EventKind.VendorMap,
      bounce_map_single: EventKind.VendorMap,
      bounce_map_sg: EventKind.VendorMap,
      unmap_single: EventKind.VendorUnmap,
      unmap_sg: EventKind.VendorUnmap,
      bounce_unmap_single: EventKind.VendorUnmap,
      bounce_unmap_sg: EventKind.VendorUnmap,
    },
    parseVendor,
  ),
];
