/** Room for a few words within a line: recorders pad their columns, and perf script most of all. */

/** Further right than this, the blanks are as likely to be out of view as the line's end. */
const LAST_COLUMN = 100;

/** A text that fits into blanks of a line. */
export interface TextInBlanks {
  /** 0-based character of the line at which it begins. */
  column: number;
  text: string;
}

/**
 * Puts a text into the longest run of blanks of a line, with one blank left free between it and the line's own words.
 *
 * @param texts in the order of preference
 * @returns the first that fits; undefined if none does
 */
export function textInBlanks(line: string, texts: readonly string[]): TextInBlanks | undefined {
  let [start, length] = [0, 0];
  for (const { index, 0: run } of line.slice(0, LAST_COLUMN).matchAll(/ +(?=\S)/g)) {
    if (run.length > length) [start, length] = [index, run.length];
  }
  const before = start === 0 ? 0 : 1;
  const text = texts.find(candidate => before + candidate.length + 1 <= length);
  return text === undefined ? undefined : { column: start + before, text };
}
