import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { CallOptions, Direction, Engine, TextLines } from '../../../src/service/api';
import { createEngine } from '../../../src/service/engine';
import type { SourceAccess } from '../../../src/service/source';
import { memoryFiles } from '../../support/memory-files';

const opened: { engine: Engine; textId: string }[] = [];

afterEach(async () => {
  for (const { engine, textId } of opened.splice(0)) await engine.closeText(textId);
});

interface OpenText {
  find: (pattern: RegExp, from: number, direction: Direction, options?: CallOptions) => Promise<number | undefined>;
  lines: (first: number, count: number) => Promise<TextLines>;
  pick: (...lines: number[]) => Promise<string[]>;
}

async function openText(bytes: Uint8Array | string, access?: SourceAccess): Promise<OpenText> {
  const engine = createEngine(access ?? memoryFiles({ '/trace': { bytes: Buffer.from(bytes) } }));
  const textId = await engine.openText({ path: '/trace' });
  opened.push({ engine, textId });
  return {
    lines: (first, count) => engine.lines(textId, first, count),
    find: (pattern, from, direction, options) => engine.findLine(textId, pattern, from, direction, options),
    pick: (...lines) => engine.pickLines(textId, Uint32Array.from(lines)),
  };
}

/** Lines that differ, in blocks enough that some are dropped again. */
const MANY = Array.from({ length: 60_000 }, (_, i) => `event ${i + 1} ${'·'.repeat(i % 7)}`);

