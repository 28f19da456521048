/** Section (b): published tables, predicted from generated workloads. The same figures are held to limits in test/published. */
import { bounceBufferRows } from '../published/bounce-buffers';
import { queueRows, tlbiRows } from '../published/command-queue';
import { errorOf, shipped } from '../published/measure';
import { nestedCalls, nestedRows } from '../published/nested-guest';
import { pasidRows, type1Rows } from '../published/questions';
import {
  gbpsByPublishedReads,
  linux60,
  PUBLISHED_RECEIVE,
  receiveRow,
  type ReceiveFigures,
} from '../published/receive';
import { swiotlbRows } from '../published/swiotlb';
import { trappedRows } from '../published/trapped-queue';
import { priceRows } from '../published/unit-prices';
import { formatNumber, percent, table, type Cell } from './markdown';

/** Markdown of all of section (b), without its heading. */
export function publishedSections(): string {
  return [
    introduction(),
    bounceBuffers(),
    commandQueue(),
    trappedQueue(),
    tlbi(),
    receive(),
    nested(),
    swiotlb(),
    pasid(),
    type1(),
    unitPrices(),
  ].join('\n\n');
}

function introduction(): string {
  return `The workloads are generated (\`test/published/workloads.ts\`) from what the authors say of their set-ups, and replayed
with the platforms as they ship unless a variant is named. *Fitted* numbers were chosen to meet the very table they stand
beside: they show that the model can have the table's shape, not that it foretold it. All others come from elsewhere.`;
}

function bounceBuffers(): string {
  const rows = bounceBufferRows().map((row): Cell[] => [
    `${row.kib} KiB`,
    `× ${formatNumber(row.publishedGain)}`,
    `× ${row.gain.toFixed(2)}`,
    percent(errorOf(row.gain, row.publishedGain)),
    row.bound,
    `−${row.publishedUnmapSaved} %`,
    `−${row.unmapSaved.toFixed(1)} %`,
    points(row.publishedUnmapSaved - row.unmapSaved),
    `−${row.mapSaved.toFixed(1)} %`,
  ]);
  const head = ['block', 'gain', 'predicted', 'error', 'bound', 'unmap per GB', 'predicted', 'error', 'map (< −99 %)'];
  return `### Bounce buffers on virtio-iommu (Stevens 2021)

fio read, queue depth 64, one CPU, user pages scattered; \`strict\` against \`bounce-dynamic\` (v1, threshold 128 KiB) on
\`virtio-iommu\`, closed loop: X = min(1/S, D/bs, QD/(S + Dv + L)).

${table(head, rows)}

Fitted to the eight figures: CPU time per I/O (12.6 us), UNMAP request (10.1 us and 2.95 us per host mapping, MAP = its fixed
part + 1 us), drive (0.97 GB/s), copy in the cache (13.5 GB/s). Their common scale is anchored, not identified: all times
times k give the same ratios. Not fitted: which requests there are and how many (one MAP per discontiguous page, one UNMAP
per I/O), which copies are made, 8.3 GB/s for copies beyond the cache, 6 MiB of cache, 100 ns a page, 100 ns for the pool.
What remains is at 64 and 128 KiB: both are bound by the drive, so that the gain has to fall from one to the other as the
fixed part of the strict cost spreads over more bytes; the published one does not, to its two digits.`;
}

function commandQueue(): string {
  const rows = queueRows().map((row): Cell[] => [
    row.cpus,
    row.publishedMainline,
    Math.round(row.mainline),
    percent(errorOf(row.mainline, row.publishedMainline)),
    row.publishedPatched,
    Math.round(row.patched),
    percent(errorOf(row.patched, row.publishedPatched)),
  ]);
  const head = ['CPUs', 'mainline', 'predicted', 'error', 'without cmpxchg', 'predicted', 'error'];
  return `### One SMMUv3 command queue (Kunpeng 920, August 2020)

Thousands of map-unmap pairs of a page per CPU and second; \`strict\` on \`smmuv3\`, all CPUs in a loop.

${table(head, rows)}

Fitted: the law of the queue, s0 + s1·n ns per passage with n CPUs at it (mainline 375 + 17 n, which ships; patched 275 +
4.5 n), and one time for both kernels that a turn of the loop spends outside the DMA API (2.5 us): five numbers for eight
figures. Not fitted: the TLBI, the wait for CMD_SYNC (280 ns) and the page-table work. The waits of several CPUs overlap, as
the patched kernel's 193,000 pairs on each of 16 CPUs show: 324 ns per pair in all, less than a TLBI and its wait.`;
}

