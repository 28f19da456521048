import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BLOCK_LINES, LineIndex } from '../../../src/service/text/line-index';

const encoder = new TextEncoder();

function indexOf(bytes: Uint8Array, cuts: readonly number[] = []): LineIndex {
  const index = new LineIndex();
  let from = 0;
  for (const to of [...cuts].sort((a, b) => a - b)) {
    index.push(bytes.subarray(from, to));
    from = to;
  }
  index.push(bytes.subarray(from));
  index.finish();
  return index;
}

/** Lines of very different lengths, so that blocks end by their lines and by their bytes. */
const lines = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.nat({ max: 120 }) },
    { weight: 1, arbitrary: fc.constantFrom(BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES) },
  ),
  { minLength: 1, maxLength: 3 * BLOCK_LINES, size: 'max' },
);

describe('the index of lines', () => {
  it('finds each line in one block, whose bytes are its lines, however the text arrives', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), fc.array(fc.nat({ max: 200_000 }), { maxLength: 5 }), (lengths, ends, cuts) => {
        const text = lengths.map(length => 'x'.repeat(length)).join('\n') + (ends ? '\n' : '');
        const index = indexOf(encoder.encode(text), cuts);
        const expected = text.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(index.lines).toBe(expected.length);
        expect(index.bytes).toBe(text.length);
        for (let line = 0; line < expected.length;) {
          const block = index.blockOf(line);
          const of = text.slice(block.start, block.end).split('\n');
          expect(block.firstLine).toBe(line);
          expect(of).toEqual(expected.slice(line, line + of.length));
          expect(index.blockOf(line + of.length - 1)).toEqual(block);
          expect(of.length).toBeLessThanOrEqual(BLOCK_LINES);
          // Without its last line, which may be of any length, a block is small.
          expect(block.end - block.start - of[of.length - 1].length).toBeLessThanOrEqual(BLOCK_BYTES + 1);
          line += of.length;
        }
      }),
      { numRuns: 12 },
    );
  });

  it('does not count a line before its end, as long as there may be more of it', () => {
    const index = new LineIndex();
    index.push(encoder.encode('one\ntw'));
    expect(index.lines).toBe(1);
    index.push(encoder.encode('o\nthree'));
    expect(index.lines).toBe(2);
    index.finish();
    expect(index.lines).toBe(3);
  });

  it('knows no lines in no bytes', () => expect(indexOf(new Uint8Array(0)).lines).toBe(0));
});
