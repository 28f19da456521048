/** Chao Gao, "swiotlb performance optimizations", 2022-06-28: fio 4 KiB, queue depth 256, one job, VM with swiotlb=force. */
import { Direction } from '../../src/trace/events';
import { OpKind } from '../../src/trace/operations';
import { closedLoop, shipped, totalNs } from './measure';
import { fioJob } from './workloads';

/** Guest CPU per I/O, all of it, ns: CPU load over IOPS. */
export const PUBLISHED_PER_IO = { read: 4030, write: 3610 };
const IOS = 4096;

export interface SwiotlbRow {
  direction: 'read' | 'write';
  /** Predicted ns of the DMA API alone, with the band of the copy price. */
  perIo: number;
  low: number;
  high: number;
  publishedPerIo: number;
}

/** Map and unmap of an I/O under swiotlb: the part of the published time that the DMA API is responsible for. */
export function swiotlbRows(): SwiotlbRow[] {
  return (['read', 'write'] as const).map(direction => {
    const operations = fioJob({
      pages: 1,
      depth: 256,
      ios: IOS,
      thinkNs: PUBLISHED_PER_IO[direction],
      direction: direction === 'read' ? Direction.FromDevice : Direction.ToDevice,
    });
    const result = closedLoop(operations, 'swiotlb', shipped('vtd-bare-metal'));
    const [low, high] = result.time.band;
    return {
      direction,
      perIo: (totalNs(operations, result, OpKind.Map) + totalNs(operations, result, OpKind.Unmap)) / IOS,
      low: low / IOS,
      high: high / IOS,
      publishedPerIo: PUBLISHED_PER_IO[direction],
    };
  });
}
