/**
 * D. Stevens, "Add dynamic iommu backed bounce buffers", 2021-07-07: fio read, queue depth 64, one job, in a guest with a
 * VFIO NVMe behind virtio-iommu (lore.kernel.org/r/20210707075505.2896824-1-stevensd@google.com).
 */
import { OpKind } from '../../src/trace/operations';
import { closedLoop, shipped, totalNs } from './measure';
import { fioJob, PAGE } from './workloads';

const DEPTH = 64;
/** Bytes read per block size: enough that growing the pool is no part of the figures, as in runs of seconds. */
const BYTES = 2 ** 27;

export interface BounceRow {
  kib: number;
  /** Throughput, bounce buffers over strict. */
  gain: number;
  publishedGain: number;
  /** Time per GB in unmap and in map: share that bounce buffers take off, percent. */
  unmapSaved: number;
  publishedUnmapSaved: number;
  mapSaved: number;
  /** Whether the CPU or the drive limits the throughput under bounce buffers. */
  bound: 'CPU' | 'drive';
}

const PUBLISHED: readonly [kib: number, gain: number, unmapSaved: number][] = [
  [4, 2.8, 97],
  [16, 4.7, 94],
  [64, 3.6, 90],
  [128, 3.6, 87],
];
/** Published for all four block sizes: more than this, percent. */
export const PUBLISHED_MAP_SAVED = 99;

/** The published table, replayed with the platform as it ships. */
export function bounceBufferRows(): BounceRow[] {
  const platform = shipped('virtio-iommu');
  const { fixed, perPage } = platform.ioBase!;
  return PUBLISHED.map(([kib, publishedGain, publishedUnmapSaved]) => {
    const pages = (kib * 1024) / PAGE;
    const ios = BYTES / pages / PAGE;
    const operations = fioJob({ pages, depth: DEPTH, ios, thinkNs: fixed.ns + perPage.ns * pages });
    const strict = closedLoop(operations, 'strict', platform);
    const bounced = closedLoop(operations, 'bounce-dynamic', platform, { version: 'v1', threshold: 128 });
    const saved = (kind: OpKind): number =>
      100 * (1 - totalNs(operations, bounced, kind) / totalNs(operations, strict, kind));
    return {
      kib,
      gain: strict.time.makespanNs / bounced.time.makespanNs,
      publishedGain,
      unmapSaved: saved(OpKind.Unmap),
      publishedUnmapSaved,
      mapSaved: saved(OpKind.Map),
      bound: bounced.findings.some(finding => finding.text.includes('bound by the device')) ? 'drive' : 'CPU',
    };
  });
}
