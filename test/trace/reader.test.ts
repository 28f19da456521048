import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnsupportedTraceError } from '../../src/trace/formats/unsupported';
import { MAX_LINE_BYTES, TraceReader, type ReadReport, type ReadResult } from '../../src/trace/reader';
import { readTrace } from '../../src/trace/read';
import { bytesOf, ftraceLine, perfLine, readLines, rowsOf } from '../support/read-lines';

const MAP = 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 paddr=0x0000000017b07000 size=4096';
const UNMAP = 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 size=4096 unmapped_size=4096';
const DMA_MAP = '0000:00:04.0 dir=FROM_DEVICE dma_addr=fffbe000 size=4096 phys_addr=17b07000 attrs=';
const SG =
  '[FAILED TO PARSE] device=0000:00:04.0 full_nents=1 full_ents=1 truncated=0 phys_addrs=ARRAY[00, c0, bf, 17, 00, 00, 00, 00] dma_addrs=ARRAY[00, 00, f9, ff, 00, 00, 00, 00] lengths=ARRAY[00, 00, 01, 00] dir=2 attrs=0x100';

const TRACE = bytesOf(
  '# ========',
  perfLine('iommu:map', MAP, { time: '1.000000' }),
  perfLine('dma:dma_map_page', DMA_MAP, { time: '1.000002' }),
  'fio     413 [001]     1.000003:                 dma:dma_map_sg: ' + SG,
  '\tffffffff819877aa __traceiter_dma_map_sg+0x5a ([kernel.kallsyms])',
  '\tffffffff8198bc44 dma_map_sg_attrs+0x1f4 ([kernel.kallsyms])',
  '',
  'not a line of perf',
  perfLine('iommu:unmap', UNMAP, { time: '1.000009', cpu: 0 }),
);

/** Feeds `bytes` in pieces of the given sizes, over and over. */
function readInPieces(bytes: Uint8Array, sizes: number[]): ReadResult {
  const reader = new TraceReader();
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  return reader.finish();
}

function accounted(report: ReadReport): number {
  return report.parsedBytes + report.ignoredBytes + report.skippedBytes;
}

/** Reads what may be no trace at all; null if it is refused with a reason. */
function readOrRefuse(bytes: Uint8Array): ReadResult | null {
  try {
    return readTrace(bytes);
  } catch (error) {
    if (error instanceof UnsupportedTraceError) return null;
    throw error;
  }
}

describe('a reader', () => {
  it('gives the same rows and report wherever the pieces end', () => {
    const whole = readTrace(TRACE);
    expect(whole.events.count).toBe(4);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), sizes => {
        const pieces = readInPieces(TRACE, sizes);
        expect(rowsOf(pieces.events)).toEqual(rowsOf(whole.events));
        expect(pieces.report).toEqual(whole.report);
      }),
    );
  });

  it('gives the same rows for a trace longer than its buffer, byte by byte or at once', () => {
    const long = new Uint8Array(TRACE.length * 500);
    for (let i = 0; i < 500; i++) long.set(TRACE, i * TRACE.length);
    const whole = readTrace(long);
    const pieces = readInPieces(long, [1, 70_001, 13, 250_000]);
    expect(whole.events.count).toBe(2000);
    expect(rowsOf(pieces.events)).toEqual(rowsOf(whole.events));
    expect(pieces.report).toEqual(whole.report);
  });

  it('can be written into without a copy', () => {
    const reader = new TraceReader({ expectedBytes: TRACE.length });
    for (let at = 0; at < TRACE.length; at += 100) {
      const piece = TRACE.subarray(at, at + 100);
      reader.space(100).set(piece);
      reader.advance(piece.length);
    }
    expect(rowsOf(reader.finish().events)).toEqual(rowsOf(readTrace(TRACE).events));
  });

  it('places each row at its line and byte', () => {
    const { events } = readTrace(TRACE);
    const text = new TextDecoder().decode(TRACE);
    expect([...events.line.subarray(0, 4)]).toEqual([2, 3, 4, 9]);
    for (let row = 0; row < events.count; row++) {
      const line = text.split('\n')[events.line[row] - 1];
      expect(text.slice(events.offset[row], events.offset[row] + line.length)).toBe(line);
    }
  });
});

