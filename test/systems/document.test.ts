/** docs/systems.md has every row, with the commands that show it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SYSTEMS } from './rows';

const COUNTS = [8, 8, 5, 5, 6];
const text = readFileSync('docs/systems.md', 'utf8');

describe('docs/systems.md', () => {
  it('has the 32 rows of the five systems, and the baselines', () => {
    const ids = SYSTEMS.flatMap(({ rows }) => rows.map(({ id }) => id));
    const wanted = COUNTS.flatMap((count, i) => Array.from({ length: count }, (_, row) => `${i + 1}.${row + 1}`));
    expect(ids).toEqual([...wanted, 'Baselines']);
  });

  it.each(SYSTEMS.flatMap(({ rows }) => rows))('$id: the document shows its commands and some of their output', row => {
    const start = text.indexOf(`### ${row.id} ${row.title}\n`);
    expect(start).toBeGreaterThan(0);
    const section = text.slice(start).split(/\n##+ /)[0];
    for (const { argv } of row.examples) {
      const parts = section.split(`$ iommu-replay ${argv.join(' ')}\n`);
      expect(parts).toHaveLength(2);
      expect(parts[1].trimStart().startsWith('$')).toBe(false);
    }
    expect(section.split('\n').length).toBeGreaterThan(6);
  });
});
