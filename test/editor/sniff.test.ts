import { describe, expect, it } from 'vitest';
import { looksLikeTrace } from '../../src/editor/language/sniff';

const line = (event: string): string => `     fio-413     [001] .....    47.089748: ${event}`;

describe('recognising a trace by its first lines', () => {
  it('knows perf script', () => {
    const text = ['fio 405 [000] 38.551796: iommu:map: IOMMU: iova=0x1 - 0x2 paddr=0x3 size=1'];
    expect(looksLikeTrace([...text, ...text, ...text])).toBe(true);
  });

  it('knows ftrace and trace-cmd, raw fields too', () => {
    expect(
      looksLikeTrace([
        '# tracer: nop',
        line('map: IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 paddr=0x1 size=4096'),
        line('dma_map_page:         0000:00:04.0 dir=FROM_DEVICE dma_addr=fffbe000 size=4096'),
        line('qi_submit:             qw0=0x400f2 qw1=0xfffbe040 qw2=0x0 qw3=0x0 iommu=dmar0'),
      ]),
    ).toBe(true);
  });

  it("knows QEMU's log, with and without time stamps", () => {
    expect(looksLikeTrace(['vtd_inv_desc_type x', '77@1700.5:vfio_dma_unmap_bitmap y', 'virtio_iommu_map z'])).toBe(
      true,
    );
  });

  it('does not take a log that mentions an event', () => {
    const log = [
      'Nov 21 kernel: DMAR: IOMMU enabled',
      'see iommu:map: for more',
      'map: here is the map: of the site',
      'unmap: done',
    ];
    expect(looksLikeTrace(log)).toBe(false);
  });
});
