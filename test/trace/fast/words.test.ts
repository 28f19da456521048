import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal4, hex4, Literal, skipBlanks } from '../../../src/trace/fast/words';

const viewOf = (text: string): DataView => new DataView(new TextEncoder().encode(text.padEnd(64, '\n')).buffer);

describe('four hexadecimal digits at once', () => {
  it('are read as parseInt reads them', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), value => {
        const digits = value.toString(16).padStart(4, '0');
        expect(hex4(viewOf(digits).getInt32(0))).toBe(value);
      }),
    );
  });

  it('any other byte among them is found', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (let position = 0; position < 4; position++) {
        const bytes = new TextEncoder().encode('09af');
        bytes[position] = byte;
        const isDigit = /[0-9a-f]/.test(String.fromCharCode(byte));
        expect(hex4(new DataView(bytes.buffer).getInt32(0)) >= 0, `${byte} at ${position}`).toBe(isDigit);
      }
    }
  });
});

describe('four decimal digits at once', () => {
  it('are read as Number reads them', () => {
    for (let value = 0; value < 10_000; value++) {
      expect(decimal4(viewOf(String(value).padStart(4, '0')).getInt32(0, true))).toBe(value);
    }
  });

  it('any other byte among them is found', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (let position = 0; position < 4; position++) {
        const bytes = new TextEncoder().encode('0951');
        bytes[position] = byte;
        const isDigit = byte >= 48 && byte <= 57;
        expect(decimal4(new DataView(bytes.buffer).getInt32(0, true)) >= 0, `${byte} at ${position}`).toBe(isDigit);
      }
    }
  });
});

describe('literals', () => {
  it.each([4, 5, 7, 8, 9, 12, 13, 16])('of %i characters match themselves only', length => {
    const text = 'abcdefghijklmnop'.slice(0, length);
    const literal = new Literal(text);
    expect(literal.matches(viewOf(`x${text}`), 1)).toBe(true);
    for (let i = 0; i < length; i++) {
      expect(literal.matches(viewOf(`x${text.slice(0, i)}#${text.slice(i + 1)}`), 1)).toBe(false);
    }
  });

  it('blanks are skipped to the first other byte', () => {
    for (let count = 0; count < 12; count++) {
      const view = viewOf(`${' '.repeat(count)}x`);
      expect(skipBlanks(new Uint8Array(view.buffer), view, 0)).toBe(count);
    }
  });
});
