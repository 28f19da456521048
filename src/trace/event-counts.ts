import { ByteInterner } from './byte-interner';
import { eventKey, EVENT_DEFINITIONS, KERNEL_FAMILIES, QEMU_FAMILIES } from './payloads/registry';
import type { EventDefinition } from './payloads/payload';

/** Names of other families kept apart; damaged files can hold any number. */
const MAX_OTHER_NAMES = 2000;
const OVERFLOW_NAME = '(further names)';

/** Definitions by `system:name`, and by bare name for recorders that print no system. */
const BY_KEY = new Map<string, EventDefinition>();
const BY_NAME = new Map<string, EventDefinition>();
for (const definition of EVENT_DEFINITIONS) {
  BY_KEY.set(eventKey(definition), definition);
  BY_NAME.set(definition.name, definition);
}

/** Looks up event names by their bytes and counts them. */
export class EventCounts {
  private readonly names = new ByteInterner();
  private readonly definitions: (EventDefinition | null)[] = [];
  /** Names of a known family that no parser reads. */
  private readonly isFamily: boolean[] = [];
  private readonly known: number[] = [];
  private readonly other: number[] = [];

  /** @param hasSystem whether names are printed as `system:event` (perf) or bare (ftrace, QEMU) */
  constructor(private readonly hasSystem: boolean) {}

  /** Number of the name `bytes[start..end)`. */
  lookUp(bytes: Uint8Array, start: number, end: number): number {
    const id = this.names.intern(bytes, start, end);
    if (id === this.definitions.length) {
      const name = this.names.strings[id];
      const definition = (this.hasSystem ? BY_KEY : BY_NAME).get(name);
      this.isFamily.push((this.hasSystem ? KERNEL_FAMILIES : QEMU_FAMILIES).test(name));
      this.definitions.push(definition ?? null);
      this.known.push(0);
      this.other.push(0);
    }
    return id;
  }

  /** How to read an event; null: an event of another family. */
  definition(id: number): EventDefinition | null {
    return this.definitions[id]!;
  }

  countKnown(id: number): void {
    this.known[id]++;
  }

  /** An event that no parser reads, or another subsystem's of the same name. */
  countOther(id: number): void {
    if (this.definitions[id] === null && this.isFamily[id]) this.known[id]++;
    else this.other[id]++;
  }

  /** Counts by `system:event`. */
  reportKnown(): Record<string, number> {
    return Object.fromEntries(this.list(this.known).map(({ id, name, count }) => [this.keyOf(id, name), count]));
  }

  /** Counts of events of other families, by name as printed. */
  reportOther(): Record<string, number> {
    const others = this.list(this.other);
    const further = others.slice(MAX_OTHER_NAMES).reduce((sum, { count }) => sum + count, 0);
    const counts = others.slice(0, MAX_OTHER_NAMES).map(({ name, count }): [string, number] => [name, count]);
    return Object.fromEntries(further > 0 ? [...counts, [OVERFLOW_NAME, further]] : counts);
  }

  private keyOf(id: number, name: string): string {
    const definition = this.definition(id);
    return definition === null ? name : eventKey(definition);
  }

  private list(counts: number[]): { id: number; name: string; count: number }[] {
    return counts.map((count, id) => ({ id, name: this.names.strings[id], count })).filter(({ count }) => count > 0);
  }
}
