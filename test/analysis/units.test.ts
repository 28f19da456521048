import { describe, expect, it } from 'vitest';
import { formatAddress, formatBytes, formatCount, formatNs, formatPercent } from '../../src/analysis/units';

describe('numbers as people read them', () => {
  it.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [999.7, '1.00 µs'],
    [1000, '1 µs'],
    [1234, '1.23 µs'],
    [12_345_678, '12.3 ms'],
    [5e9, '5 s'],
    [7.2e12, '7200 s'],
    [-1500, '−1.50 µs'],
    [Infinity, '∞'],
    [NaN, '–'],
  ])('%d ns is %s', (ns, text) => expect(formatNs(ns)).toBe(text));

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1_048_575, '1.00 MiB'],
    [1.5 * 2 ** 30, '1.50 GiB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, '0'],
    [1234, '1,234'],
    [1234567.891, '1,234,567.89'],
    [-12_000, '−12,000'],
    [0.0042, '0.0042'],
    [Infinity, '∞'],
  ])('%d is %s', (value, text) => expect(formatCount(value)).toBe(text));

  it.each([
    [0, '0 %'],
    [0.0001, '0 %'],
    [-0.677, '−67.7 %'],
    [1.054, '+105 %'],
    [15, '×16'],
    [Infinity, '–'],
  ])('a ratio of %d is %s', (ratio, text) => expect(formatPercent(ratio)).toBe(text));

  it('addresses are hexadecimal', () => expect(formatAddress(0xfff1b000)).toBe('0xfff1b000'));
});
