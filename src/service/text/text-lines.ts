/** What is told of a text by lines. */

/** How far a text is known. */
export interface TextExtent {
  /** Lines so far. */
  lines: number;
  /** Decompressed bytes so far. */
  bytes: number;
  /** Of the source that has been read, 0..1. */
  fraction: number;
  complete: boolean;
  /** Why the text ends before its source does. */
  damage?: string;
}

/** Which way to go through the lines. */
export type Direction = 'forward' | 'backward';

/** Lines of a text, without their line ends. */
export interface TextLines {
  texts: string[];
  extent: TextExtent;
}
