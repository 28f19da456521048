import { describe, expect, it } from 'vitest';
import { ftraceRow, perfRow } from '../../support/read-lines';

describe('swiotlb_bounced', () => {
  it('names the original buffer, and whether bouncing was forced', () => {
    const text = 'dev_name: 0000:00:04.0 dma_mask=ffffffffffffffff dev_addr=1104a000 size=4096 FORCE';
    expect(perfRow('swiotlb:swiotlb_bounced', text)).toEqual({
      kind: 'SwiotlbBounced',
      device: '0000:00:04.0',
      address: 0x1104a000,
      phys: 0,
      size: 4096,
      flags: [],
      detail: 1,
      domainId: -1,
      nents: 0,
      list: [],
    });
  });

  it.each([
    ['NORMAL', 0],
    ['NO_FORCE', 0],
    ['FORCE', 1],
    ['swiotlb_force', 1],
    ['', 0],
  ])('the last word %j of some version', (word, forced) => {
    const text = `dev_name: d4280800.sdh dma_mask=ffffffff dev_addr=ffffffffffffffff size=4 ${word}`;
    expect(ftraceRow('swiotlb_bounced', text)).toMatchObject({
      device: 'd4280800.sdh',
      address: 2 ** 64,
      detail: forced,
      flags: [],
    });
  });

  it('is read from binary fields', () => {
    const text =
      'dev_name=0000:00:04.0 dma_mask=0xffffffff (4294967295) dev_addr=0x1104a000 (285515776) size=0x1000 (4096) force=(1)';
    expect(ftraceRow('swiotlb_bounced', text)).toMatchObject({ device: '0000:00:04.0', size: 4096, detail: 1 });
  });
});
