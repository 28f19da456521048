import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/analysis/diagnostics';
import { smallTrace, TraceText } from '../support/trace-text';

/** `count` mappings of 1 µs, one after the other. */
function busy(text: TraceText, count: number, from = 0): TraceText {
  for (let i = 0; i < count; i++) {
    text.map({ iova: 0xfff00000, at: from + i * 10_000 }).unmap({ iova: 0xfff00000 });
  }
  return text;
}

describe('diagnostics', () => {
  it('find nothing in a sound trace', () => {
    const { diagnostics, totals } = diagnose(smallTrace().trace(), 10);
    expect(diagnostics).toEqual([]);
    expect(Object.values(totals).every(total => total === 0)).toBe(true);
  });

  it('find a map that outlives all others and is never ended', () => {
    const text = busy(new TraceText().map({ iova: 0xffe00000, at: 0 }), 30, 5000);
    const { diagnostics, totals } = diagnose(text.trace(), 10);
    expect(totals['leaked-map']).toBe(1);
    expect(diagnostics[0]).toMatchObject({ kind: 'leaked-map', severity: 'warning', line: 1, operation: 0 });
    expect(diagnostics[0].text).toMatch(/^Leaked map\? map 4 KiB FROM_DEVICE 0000:00:04\.0 is never unmapped/);
    expect(diagnostics[0].advice).toContain('CONFIG_DMA_API_DEBUG');
  });

  it('take I/O in flight at the end for no leak', () => {
    const text = busy(new TraceText(), 30).map({ iova: 0xffe00000, at: 300_000 });
    expect(diagnose(text.trace(), 10).totals['leaked-map']).toBe(0);
  });

  it('find an address that is unmapped twice, and both lines', () => {
    const { diagnostics } = diagnose(smallTrace().unmap({ iova: 0xffe00000, size: 65536 }).trace(), 10);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ kind: 'double-unmap', severity: 'error', line: 21 });
    expect(diagnostics[0].text).toContain('0xffe00000 was already unmapped on line 8');
  });

  it('take an unmap of something mapped before the recording for no double one', () => {
    expect(diagnose(new TraceText().unmap({ iova: 0xfff00000 }).trace(), 10).totals['double-unmap']).toBe(0);
  });

  it('find an unmap in another direction than the map', () => {
    const text = new TraceText().map({ iova: 0xfff00000 }).unmap({ iova: 0xfff00000, direction: 'TO_DEVICE' });
    expect(diagnose(text.trace(), 10).diagnostics).toMatchObject([
      { kind: 'direction-mismatch', line: 3, text: expect.stringContaining('mapped FROM_DEVICE on line 1') as string },
    ]);
  });

  it('find bursts of unmaps', () => {
    const text = busy(new TraceText(), 400);
    const burst = 5_000_000;
    for (let i = 0; i < 300; i++) text.map({ iova: 0xe0000000 + i * 4096, at: burst + i * 10 });
    for (let i = 0; i < 300; i++) text.unmap({ iova: 0xe0000000 + i * 4096, at: burst + 10_000 + i * 10 });
    busy(text, 400, 50_000_000);
    const { diagnostics, totals } = diagnose(text.trace(), 10);
    expect(totals['unmap-storm']).toBe(1);
    expect(diagnostics[0].line).toBeGreaterThanOrEqual(400 * 5 + 300 * 2 - 10);
    expect(diagnostics[0].text).toMatch(/^Unmap storm: \d+ unmaps on CPU 0 within /);
  });

  it('find mappings too large for the IOVA caches', () => {
    const text = smallTrace().map({ iova: 0xf0000000, size: 256 * 1024 });
    expect(diagnose(text.trace(), 10).diagnostics).toMatchObject([
      { kind: 'iova-cache-limit', line: 21, advice: expect.stringContaining('max_sectors_kb=128') as string },
    ]);
  });

  it('find an IOVA space that is spread thin', () => {
    const text = new TraceText();
    for (let i = 0; i < 100; i++) text.map({ iova: 0x10000000 + i * 16 * 4096 });
    expect(diagnose(text.trace(), 10).diagnostics).toMatchObject([
      {
        kind: 'iova-fragmentation',
        text: expect.stringContaining('100 mappings of 400 KiB are spread over 6.19 MiB') as string,
      },
    ]);
  });

  it('count all but tell only so many', () => {
    const text = new TraceText();
    for (let i = 0; i < 5; i++) text.map({ iova: 0xfff00000 }).unmap({ iova: 0xfff00000, direction: 'TO_DEVICE' });
    const { diagnostics, totals } = diagnose(text.trace(), 2);
    expect(diagnostics).toHaveLength(2);
    expect(totals['direction-mismatch']).toBe(5);
  });
});
