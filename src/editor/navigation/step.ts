/** The nearest line before or after the caret, around the ends; undefined when there are none. */
export function stepFrom(lines: readonly number[], caret: number, direction: 1 | -1): number | undefined {
  const sorted = [...lines].sort((a, b) => direction * (a - b));
  return sorted.find(line => direction * (line - caret) > 0) ?? sorted.at(0);
}
