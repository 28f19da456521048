/**
 * include/trace/events/dma.h, system `dma`, since 6.12. Addresses are %llx without 0x, sizes decimal.
 *
 *   dma_map_page, dma_map_resource (6.12 - 6.17), dma_map_phys (6.18 on; a resource has attribute MMIO)
 *       %s dir=%s dma_addr=%llx size=%zu phys_addr=%llx attrs=%s
 *   dma_unmap_page, dma_unmap_resource, dma_unmap_phys
 *       %s dir=%s dma_addr=%llx size=%zu attrs=%s                                          (binary field: addr)
 *   dma_alloc               6.12: no dir; early 6.12-rc: phys_addr in place of virt_addr
 *   dma_alloc, dma_alloc_pages, dma_alloc_sgt_err (6.13 on)
 *       %s dir=%s dma_addr=%llx size=%zu virt_addr=%p flags=%s attrs=%s
 *   dma_free                6.12: no dir
 *   dma_free, dma_free_pages (6.13 on)
 *       %s dir=%s dma_addr=%llx size=%zu virt_addr=%p attrs=%s
 *   dma_alloc_sgt           %s dir=%s dma_addr=%llx size=%zu phys_addrs=%s flags=%s attrs=%s
 *   dma_free_sgt            %s dir=%s dma_addr=%llx size=%zu phys_addrs=%s
 *   dma_map_sg   6.12 -     %s dir=%s dma_addrs=%s sizes=%s phys_addrs=%s attrs=%s
 *                newer      %s dir=%s nents=%d/%d ents=%d/%d[ [TRUNCATED]] dma_addrs=%s sizes=%s phys_addrs=%s attrs=%s
 *   dma_map_sg_err          %s dir=%s dma_addrs=%s err=%d attrs=%s                         (the addresses are physical)
 *   dma_unmap_sg            %s dir=%s phys_addrs=%s attrs=%s                               (binary field: addrs)
 *   dma_sync_single_for_cpu, _for_device    %s dir=%s dma_addr=%llx size=%zu
 *   dma_sync_sg_for_cpu, _for_device        %s dir=%s dma_addrs=%s sizes=%s                (binary field: lengths)
 *
 * libtraceevent cannot format the newer dma_map_sg and prints `[FAILED TO PARSE] device=... dma_addrs=ARRAY[...]`.
 */
import { Cursor } from '../cursor';
import type { EventDraft } from '../event-draft';
import { Direction, EventFlag, EventKind, FAILED_ADDRESS } from '../events';
import type { FieldName } from './fields';
import { define, takeDevice, type EventDefinition, type Payload, type PayloadOutcome } from './payload';

const SYSTEM = 'dma';
const ADDRESS_BYTES = 8;
const LENGTH_BYTES = 4;
const PIPE = 124;
const SLASH = 47;
const LETTER = { B: 66, T: 84, F: 70, N: 78 } as const;

/** include/linux/dma-mapping.h: DMA_ATTR_SKIP_CPU_SYNC, DMA_ATTR_MMIO. */
const ATTRIBUTES = [
  { name: 'SKIP_CPU_SYNC', bit: 1 << 5, flag: EventFlag.SkipCpuSync },
  { name: 'MMIO', bit: 1 << 10, flag: EventFlag.Mmio },
] as const;

/** Device, direction and attributes: what all events share. False where a part is missing. */
function parseCommon(text: Payload, draft: EventDraft, directionIfNotPrinted = Direction.Unknown): boolean {
  const named = text.fields.has('device');
  if (!takeDevice(named ? text.fields.value('device') : text.read(), draft)) return false;
  if (!named && draft.deviceEnd >= text.fields.firstKey) return false;
  draft.direction = text.fields.has('dir') ? parseDirection(text) : directionIfNotPrinted;
  draft.flags |= parseAttributes(text);
  return draft.direction !== Direction.Unknown;
}

