import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UnsupportedTraceError } from '../../../src/trace/formats/unsupported';
import { readTrace } from '../../../src/trace/read';
import { fixtureTrace } from '../../support/fixture-traces';
import { bytesOf, ftraceLine, perfLine, rowsOf } from '../../support/read-lines';

const VARIANTS = join(process.cwd(), 'test/fixtures/traces/612-formats-strict/formats');
const DEVICE = '0000:00:04.0';

/** Texts that the fast reader knows, each for both recorders. */
const EVENTS: [string, string][] = [
  ['iommu:map', 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 paddr=0x000000a017b07000 size=4096'],
  ['iommu:unmap', 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 size=4096 unmapped_size=4096'],
  ['dma:dma_map_page', `${DEVICE} dir=FROM_DEVICE dma_addr=fffbe000 size=4096 phys_addr=a17b07000 attrs=`],
  ['dma:dma_map_phys', `${DEVICE} dir=BIDIRECTIONAL dma_addr=1f size=42 phys_addr=0 attrs=SKIP_CPU_SYNC|MMIO`],
  ['dma:dma_unmap_page', `d4280800.sdh dir=TO_DEVICE dma_addr=fffbe000 size=4096 attrs=WEAK_ORDERING`],
  ['dma:dma_unmap_phys', `${DEVICE} dir=FROM_DEVICE dma_addr=fffbe000 size=4096 attrs=`],
  ['dma:dma_map_page', `${DEVICE} dir=FROM_DEVICE dma_addr=ffffffffffffffff size=4096 phys_addr=17b07000 attrs=`],
  ['dma:dma_sync_single_for_cpu', `${DEVICE} dir=FROM_DEVICE dma_addr=fffbe000 size=1522`],
  ['dma:dma_sync_single_for_device', `${DEVICE} dir=TO_DEVICE dma_addr=fffbe000 size=1522`],
  ['intel_iommu:qi_submit', 'iotlb_inv dmar0: 0x400f2 0xfffbe040 0x0 0x0'],
  ['intel_iommu:qi_submit', 'dev_tlb_inv dmar1: 0x1000000003 0x7ffffffffffff001 0x0 0x0'],
];

const PERF = EVENTS.flatMap(([event, text], i) => [
  perfLine(event, text, { cpu: i, time: `12.00000${i % 10}` }),
  perfLine(event, text, { comm: 'kworker/0:1-ev', tid: 7, time: '13.123456789' }),
]);
const FTRACE = EVENTS.flatMap(([event, text], i) => [
  ftraceLine(event.split(':')[1], text, { cpu: i, time: `12.00000${i % 10}` }),
  ftraceLine(event.split(':')[1], text, { comm: '<idle>', pid: 0 }).replace(' [', ' (    411) ['),
]);

/** Bytes that mean something at some place of a line. */
const TELLING = new TextEncoder().encode(' \n\r:=[](),-./0a`gGx');

/** Rows and report with and without the fast reader. */
function both(bytes: Uint8Array): [unknown, unknown] {
  return [true, false].map(generalOnly => {
    try {
      const { events, report } = readTrace(bytes, { generalOnly });
      return { rows: rowsOf(events), strings: events.strings, report };
    } catch (error) {
      if (error instanceof UnsupportedTraceError) return error.kind;
      throw error;
    }
  }) as [unknown, unknown];
}

describe('the fast reader changes nothing', () => {
  it.each(readdirSync(VARIANTS))('in %s', async file => {
    const [general, fast] = both(await fixtureTrace(`612-formats-strict/formats/${file}`));
    expect(fast).toEqual(general);
  });

  it.each([
    '72-lazy/igb-rx-8m/perf-script.txt.xz',
    '72-lazy/igb-rx-8m/ftrace.txt.xz',
    '612-untrusted/igb-rx-8m/ftrace.txt.xz',
    '612-formats-strict/lost/perf-script-show-lost.txt.xz',
    '612-formats-strict/lost/trace_pipe-lost.txt.xz',
    '612-formats-strict/lost/ftrace-overrun.txt',
  ])('in %s', async file => {
    const [general, fast] = both(await fixtureTrace(file));
    expect(fast).toEqual(general);
  });

  it.each([
    ['perf script', PERF],
    ['ftrace', FTRACE],
  ])('in %s lines of every kind', (_, lines) => {
    const [general, fast] = both(bytesOf(...lines));
    expect(fast).toEqual(general);
    expect(general).toMatchObject({ report: { skipped: [], lines: lines.length } });
  });

  it('nor the order of names where call chains stand between', () => {
    const chain = ['\tff8 dma_map_page_attrs+0x26d ([kernel.kallsyms])', ''];
    const lines = [PERF[0], PERF[1], ...chain, PERF[8], ...chain, ...PERF];
    const [general, fast] = both(bytesOf(...lines));
    expect(fast).toEqual(general);
  });

  it.each([
    ['perf script', PERF],
    ['ftrace', FTRACE],
  ])('in damaged %s lines', (_, lines) => {
    const bytes = bytesOf(...lines);
    const damage = fc.record({
      at: fc.nat(bytes.length - 1),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...TELLING)),
      how: fc.constantFrom('overwrite', 'insert', 'delete'),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 8 }), changes => {
        const damaged = [...bytes];
        for (const { at, byte, how } of changes) {
          damaged.splice(at, how === 'insert' ? 0 : 1, ...(how === 'delete' ? [] : [byte]));
        }
        const [general, fast] = both(Uint8Array.from(damaged));
        expect(fast).toEqual(general);
      }),
      { numRuns: 300 },
    );
  });
});