describe('every byte is accounted for', () => {
  it('as parsed, ignored or skipped', () => {
    const { report } = readTrace(TRACE);
    expect(report.bytes).toBe(TRACE.length);
    expect(accounted(report)).toBe(TRACE.length);
    expect(report.skippedBytes).toBe('not a line of perf\n'.length);
    expect(report.skipped).toMatchObject([{ count: 1, firstLine: 8, bytes: report.skippedBytes }]);
  });

  it('in any mixture of lines, damaged or not', () => {
    const line = fc.oneof(
      fc.constantFrom(perfLine('iommu:map', MAP), perfLine('dma:dma_map_page', DMA_MAP), '', '# header', `\r`),
      fc.constant(perfLine('iommu:unmap', UNMAP)).chain(text => fc.nat(text.length).map(n => text.slice(0, n))),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.boolean(), (lines, endsWithFeed) => {
        const text = [perfLine('iommu:map', MAP), ...lines].join('\n') + (endsWithFeed ? '\n' : '');
        const bytes = new TextEncoder().encode(text);
        const { report } = readTrace(bytes);
        expect(report.bytes).toBe(bytes.length);
        expect(accounted(report)).toBe(bytes.length);
        expect(report.skipped.reduce((sum, skip) => sum + skip.bytes, 0)).toBe(report.skippedBytes);
      }),
    );
  });

  it('in random bytes, which are read or refused but never crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), bytes => {
        const result = readOrRefuse(bytes);
        if (result !== null) expect(accounted(result.report)).toBe(bytes.length);
      }),
    );
  });

  it.each([
    ['perf script', perfLine('iommu:map', MAP)],
    ['ftrace', ftraceLine('map', MAP)],
    ['trace-cmd', `cpus=2\n${ftraceLine('map', ' '.repeat(18) + MAP)}`],
    ['QEMU', '249@1795221952.638175:vtd_page_walk_one domain 0x3 iova 0x1000 -> gpa 0x2000 mask 0xfff perm 3'],
  ])('after any byte of a %s trace was overwritten', (_, first) => {
    const bytes = bytesOf(first, first.split('\n').at(-1)!, first.split('\n').at(-1)!);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(255), (at, value, second) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        damaged[(at * 7) % bytes.length] = second;
        const result = readOrRefuse(damaged);
        if (result !== null) expect(accounted(result.report)).toBe(bytes.length);
      }),
      { numRuns: 400 },
    );
  });
});

