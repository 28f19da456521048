/**
 * The words that the page of the large-trace view and its host exchange. Types only, so that the page imports nothing but
 * types. Lines are 1-based and ranges of lines inclusive.
 *
 * Life of a page: it posts `ready` and waits; the host answers with `strings` and an `extent`, and a new `extent` while
 * the text is being read. The page asks for what it shows. It keeps a `LargeMemory` with `setState`; the host keeps
 * nothing of the page.
 */
import type { Heat } from '../annotations/heat';
import type { LineDetails } from '../language/line-details';
import type { Notice, ProtocolVersion } from '../panel/messages';

/** A part of a line with a colour of its own; parts do not overlap. */
export interface LineSpan {
  start: number;
  length: number;
  /** Name of the colour in the page's style sheet. */
  color: string;
}

export interface PageLine {
  text: string;
  spans: LineSpan[];
  /** Where the event's name begins: what stands before it may be out of view. */
  eventColumn: number;
}

export interface PageAnnotation {
  line: number;
  text: string;
  heat: Heat;
}

/** How far the text has been read. */
export interface PageExtent {
  lines: number;
  /** 0..1 */
  fraction: number;
  complete: boolean;
}

export interface LargeMemory {
  /** Line at the top of the view, with a fraction. */
  top: number;
  /** Current line. */
  line: number;
}

export type HostToLarge =
  /** Translations by English text, as for `vscode.l10n`. */
  | { type: 'strings'; language: string; bundle: Record<string, string> }
  | { type: 'extent'; extent: PageExtent }
  /** Answers `lines`; fewer than asked for only at the end of the text. */
  | { type: 'lines'; first: number; lines: PageLine[] }
  /** What the page has of these is out of date: the text itself, its colours, or the annotations. */
  | { type: 'stale'; what: 'text' | 'colors' | 'annotations' }
  /** Answers `annotations` with those of the range, and the places of the costliest lines of the whole trace. */
  | { type: 'annotations'; from: number; to: number; lines: PageAnnotation[]; marks: number[] }
  /** `count`: of all reveals that the page has been told of, with this one. */
  | { type: 'reveal'; line: number; focus: boolean; count: number }
  /** Answers `caret`; no details: the line is no event. */
  | { type: 'details'; line: number; details: LineDetails | null }
  /** Something failed, or is not as it should be; null: no more. */
  | { type: 'notice'; notice: Notice | null };

export type LargeToHost =
  | { type: 'ready'; version: ProtocolVersion }
  | { type: 'lines'; first: number; count: number }
  | { type: 'annotations'; from: number; to: number }
  /**
   * The current line, and the lines selected with it; one line alone is no selection. `reveals`: the count of the last
   * reveal that it comes after.
   */
  | { type: 'caret'; line: number; from: number; to: number; reveals: number }
  | { type: 'copy'; from: number; to: number }
  /** An error of the page's own code, for the log. */
  | { type: 'pageError'; message: string; stack: string };