function trappedQueue(): string {
  const rows = trappedRows().map((row): Cell[] => [
    `${row.pages * 4} KiB`,
    row.publishedTrapped,
    row.trapped.toFixed(1),
    percent(errorOf(row.trapped, row.publishedTrapped)),
    row.publishedHardware,
    row.hardware.toFixed(1),
    percent(errorOf(row.hardware, row.publishedHardware)),
  ]);
  const head = ['buffer', 'trapped', 'predicted', 'error', 'hardware queue', 'predicted', 'error'];
  return `### A trapped queue and one of the hardware (NVIDIA Grace, 2025)

Unmap of one buffer, one thread, us; \`strict\` on an SMMUv3 guest (a variant of \`smmuv3\`: one TLBI per page).

${table(head, rows)}

Fitted, each to its column: a fixed part and a part per page (trapped 32 us + 2.42 us, hardware 6 us + 0.19 us), the whole
call. The trapped queue is a straight line, for the VMM serves command after command while the guest stands still. The
queue of the hardware is not: what a further page costs falls from 0.50 us (up to 16 KiB) through 0.26 to 0.17 us (from
64 KiB on), so that commands overlap in it once there are enough of them. Prices per command cannot say that: the best line
through the five points is 8.7 % off at its ends. The differences at 4 and 64 KiB are left as they are.`;
}

function tlbi(): string {
  const rows = tlbiRows().map((row): Cell[] => [
    row.machine,
    row.pages === 1 ? '4 KiB' : '1 MiB',
    row.publishedMap,
    row.map.toFixed(2),
    row.publishedUnmap,
    row.unmap.toFixed(2),
    percent(errorOf(row.unmap, row.publishedUnmap)),
  ]);
  return `### TLBI per page (Morello and Snapdragon X, 2025)

\`dma_map_benchmark\`, one thread, us as printed to 0.1; \`strict\` on \`smmuv3\` with each machine's price of a TLBI.

${table(['machine', 'buffer', 'map', 'predicted', 'unmap', 'predicted', 'error'], rows)}

Fitted: the TLBI (81 and 206 ns), from the difference between the two sizes, so that 1 MiB cannot be far off. Not fitted: the
fixed part, CMD_SYNC of a Kunpeng 920. It meets Morello; Snapdragon waits some 1.1 us longer for a CMD_SYNC, which no source
gives apart. The map of 1 MiB is predicted too dear: 256 pages are beyond the per-CPU caches of IOVAs, and the price of the
tree (1,286 ns, 2015, assumed) is that of a long search, which a benchmark with one mapping alive does not need.`;
}

function receive(): string {
  const before = receiveRow('strict', linux60());
  const today = receiveRow('strict', shipped('vtd-bare-metal'));
  const lazy = receiveRow('lazy', linux60());
  const line = (name: string, of: (figures: ReceiveFigures) => number): Cell[] => [
    name,
    of(PUBLISHED_RECEIVE),
    ...[before, today, lazy].map(row => formatNumber(Number(of(row).toPrecision(3)))),
  ];
  const head = ['per 4 KiB received', 'published', 'strict, Linux 6.0', 'strict, since 6.10', 'lazy, Linux 6.0'];
  const rows = [
    line('IOTLB misses', row => row.iotlbMisses),
    ...['2^39', '2^30', '2^21'].map((reach, i) =>
      line(`misses of the caches of ${reach} bytes`, r => r.upperMisses[i]),
    ),
    line('memory reads M', row => row.memoryReads),
    line('throughput bound by translation, Gb/s', row => row.deviceGbps),
    ['throughput the CPUs allow, Gb/s', undefined, ...[before, today, lazy].map(row => Math.round(row.cpuGbps))],
  ];
  return `### Five flows into a 100 Gb/s NIC (Fast & Safe, SOSP 2024)

Rings of 256 packets, 4 KiB each, descriptors of 64 pages, five CPUs, 80 Gb/s in all; \`vtd-bare-metal\`. Linux 6.0 has no
per-domain lock around invalidations: a variant without it. T = 4 KiB / (65 ns + M · 197 ns) is the paper's own law; with its
own M of 1.76 it gives ${gbpsByPublishedReads().toFixed(1)} Gb/s.

${table(head, rows)}

Fitted: nothing here (65 and 197 ns are the paper's fit). M is ${percent(errorOf(before.memoryReads, PUBLISHED_RECEIVE.memoryReads))} off, the throughput
${percent(errorOf(before.deviceGbps, PUBLISHED_RECEIVE.deviceGbps))}; but the sum is closer than its parts, whose differences partly cancel:

- IOTLB misses: the model has each received page accessed once, hence 1. More than that can only come from accesses that
  are not generated (acknowledgements sent, descriptors), or from pages evicted between two accesses.
- Caches of 2^39 and 2^30 bytes: the model empties all levels of the domain with every unmap, as the paper says of Linux; so
  few measured misses mean that much of it survives in the hardware.
- Caches of 2^21 bytes: the model's IOVAs are of a machine that has just booted and lie in a few regions; those of an
  allocator that has run for long are scattered, and miss for want of locality, not because of invalidations alone.
- When pages are accessed: the model accesses a page as soon as it is mapped, the NIC when a packet arrives. How many unmaps
  of other flows fall between two accesses follows from that: since 6.10 they are spaced by the lock, and M falls.
- The last line is a bound of its own: since 6.10 the invalidations of a domain wait for each other, and one page at a time
  they would not carry this rate. Drivers of today recycle pages (\`reuse\`) or unmap more at once.`;
}

