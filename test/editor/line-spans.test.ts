import { describe, expect, it, vi } from 'vitest';
import type { LineFacts } from '../../src/service/api';

vi.mock('vscode', () => import('./vscode-stub'));
const { lineSpans, pageLines } = await import('../../src/editor/large/line-spans');

const MAP =
  '             fio     405 [000]    38.551796:                      iommu:map: IOMMU: iova=0x00000000fffba000 - 0x00000000fffbb000 paddr=0x0000000008e97000 size=4096';
const PAGE =
  '             fio     405 [001]    38.551801:           dma:dma_map_page: 0000:00:04.0 dir=FROM_DEVICE dma_addr=fffba000 size=4096 phys_addr=8e97000 attrs=';

/** The colours of a line with the words that they are given to. */
function colors(text: string, device = -1, direction = -1): [string, string][] {
  return lineSpans(text, device, direction).map(({ start, length, color }) => [
    color,
    text.slice(start, start + length),
  ]);
}

describe('the colours of a line', () => {
  it('are those of its main parts, as long as the trace is not known', () => {
    expect(colors(MAP)).toEqual([
      ['cpu', '[000]'],
      ['time', '38.551796'],
      ['event', 'iommu:map'],
    ]);
  });

  it('tell device and direction apart as soon as they are known', () => {
    expect(colors(PAGE, 1, 2)).toEqual([
      ['cpu', '[001]'],
      ['time', '38.551801'],
      ['iommuDevice2', 'dma:dma_map_page'],
      ['iommuDevice2', '0000:00:04.0'],
      ['iommuFromDevice', 'FROM_DEVICE'],
    ]);
    expect(colors(MAP, 0, 1)).toContainEqual(['iommuToDevice', 'iova=0x00000000fffba000']);
  });

  it.each([
    ['# tracer: nop', 'aside'],
    ['        ffffffff8a1c3f2e iommu_map+0x4e ([kernel.kallsyms])', 'aside'],
    [' => __iommu_map', 'aside'],
    ['CPU:0 [LOST 512 EVENTS]', 'lost'],
    ['##### CPU 1 buffer started ####', 'lost'],
  ])('set apart what is no event: %s', (text, color) => {
    expect(new Set(colors(text).map(([name]) => name))).toEqual(new Set([color]));
  });

  it('of ftrace and QEMU are found as well', () => {
    const ftrace =
      '             fio-405     [000] .....    38.551796: map: IOMMU: iova=0x1000 - 0x2000 paddr=0x3000 size=4096';
    expect(colors(ftrace)).toContainEqual(['event', 'map']);
    expect(colors('vtd_inv_desc_iotlb_pages iotlb invalidate domain 2')).toContainEqual([
      'event',
      'vtd_inv_desc_iotlb_pages',
    ]);
  });

  it('are given to the line that they are about', () => {
    const facts: LineFacts = {
      line: Uint32Array.of(11),
      timeNs: Float64Array.of(0),
      operation: Int32Array.of(0),
      device: Int32Array.of(0),
      direction: Uint8Array.of(2),
    };
    const [before, event] = pageLines(10, ['# header', PAGE], facts);
    expect(before.spans).toEqual([{ start: 0, length: 8, color: 'aside' }]);
    expect(event.spans.map(({ color }) => color)).toContain('iommuDevice1');
    expect(event.eventColumn).toBe(PAGE.indexOf('dma:dma_map_page'));
  });
});
