/** What keys do in the text: as in an editor, by lines. */

export type Move =
  | { kind: 'go'; line: number; extend: boolean }
  /** Moves the view by lines and leaves the current line alone. */
  | { kind: 'scroll'; by: number }
  /** Selects all lines. */
  | { kind: 'all' };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** undefined: the key is not ours. @param at the current line, the number of lines, and the lines of a page */
export function caretKey(event: Key, at: { line: number; lines: number; page: number }): Move | undefined {
  const { key, altKey, shiftKey: extend } = event;
  const control = event.ctrlKey || event.metaKey;
  if (altKey) return undefined;
  if (control && key.toLowerCase() === 'a') return { kind: 'all' };
  if (control && key === 'ArrowDown') return { kind: 'scroll', by: 1 };
  if (control && key === 'ArrowUp') return { kind: 'scroll', by: -1 };
  const line = target(key, at);
  return line === undefined ? undefined : { kind: 'go', line: Math.max(1, Math.min(line, at.lines)), extend };
}

function target(key: string, { line, lines, page }: { line: number; lines: number; page: number }): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return line + 1;
    case 'ArrowUp':
      return line - 1;
    case 'PageDown':
      return line + page;
    case 'PageUp':
      return line - page;
    case 'Home':
      return 1;
    case 'End':
      return lines;
    case 'Escape':
      return line;
    default:
      return undefined;
  }
}