describe('damaged input', () => {
  it('a byte order mark and CRLF line ends change nothing but the account', () => {
    const plain = readLines(perfLine('iommu:map', MAP), perfLine('iommu:unmap', UNMAP));
    const marked = readTrace(
      new TextEncoder().encode(`\ufeff${perfLine('iommu:map', MAP)}\r\n${perfLine('iommu:unmap', UNMAP)}\r\n`),
    );
    expect(marked.report.ignoredBytes).toBe(3);
    expect(accounted(marked.report)).toBe(marked.report.bytes);
    expect(marked.events.count).toBe(2);
    expect([...marked.events.address.subarray(0, 2)]).toEqual([...plain.events.address.subarray(0, 2)]);
    expect(marked.events.offset[0]).toBe(3);
  });

  it('an unfinished last line is told from a damaged one', () => {
    const whole = perfLine('iommu:map', MAP);
    const { report } = readTrace(new TextEncoder().encode(`${whole}\n${whole.slice(0, 90)}`));
    expect(report.skipped.map(skip => [skip.reason, skip.severity, skip.firstLine])).toEqual([
      ['Last line ends in the middle of an event', 'info', 2],
    ]);
  });

  it('a complete last line needs no line feed', () => {
    const { events, report } = readTrace(new TextEncoder().encode(perfLine('iommu:map', MAP)));
    expect(events.count).toBe(1);
    expect(report.skipped).toEqual([]);
  });

  it('holes of NUL bytes are called binary', () => {
    const line = perfLine('iommu:map', MAP);
    const { events, report } = readTrace(new TextEncoder().encode(`${line}\n${'\0'.repeat(5)}${line}\n${line}\n`));
    expect(events.count).toBe(2);
    expect(report.skipped.map(skip => skip.reason)).toEqual(['Line contains binary data']);
  });

  it('overlong lines are skipped whole, with bounded memory and however they arrive', () => {
    const line = perfLine('iommu:map', MAP);
    const text = `${line}\n${'x'.repeat(2 * MAX_LINE_BYTES)}\n${line}\n${'y'.repeat(MAX_LINE_BYTES + 1)}`;
    const bytes = new TextEncoder().encode(text);
    for (const { events, report } of [readTrace(bytes), readInPieces(bytes, [100_003])]) {
      expect([...events.line.subarray(0, 2)]).toEqual([1, 3]);
      expect(report.lines).toBe(4);
      expect(report.skipped).toMatchObject([{ reason: 'Line is longer than 1 MiB', count: 2, firstLine: 2 }]);
      expect(accounted(report)).toBe(bytes.length);
    }
  });

  it('a line exactly as long as allowed is read', () => {
    const line = perfLine('iommu:map', MAP);
    const long = `${perfLine('iommu:map', MAP)}${' '.repeat(MAX_LINE_BYTES - line.length - 1)}`;
    const { events } = readTrace(new TextEncoder().encode(`${line}\n${long}\n`));
    expect(events.count).toBe(2);
  });

  it('names of objects’ own properties are counted as any other', () => {
    const { report } = readLines(
      perfLine('iommu:map', MAP),
      perfLine('x:__proto__', ''),
      perfLine('iommu:constructor', ''),
    );
    expect(Object.entries(report.otherEvents)).toEqual([['x:__proto__', 1]]);
    expect(report.events).toEqual({ 'iommu:map': 1, 'iommu:constructor': 1 });
  });

  it('thousands of different names are summed up', () => {
    const lines = Array.from({ length: 2100 }, (_, i) => perfLine(`x:event${i}`, ''));
    const { report } = readLines(...lines);
    expect(Object.keys(report.otherEvents)).toHaveLength(2001);
    expect(report.otherEvents['(further names)']).toBe(100);
  });
});

describe('times', () => {
  it('are ns since the first event, exact for clocks that count from 1970', () => {
    const { events, report } = readLines(
      perfLine('iommu:map', MAP, { time: '1795221952.638175123' }),
      perfLine('iommu:unmap', UNMAP, { time: '1795221953.638175124' }),
    );
    expect([...events.time.subarray(0, 2)]).toEqual([0, 1_000_000_001]);
    expect(report.spanNs).toBe(1_000_000_001);
  });

  it('that run backwards keep the order of the file, and are remarked on', () => {
    const { events, report } = readLines(
      perfLine('iommu:map', MAP, { time: '2.000000' }),
      perfLine('iommu:unmap', UNMAP, { time: '1.999999' }),
    );
    expect([...events.time.subarray(0, 2)]).toEqual([0, -1000]);
    expect(report.spanNs).toBe(1000);
    expect(report.assumptions).toEqual([expect.stringContaining('1 events carry an earlier time')]);
  });

  it('CPUs are those of the events, sorted', () => {
    const cpus = [12, 3, 12, 0].map(cpu => perfLine('iommu:map', MAP, { cpu }));
    expect(readLines(...cpus).report.cpus).toEqual([0, 3, 12]);
  });
});