function nested(): string {
  const rows = nestedRows().map((row): Cell[] => [
    row.name,
    row.measured,
    `${Math.max(0, row.low).toFixed(2)} – ${row.high.toFixed(2)}`,
    row.predicted.toFixed(2),
  ]);
  const calls = nestedCalls();
  return `### A nested VT-d guest (2025)

us per call on one core; the eBPF probes add 0.5 to 1 us to each.

${table(['function', 'measured', 'without its probe', 'price'], rows)}

Derived from these very figures; \`__iommu_map\` and \`__iommu_unmap\` are no longer than their probes, so their prices lie
between that of the page table alone and the measured time. A whole map and unmap of a page come out at ${calls.map.toFixed(2)} and
${calls.unmap.toFixed(2)} us. The measured \`intel_iommu_tlb_sync\` (10.1 us on one core, 30.6 us on eight) holds the waits for the domain's lock
beside the submission; how often it was called is not published, so it is not predicted.`;
}

function swiotlb(): string {
  const rows = swiotlbRows();
  const [read, write] = rows;
  const cells = rows.map((row): Cell[] => [
    row.direction,
    row.publishedPerIo,
    Math.round(row.perIo),
    `${formatNumber(Math.round(row.low))} – ${formatNumber(Math.round(row.high))}`,
  ]);
  cells.push([
    'read − write',
    read.publishedPerIo - write.publishedPerIo,
    Math.round(read.perIo - write.perIo),
    `${Math.round(read.low - write.low)} – ${Math.round(read.high - write.high)}`,
  ]);
  return `### swiotlb=force (Chao Gao 2022)

fio 4 KiB, queue depth 256, one job; ns of guest CPU per I/O. Published is all of it, predicted is the DMA API's part.

${table(['', 'published, whole I/O', 'predicted, DMA API', 'band'], cells)}

Fitted: nothing. The difference between reads and writes is the copy back: the published one lies in the band of the copy
price, above its middle, which is that of a copy within the cache. The rest of the I/O is not the DMA API's and not modelled.`;
}

function pasid(): string {
  const rows = pasidRows().map((row): Cell[] => [
    row.platform,
    `${row.kib} KiB`,
    row.plainDescriptors,
    row.pasidDescriptors,
    Math.round(row.plainNs),
    Math.round(row.pasidNs),
    Math.round(row.plainNs - row.pasidNs),
  ]);
  const head = ['platform', 'read', 'invalidations', 'with PASID', 'ns per I/O', 'with PASID', 'saved'];
  return `### What does a PASID with IOVAs save over the plain DMA API?

The question of the PASID thread (2021). The same reads under \`strict\` and under \`pasid-iova\`.

${table(head, rows)}

Nothing: the mapping is the DMA API's, and each flush has one more invalidation, for the PASID's tag. VT-d's published price
is of a submission and its wait, whatever it holds, so the second descriptor is counted and costs nothing there.`;
}

function type1(): string {
  const rows = type1Rows().map((row): Cell[] => [
    `${row.kib} KiB`,
    row.dynamicIoctls,
    row.staticIoctls,
    row.dynamicUs.toFixed(1),
    row.staticUs.toFixed(2),
    `× ${row.gain.toFixed(1)}`,
    Math.round(row.setupMs),
    Math.round(row.breakEvenIos),
  ]);
  const head = [
    'read',
    'ioctls per I/O, dynamic',
    'static',
    'us per I/O, dynamic',
    'static',
    'throughput, static over dynamic',
    'set-up, ms',
    'paid off after I/Os',
  ];
  return `### Is VFIO type1 fit for a guest's mappings?

The verdict of the emulated VT-d thread (2016): for static ones yes, for dynamic ones hardly. Reads of scattered pages in an
\`emulated-vtd\` guest, one CPU: each I/O mapped and unmapped (\`strict\`), or the guest's memory mapped once (\`passthrough\`).

${table(head, rows)}

An I/O takes two exits and two ioctls per page; mapping all of memory once pays for itself after that many I/Os. CPU time of an I/O outside the DMA API: that of the bounce-buffer fit above.`;
}

function unitPrices(): string {
  const rows = priceRows().map((row): Cell[] => [
    row.what,
    formatNumber(row.pages),
    row.published[0] === row.published[1]
      ? formatNumber(row.published[0])
      : `${formatNumber(row.published[0])} – ${formatNumber(row.published[1])}`,
    Math.round(row.ns),
    `${formatNumber(Math.round(row.low))} – ${formatNumber(Math.round(row.high))}`,
    row.source,
  ]);
  return `### Prices taken from one figure each

ns; what the shipped platforms make of it, with their band. A check of the arithmetic, no prediction, but for the ioctls,
whose middle comes from the bounce-buffer fit and lies between two sources that measured other machines.

${table(['what', 'pages', 'published', 'price', 'band', 'source'], rows)}`;
}

function points(difference: number): string {
  const value = Math.abs(difference).toFixed(1);
  return value === '0.0' ? '0 points' : `${difference < 0 ? '−' : '+'}${value} points`;
}