function parseDirection(text: Payload): Direction {
  switch (text.fields.value('dir').peek()) {
    case LETTER.B:
      return Direction.Bidirectional;
    case LETTER.T:
      return Direction.ToDevice;
    case LETTER.F:
      return Direction.FromDevice;
    case LETTER.N:
      return Direction.None;
  }
  const number = text.fields.number('dir');
  return number >= 0 && number <= 3 ? number : Direction.Unknown;
}

function parseAttributes(text: Payload): number {
  if (!text.fields.has('attrs')) return 0;
  const cursor = text.fields.value('attrs');
  const start = cursor.at;
  cursor.skipWord();
  return attributeFlags(text.bytes, start, cursor.at);
}

/** Event flags of `bytes[start..end)`: attribute names joined by `|`, or bits as 0x.... */
export function attributeFlags(bytes: Uint8Array, start: number, end: number): number {
  attributeCursor.reset(bytes, start, end);
  let flags = 0;
  if (attributeCursor.sees('0x')) {
    attributeCursor.hex();
    for (const attribute of ATTRIBUTES) if ((attributeCursor.low & attribute.bit) !== 0) flags |= attribute.flag;
    return flags;
  }
  while (!attributeCursor.done) {
    for (const attribute of ATTRIBUTES) if (attributeCursor.sees(attribute.name)) flags |= attribute.flag;
    attributeCursor.skipPast(PIPE);
  }
  return flags;
}

const attributeCursor = new Cursor();

function parseSpan(text: Payload, draft: EventDraft): boolean {
  draft.address = text.fields.address(text.fields.has('dma_addr') ? 'dma_addr' : 'addr');
  draft.size = text.fields.number('size');
  return draft.address >= 0 && draft.size >= 0;
}

function parseMap(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!parseCommon(text, draft) || !parseSpan(text, draft)) return 'malformed';
  draft.phys = text.fields.address('phys_addr');
  if (draft.address === FAILED_ADDRESS) draft.flags |= EventFlag.Failed;
  return draft.phys >= 0 ? 'row' : 'malformed';
}

function parseUnmap(text: Payload, draft: EventDraft): PayloadOutcome {
  return parseCommon(text, draft) && parseSpan(text, draft) ? 'row' : 'malformed';
}

/** Coherent memory is BIDIRECTIONAL by definition; 6.12 does not print it. A null virt_addr is a failed allocation. */
function parseCoherent(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!parseCommon(text, draft, Direction.Bidirectional) || !parseSpan(text, draft)) return 'malformed';
  draft.phys = Math.max(0, text.fields.address('phys_addr'));
  if (draft.address === FAILED_ADDRESS || isNull(text, 'virt_addr')) draft.flags |= EventFlag.Failed;
  takePhysList(text, draft);
  return 'row';
}

/** Null as the kernel and the C library print it: 0000000000000000, (null), (nil), 0x0. */
function isNull(text: Payload, name: FieldName): boolean {
  if (!text.fields.has(name)) return false;
  const cursor = text.fields.value(name);
  return cursor.literal('(null)') || cursor.literal('(nil)') || cursor.hex() === 0;
}

function parseAllocFailure(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!parseCommon(text, draft, Direction.Bidirectional)) return 'malformed';
  draft.address = FAILED_ADDRESS;
  draft.size = Math.max(0, text.fields.number('size'));
  draft.flags |= EventFlag.Failed;
  return 'row';
}

/** Fills the three lists, and the row itself with the first addresses and the sum of the sizes. */
function takeLists(text: Payload, draft: EventDraft): void {
  const fields = text.fields;
  const lengths = fields.has('sizes') ? 'sizes' : 'lengths';
  takePhysList(text, draft);
  draft.listAddressCount = fields.array('dma_addrs', ADDRESS_BYTES, draft.listAddress);
  draft.listSizeCount = fields.array(lengths, LENGTH_BYTES, draft.listSize);
  draft.nents = draft.listPhysCount > 0 ? draft.listPhysCount : draft.listAddressCount;
  if (draft.listAddressCount > 0) draft.address = draft.listAddress[0]!;
  for (let i = 0; i < draft.listSizeCount; i++) draft.size += draft.listSize[i];
}

