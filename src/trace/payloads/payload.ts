import { Ascii, Cursor, indexOfText, startsWith } from '../cursor';
import type { EventDraft } from '../event-draft';
import type { EventKind } from '../events';
import { Fields } from './fields';

/**
 * What became of an event's text.
 * - `row`: the draft is filled.
 * - `known`: an event of a known family that the simulation has no use for; it is counted.
 * - `foreign`: another subsystem's event of the same name (ftrace prints no system).
 * - `malformed`: a field is missing or unreadable.
 */
export type PayloadOutcome = 'row' | 'known' | 'foreign' | 'malformed';

/** One event that a family prints, and how to read its text. */
export interface EventDefinition {
  /** `iommu`, `dma`, `swiotlb`, `intel_iommu`; empty for QEMU, whose events have no system. */
  system: string;
  name: string;
  /** Kind of the row it becomes; null: counted only. */
  kind: EventKind | null;
  /** Fills `draft`, which has been reset to `kind`. */
  parse(text: Payload, draft: EventDraft): PayloadOutcome;
}

/** Definitions of one parser for events that differ in name and kind only. */
export function define(
  system: string,
  kinds: Record<string, EventKind>,
  parse: EventDefinition['parse'],
): EventDefinition[] {
  return Object.entries(kinds).map(([name, kind]) => ({ system, name, kind, parse }));
}

/** Definitions of events of a known family that the simulation has no use for. */
export function defineKnown(
  system: string,
  names: string[],
  parse: EventDefinition['parse'] = () => 'known',
): EventDefinition[] {
  return names.map(name => ({ system, name, kind: null, parse }));
}

/** The text after an event's name, blanks trimmed. One is reused for all lines. */
export class Payload {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  /** Exclusive. */
  end = 0;
  private readonly scanned = new Fields();
  private isScanned = false;
  private readonly cursor = new Cursor();

  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.isScanned = false;
  }

  /** The key=value pairs, found on first use. */
  get fields(): Fields {
    if (!this.isScanned) {
      this.scanned.scan(this.bytes, this.start, this.end);
      this.isScanned = true;
    }
    return this.scanned;
  }

  startsWith(text: string): boolean {
    return startsWith(this.bytes, this.start, this.end, text);
  }

  /** A cursor over the whole text; valid until the next call of this or any method below. */
  read(): Cursor {
    this.cursor.reset(this.bytes, this.start, this.end);
    return this.cursor;
  }

  /** A cursor just behind `label`, null if the text does not contain it. Labels carry their blanks: ` addr `. */
  after(label: string): Cursor | null {
    const at = indexOfText(this.bytes, this.start, this.end, label);
    if (at < 0) return null;
    this.cursor.reset(this.bytes, at + label.length, this.end);
    return this.cursor;
  }

  /** The hexadecimal number behind `label`, -1 if there is none. */
  hexAfter(label: string): number {
    return this.after(label)?.hex() ?? -1;
  }

  /** The decimal number behind `label`, -1 if there is none. */
  decimalAfter(label: string): number {
    return this.after(label)?.decimal() ?? -1;
  }
}

/** Makes the word at the cursor the draft's device; `stops` are bytes that end it beside blanks. False if it is empty. */
export function takeDevice(cursor: Cursor, draft: EventDraft, stops = ''): boolean {
  draft.deviceStart = cursor.at;
  while (!cursor.done && cursor.peek() !== Ascii.Space && !stops.includes(String.fromCharCode(cursor.peek())))
    cursor.at++;
  draft.deviceEnd = cursor.at;
  return draft.deviceEnd > draft.deviceStart;
}
