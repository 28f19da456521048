import type { EventSink, LineFate, LinePlace } from '../event-sink';
import type { FastLines } from '../fast/fast-lines';
import type { FormatId } from '../operations';
import type { Sample } from './sample';

/** Reads the lines of one trace. Line ends are cut off. */
export interface LineParser {
  readonly sink: EventSink;
  /** Reads runs of the commonest lines, with the same result as `line`; null: the format has no such reader. */
  readonly fast: FastLines | null;
  line(bytes: Uint8Array, start: number, end: number, place: LinePlace): LineFate;
  /** What the user should know about this trace beside its events, in words. */
  assumptions(): string[];
}

/** A kind of text that traces come in. */
export interface TraceFormat {
  id: FormatId;
  title: string;
  description: string;
  /** Commands that record a trace of this format with all events that a replay uses. */
  record: string;
  /** How many of the sample's lines are certainly of this format; fractions for hints. 0: not this format. */
  sniff(sample: Sample): number;
  open(sample: Sample): LineParser;
}