function takePhysList(text: Payload, draft: EventDraft): void {
  const name = text.fields.has('phys_addrs') ? 'phys_addrs' : 'addrs';
  draft.listPhysCount = text.fields.array(name, ADDRESS_BYTES, draft.listPhys);
  if (draft.listPhysCount > 0) draft.phys = draft.listPhys[0]!;
}

function parseMapSg(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!parseCommon(text, draft)) return 'malformed';
  takeLists(text, draft);
  const full = fullCount(text);
  if (full >= 0) draft.nents = full;
  if (isTruncated(text)) draft.flags |= EventFlag.Truncated;
  return draft.listCount > 0 ? 'row' : 'malformed';
}

/** The remark stands behind `ents=<recorded>/<all>`; the binary field is `truncated`. */
function isTruncated(text: Payload): boolean {
  if (!text.fields.has('ents')) return text.fields.number('truncated') > 0;
  const cursor = text.fields.value('ents');
  cursor.skipWord();
  return cursor.sees(' [TRUNCATED]');
}

/** Entries that the driver passed: `nents=<recorded>/<all>`, or the binary field full_nents; -1 where not printed. */
function fullCount(text: Payload): number {
  if (!text.fields.has('nents')) return text.fields.number('full_nents');
  const cursor = text.fields.value('nents');
  const recorded = cursor.decimal();
  return cursor.take(SLASH) ? cursor.decimal() : recorded;
}

/** The addresses under dma_addrs are physical: the mapping does not exist. */
function parseMapSgFailure(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!parseCommon(text, draft)) return 'malformed';
  const name = text.fields.has('dma_addrs') ? 'dma_addrs' : 'phys_addrs';
  draft.listPhysCount = text.fields.array(name, ADDRESS_BYTES, draft.listPhys);
  if (draft.listPhysCount > 0) draft.phys = draft.listPhys[0]!;
  draft.nents = draft.listPhysCount;
  draft.address = FAILED_ADDRESS;
  draft.flags |= EventFlag.Failed;
  return 'row';
}

function parseListOnly(text: Payload, draft: EventDraft): PayloadOutcome {
  if (!parseCommon(text, draft)) return 'malformed';
  takeLists(text, draft);
  return draft.listCount > 0 ? 'row' : 'malformed';
}

export const dmaEvents: EventDefinition[] = [
  ...define(
    SYSTEM,
    { dma_map_page: EventKind.DmaMap, dma_map_phys: EventKind.DmaMap, dma_map_resource: EventKind.DmaMap },
    parseMap,
  ),
  ...define(
    SYSTEM,
    {
      dma_unmap_page: EventKind.DmaUnmap,
      dma_unmap_phys: EventKind.DmaUnmap,
      dma_unmap_resource: EventKind.DmaUnmap,
      dma_sync_single_for_cpu: EventKind.DmaSyncForCpu,
      dma_sync_single_for_device: EventKind.DmaSyncForDevice,
    },
    parseUnmap,
  ),
  ...define(
    SYSTEM,
    {
      dma_alloc: EventKind.DmaAlloc,
      dma_alloc_pages: EventKind.DmaAlloc,
      dma_alloc_sgt: EventKind.DmaAlloc,
      dma_free: EventKind.DmaFree,
      dma_free_pages: EventKind.DmaFree,
      dma_free_sgt: EventKind.DmaFree,
    },
    parseCoherent,
  ),
  ...define(SYSTEM, { dma_alloc_sgt_err: EventKind.DmaAlloc }, parseAllocFailure),
  ...define(SYSTEM, { dma_map_sg: EventKind.DmaMapSg }, parseMapSg),
  ...define(SYSTEM, { dma_map_sg_err: EventKind.DmaMapSg }, parseMapSgFailure),
  ...define(
    SYSTEM,
    {
      dma_unmap_sg: EventKind.DmaUnmapSg,
      dma_sync_sg_for_cpu: EventKind.DmaSyncForCpu,
      dma_sync_sg_for_device: EventKind.DmaSyncForDevice,
    },
    parseListOnly,
  ),
];