describe('lines of a text', () => {
  it('are those of the file, wherever they stand, with any line ends', async () => {
    const eol = fc.constantFrom('\n', '\r\n');
    const texts = fc.array(
      fc.string({ maxLength: 30 }).map(text => text.replace(/[\r\n]/g, '')),
      { minLength: 1 },
    );
    const property = fc.asyncProperty(texts, eol, fc.boolean(), fc.nat(), fc.nat(), async (lines, end, ends, a, b) => {
      fc.pre(lines.join('') !== '' || lines.length > 1 || ends);
      const { lines: read } = await openText(lines.join(end) + (ends ? end : ''));
      // An empty last line without a line end is none.
      const expected = !ends && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
      const [first, count] = [(a % lines.length) + 1, b % 50];
      expect((await read(first, count)).texts).toEqual(expected.slice(first - 1, first - 1 + count));
      expect((await read(lines.length, 9)).extent).toMatchObject({ lines: expected.length, complete: true });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it.each([
    ['a file as it is', Buffer.from(MANY.join('\n'))],
    ['an archive', gzipSync(MANY.join('\n'))],
  ])('of %s are read across the borders of blocks, forwards and backwards', async (_, bytes) => {
    const text = await openText(bytes);
    for (const first of [1, 1020, 1024, 1025, 59_990, 2048, 1, 40_000]) {
      expect((await text.lines(first, 1100)).texts).toEqual(MANY.slice(first - 1, first + 1099));
    }
    expect((await text.lines(60_000, 100)).extent).toEqual({
      lines: 60_000,
      bytes: Buffer.byteLength(MANY.join('\n')),
      fraction: 1,
      complete: true,
    });
  });

  it('may be empty, the last one of a block and of the text among them', async () => {
    const { lines } = await openText('\n'.repeat(3000));
    expect(await lines(1000, 3000)).toMatchObject({
      texts: Array.from({ length: 2001 }, () => ''),
      extent: { lines: 3000 },
    });
  });

  it('can be picked one by one', async () => {
    const text = await openText(MANY.join('\n'));
    expect(await text.pick(1, 2, 1024, 1025, 60_000, 60_001)).toEqual([0, 1, 1023, 1024, 59_999].map(i => MANY[i]));
    expect(await text.pick()).toEqual([]);
  });

  it('are there before the text is read to its end', async () => {
    const head = Buffer.from(MANY.slice(0, 20_000).join('\n'));
    // The rest of the file never arrives.
    const file = { read: 0 };
    const endless: SourceAccess = {
      ...memoryFiles({}),
      open: () =>
        Promise.resolve({
          stat: () => Promise.resolve({ isDirectory: () => false, isFile: () => true, size: 10 * head.length }),
          read: (buffer: Uint8Array, offset: number, length: number, at?: number) => {
            const start = at ?? file.read;
            const chunk = head.subarray(start, start + length);
            if (chunk.length === 0) return new Promise(() => undefined);
            buffer.set(chunk, offset);
            if (at === undefined) file.read += chunk.length;
            return Promise.resolve({ bytesRead: chunk.length, buffer });
          },
          close: () => Promise.resolve(),
        }) as unknown as ReturnType<SourceAccess['open']>,
    };
    const text = await openText('', endless);
    const { texts, extent } = await text.lines(1, 50);
    expect(texts).toEqual(MANY.slice(0, 50));
    expect(extent.complete).toBe(false);
    expect(extent.lines).toBeGreaterThanOrEqual(50);
  });

  it('of a length that is no trace any more are cut, and say by how much', async () => {
    const { lines } = await openText(`a\n${'b'.repeat(400_000)}\nc\n${'d'.repeat(17_000)}`);
    const [a, b, c, d] = (await lines(1, 9)).texts;
    expect([a, c]).toEqual(['a', 'c']);
    expect(b.replace(/^b{16384}/, 'b')).toBe('b… (383616 bytes more)');
    expect(d.replace(/^d{16384}/, 'd')).toBe('d… (616 bytes more)');
  });

  it('stand before the damage of an archive, which is told', async () => {
    const archive = gzipSync(MANY.join('\n'));
    const { lines } = await openText(archive.subarray(0, archive.length / 2));
    const { texts } = await lines(1, 3);
    expect(texts).toEqual(MANY.slice(0, 3));
    const { extent } = await lines(60_000, 1);
    expect(extent.complete).toBe(true);
    expect(extent.damage).toMatch(/^The gzip archive is damaged or cut off/);
  });
});

describe('a text that cannot be read', () => {
  it('says why', async () => {
    const { lines } = await openText('', memoryFiles({}));
    await expect(lines(1, 10)).rejects.toMatchObject({ name: 'EngineError', message: '/trace does not exist.' });
  });

  it('is not open any more once it is closed', async () => {
    const engine = createEngine(memoryFiles({ '/trace': { bytes: Buffer.from('a\nb') } }));
    const textId = await engine.openText({ path: '/trace' });
    expect((await engine.lines(textId, 1, 2)).texts).toEqual(['a', 'b']);
    await engine.closeText(textId);
    await engine.closeText(textId);
    await expect(engine.lines(textId, 1, 2)).rejects.toThrow('The text is not open any more.');
  });
});

describe('what is looked for in a text', () => {
  /** The same by going from line to line. */
  function nearest(lines: readonly string[], pattern: RegExp, from: number, direction: Direction): number | undefined {
    const step = direction === 'forward' ? 1 : -1;
    for (let i = 1; i <= lines.length; i++) {
      const at = (((from - 1 + step * i) % lines.length) + lines.length) % lines.length;
      if (pattern.test(lines[at])) return at + 1;
    }
    return undefined;
  }

  it('is found in the nearest line, around the end and back', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `event ${i}`);
    const { find } = await openText(lines.join('\n'));
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: lines.length }),
      fc.constantFrom<Direction>('forward', 'backward'),
      fc.constantFrom(/EVENT 7$/i, /event 2999/, /event 0$/, /1{3}/, /event \d+/, /nothing/, / 1024$/, / 2048$/),
      async (from, direction, pattern) => {
        expect(await find(pattern, from, direction)).toBe(nearest(lines, pattern, from, direction));
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  it('is found while the rest is still being read', async () => {
    const { find } = await openText(MANY.join('\n'));
    expect(await find(/^event 3 /, 1, 'forward')).toBe(3);
    expect(await find(/^event 60000/, 1, 'backward')).toBe(60_000);
  });

  it('can be given up', async () => {
    const { find } = await openText(MANY.join('\n'));
    await expect(find(/nothing/, 1, 'forward', { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});
