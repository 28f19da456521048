import { describe, expect, it } from 'vitest';
import { annotations } from '../../src/analysis/annotations';
import { hotspots } from '../../src/analysis/hotspots';
import { rankByCost } from '../../src/analysis/rank';
import { smallTrace, TraceText } from '../support/trace-text';

const trace = smallTrace().trace();
/** map, unmap of 4 KiB; of 64 KiB; of 4 KiB; of the card's 1500 bytes. */
const ns = Float32Array.from([100, 900, 400, 950, 100, 900, 50, 600]);
const other = Float32Array.from([100, 90, 400, 95, 100, 90, 50, 60]);

describe('hotspots', () => {
  it('adds up by device, with the share of the whole and the costliest lines first', () => {
    const [disk, card] = hotspots(trace, ns, 'device', 10);
    expect(disk).toEqual({
      label: '0000:00:04.0',
      operations: 6,
      totalNs: 3350,
      share: 3350 / 4000,
      meanNs: 3350 / 6,
      maxNs: 950,
      line: 8,
      lines: [8, 3, 13, 6, 1, 11],
    });
    expect(card).toMatchObject({ label: '0000:00:06.0', operations: 2, totalNs: 650, line: 18 });
  });

  it('adds up by size class', () => {
    const found = hotspots(trace, ns, 'size', 10).map(spot => [spot.label, spot.operations, spot.totalNs]);
    expect(found).toEqual([
      ['≤ 4 KiB', 6, 2650],
      ['> 32 KiB ≤ 64 KiB', 2, 1350],
    ]);
  });

  it('names single operations, and their lines', () => {
    expect(hotspots(trace, ns, 'operation', 2).map(spot => spot.label)).toEqual([
      'unmap 64 KiB FROM_DEVICE 0000:00:04.0',
      'unmap 4 KiB FROM_DEVICE 0000:00:04.0',
    ]);
    expect(hotspots(trace, ns, 'line', 1)[0].label).toBe('line 8: unmap 64 KiB FROM_DEVICE 0000:00:04.0');
  });

  it('sets the baseline beside', () => {
    expect(hotspots(trace, ns, 'device', 1, other)[0].baselineNs).toBe(875);
    expect(hotspots(trace, ns, 'operation', 1, other)[0].baselineNs).toBe(95);
  });

  it('shows at most as many as asked for', () => expect(hotspots(trace, ns, 'operation', 3)).toHaveLength(3));

  it('does not divide by a cost of zero', () => {
    expect(hotspots(trace, new Float32Array(8), 'device', 1)[0].share).toBe(0);
  });

  it('adds up by the driver code that asked, not by the DMA layers above it', () => {
    const chain = ['iommu_map', 'iommu_dma_map_page', 'dma_map_page_attrs', 'nvme_prep_rq', 'nvme_queue_rqs'];
    const text = new TraceText().map({ iova: 0xfff00000, chain }).map({ iova: 0xffe00000, comm: 'dd' });
    const labels = hotspots(text.trace(), Float32Array.from([2, 1]), 'call-site', 5).map(spot => spot.label);
    expect(labels).toEqual(['nvme_prep_rq', 'dd (no call chain)']);
  });
});

describe('annotations', () => {
  const ranking = rankByCost(ns);

  it('stand where an operation begins, for the range and the ranks asked for', () => {
    const found = annotations(trace, ns, ranking, 1, 10, 4);
    expect(found.map(({ line, operation, ns: cost, rank }) => [line, operation, cost, rank])).toEqual([
      [3, 1, 900, 2],
      [8, 3, 950, 1],
    ]);
  });

  it('tell the baseline where one is given', () => {
    expect(annotations(trace, ns, ranking, 8, 8, 1, other)).toEqual([
      { line: 8, operation: 3, kind: 1, ns: 950, baselineNs: 95, rank: 1 },
    ]);
  });

  it('are none on lines that only continue an operation', () => {
    expect(annotations(trace, ns, ranking, 9, 10, 100)).toEqual([]);
  });
});
