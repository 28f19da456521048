import { describe, expect, it } from 'vitest';
import { parsePattern } from '../../src/editor/large/parse-pattern';

describe('what is looked for', () => {
  it('is a text in any case, whatever signs it has', () => {
    const text = '0xFFFB (a|b) [1] {2} $^.*+?\\';
    expect(parsePattern(text).test(`... ${text.toLowerCase()} ...`)).toBe(true);
    expect(parsePattern('a.b').test('axb')).toBe(false);
    expect(parsePattern('/dev/sda').test('open /DEV/sda')).toBe(true);
  });

  it('is a regular expression between slashes', () => {
    expect(parsePattern('/size=(4|8)096$/').test('size=8096')).toBe(true);
    expect(parsePattern('/SIZE/').test('size')).toBe(false);
    expect(parsePattern('/SIZE/i').test('size')).toBe(true);
    expect(() => parsePattern('/(/')).toThrow(SyntaxError);
  });
});
