/** Prices that platforms take from one published figure each: what they make of it, beside it. */
import { Work } from '../../src/iommu/work';
import type { PlatformProfile } from '../../src/platforms/profile';
import { priceOf, shipped } from './measure';

export interface PriceRow {
  what: string;
  pages: number;
  /** ns by the platform's middle value, and by the ends of its band. */
  ns: number;
  low: number;
  high: number;
  /** Published, ns: a range where the source gives several. */
  published: [low: number, high: number];
  source: string;
}

type Parts = [fixed: Work[], perPage: Work[]];

const MAP: Parts = [[Work.MapCall], [Work.PteWrite]];
const UNMAP: Parts = [[Work.UnmapCall], [Work.PteClear]];
const IOCTL_MAP: Parts = [[Work.IoctlMap], [Work.PagePin]];
const IOCTL_UNMAP: Parts = [[Work.IoctlUnmap], [Work.PageUnpin]];
const SYNC: Parts = [[Work.InvalidationWait], []];

const KUNIT = 'Gunthorpe 2025, kunit, i7-12700';
const TT_UMD = 'tt-umd, pin and map ioctl (high end)';
const LI_ZHE = 'Li Zhe 2025, type1, per page of 16 GiB (low end)';
const GIB_16 = 2 ** 22;

const ROWS: readonly [
  what: string,
  platform: string,
  parts: Parts,
  pages: number,
  low: number,
  high: number,
  source: string,
][] = [
  ['VT-d page table, map', 'vtd-bare-metal', MAP, 1, 55, 65, KUNIT],
  ['VT-d page table, map', 'vtd-bare-metal', MAP, 256, 391, 518, KUNIT],
  ['VT-d page table, unmap', 'vtd-bare-metal', UNMAP, 1, 69, 87, KUNIT],
  ['VT-d page table, unmap', 'vtd-bare-metal', UNMAP, 256, 210, 321, KUNIT],
  ['AMD v1 page table, unmap', 'amd-bare-metal', UNMAP, 256, 353, 6498, KUNIT],
  [
    'VT-d invalidation and wait',
    'vtd-bare-metal',
    SYNC,
    1,
    687,
    2000,
    'rIOMMU (2,130 cycles); Kaby Lake debugfs sample',
  ],
  ['SMMUv3 CMD_SYNC', 'smmuv3', SYNC, 1, 190, 800, 'B. Song 2020, Kunpeng 920: SEV to other package'],
  ['map ioctl', 'emulated-vtd', IOCTL_MAP, 1, 25_400, 25_400, TT_UMD],
  ['map ioctl', 'emulated-vtd', IOCTL_MAP, 32, 127_800, 127_800, TT_UMD],
  ['unmap ioctl', 'emulated-vtd', IOCTL_UNMAP, 1, 27_600, 27_600, TT_UMD],
  ['unmap ioctl', 'emulated-vtd', IOCTL_UNMAP, 32, 278_900, 278_900, TT_UMD],
  ['map ioctl', 'emulated-vtd', IOCTL_MAP, GIB_16, 11.7 * GIB_16, 64 * GIB_16, LI_ZHE],
  ['unmap ioctl', 'emulated-vtd', IOCTL_UNMAP, GIB_16, 33 * GIB_16, 74 * GIB_16, LI_ZHE],
];

export function priceRows(): PriceRow[] {
  return ROWS.map(([what, id, parts, pages, low, high, source]) => ({
    what,
    pages,
    ns: total(shipped(id), parts, pages, 'ns'),
    low: total(shipped(id), parts, pages, 'low'),
    high: total(shipped(id), parts, pages, 'high'),
    published: [low, high],
    source,
  }));
}

function total(platform: PlatformProfile, [fixed, perPage]: Parts, pages: number, end: 'ns' | 'low' | 'high'): number {
  const sum = (works: Work[]): number => works.reduce((ns, work) => ns + priceOf(platform, work)[end], 0);
  return sum(fixed) + pages * sum(perPage);
}
