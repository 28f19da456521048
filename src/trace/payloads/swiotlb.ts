/**
 * include/trace/events/swiotlb.h, system `swiotlb`.
 *
 *   swiotlb_bounced   dev_name: %s dma_mask=%llx dev_addr=%llx size=%zu %s
 *
 * The last word: 4.4 `swiotlb_force` or nothing; 4.10 - 5.18 NORMAL, FORCE or NO_FORCE; since 6.0 NORMAL or FORCE.
 * dev_addr is the original buffer, never the bounce slot. Emitted before the slot is allocated (kernel/dma/swiotlb.c).
 */
import type { EventDraft } from '../event-draft';
import { EventKind } from '../events';
import { define, takeDevice, type EventDefinition, type Payload, type PayloadOutcome } from './payload';

function parseBounced(text: Payload, draft: EventDraft): PayloadOutcome {
  const fields = text.fields;
  const name = fields.has('dev_name') ? fields.value('dev_name') : text.after('dev_name: ');
  if (name === null || !takeDevice(name, draft)) return 'malformed';
  draft.address = fields.address('dev_addr');
  draft.size = fields.number('size');
  draft.detail = isForced(text) ? 1 : 0;
  return draft.address >= 0 && draft.size >= 0 ? 'row' : 'malformed';
}

function isForced(text: Payload): boolean {
  if (text.fields.has('force')) return text.fields.number('force') > 0;
  const cursor = text.fields.value('size');
  cursor.decimal();
  cursor.skipSpaces();
  return cursor.literal('FORCE') || cursor.literal('swiotlb_force');
}

export const swiotlbEvents: EventDefinition[] = define(
  'swiotlb',
  { swiotlb_bounced: EventKind.SwiotlbBounced },
  parseBounced,
);
