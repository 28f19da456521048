import { describe, expect, it } from 'vitest';
import { textInBlanks } from '../../src/editor/annotations/blanks';

const texts = ['■ 1.37 µs +57.5 %', '1.37 µs +57.5 %', '1.37 µs'];
const perf = '     fio     405 [000]    38.601844:                      iommu:map: IOMMU: iova=0x00000000fffa8000';
const ftrace = '             fio-405     [000] .....    38.656594: map: IOMMU: iova=0x00000000fffae000';

/** The line with the text where it is drawn: over blanks, so that all else stays where it is. */
function drawn(line: string): string | undefined {
  const room = textInBlanks(line, texts);
  return room && line.slice(0, room.column) + room.text + line.slice(room.column + room.text.length);
}

describe('words in the blanks of a line', () => {
  it('stand where the recorder pads most, and cover nothing', () => {
    expect(drawn(perf)).toBe(
      '     fio     405 [000]    38.601844: ■ 1.37 µs +57.5 %    iommu:map: IOMMU: iova=0x00000000fffa8000',
    );
    for (const line of [perf, ftrace]) {
      const words = (text = ''): string[] =>
        text
          .trim()
          .split(/\s+/)
          .filter(word => !/[■µ%]|^[+\d.]+$/.test(word));
      expect(words(drawn(line))).toEqual(words(line));
    }
  });

  it('are as many as fit with a blank between them and the others', () => {
    expect(drawn(ftrace)).toBe(
      '1.37 µs      fio-405     [000] .....    38.656594: map: IOMMU: iova=0x00000000fffae000',
    );
    const padded = (blanks: number): string => `a${' '.repeat(blanks)}b`;
    expect(textInBlanks(padded(19), texts)?.text).toBe(texts[0]);
    expect(textInBlanks(padded(18), texts)?.text).toBe(texts[1]);
    expect(textInBlanks(padded(9), texts)?.text).toBe(texts[2]);
    expect(textInBlanks(padded(8), texts)).toBeUndefined();
  });

  it('are not put where the line may be out of view, nor behind its end', () => {
    expect(textInBlanks(`${'x'.repeat(120)}${' '.repeat(30)}y`, texts)).toBeUndefined();
    expect(textInBlanks(`x${' '.repeat(30)}`, texts)).toBeUndefined();
    expect(textInBlanks('', texts)).toBeUndefined();
  });
});
