/** What docs/systems.md shows of each row: the command, and which lines of its output matter. */
import { platforms } from '../../src/platforms/registry';
import { TRACES } from './support';

export interface Example {
  /** Arguments after `iommu-replay`. */
  argv: string[];
  /** Lines of the output to be shown; the heads of tables always are. */
  keep: RegExp;
  /** Where the command ends with another code than 0 because it has a failure to tell. */
  code?: number;
}

export interface Row {
  id: string;
  title: string;
  says: string;
  examples: Example[];
}

export interface System {
  title: string;
  rows: Row[];
}

const { read, receive, guest, nestedGuest, untrusted, largeRead, send } = TRACES;
const QEMU_LOG = 'samples/vfio-emulated-vtd.qemu.log.xz';
/** A moment of the nested guest's recording with requests in flight. */
const BUSY = '16055500ns';
const NESTED = 'test/fixtures/traces/nested';

function replayed(trace: string, options: string, keep: RegExp, code = 0): Example {
  return { argv: ['replay', trace, ...options.split(' ')], keep, code };
}

export const SYSTEMS: readonly System[] = [
  {
    title: '1. Direction-split identity mapping',
    rows: [
      {
        id: '1.1',
        title: '`ro-identity`',
        says: 'TO_DEVICE mappings cost no map, unmap or invalidation; the rest is dynamic. The region of all memory is set up once, with pages of 4 KiB, 2 MiB or 1 GiB.',
        examples: [
          replayed(receive, '--policy strict,ro-identity', /set-up| maps |unmaps|page-selective|CPU time in/),
          ...['4K', '2M', '1G'].map(page =>
            replayed(
              receive,
              `--policy ro-identity --param ro-identity.identityPage=${page}`,
              /set-up|page-table memory/,
            ),
          ),
        ],
      },
      {
        id: '1.2',
        title: 'The region is read-only',
        says: 'A device that writes through it faults; under `passthrough` the same writes hit memory. Every replay checks that dynamic IOVAs lie above the region.',
        examples: [replayed(send, '--policy ro-identity,passthrough --rogue-write-after 5us', /rogue|faults/)],
      },
      {
        id: '1.3',
        title: 'One domain or two',
        says: 'Both regions in one domain, or a read-only and a read-write domain chosen by direction: the same work, one more set of tables.',
        examples: ['one', 'two'].map(domains =>
          replayed(
            receive,
            `--policy ro-identity --param ro-identity.domains=${domains}`,
            /CPU time in|page-table memory|page-selective/,
          ),
        ),
      },
      {
        id: '1.4',
        title: 'Dynamic part strict or lazy',
        says: 'Writable mappings are unmapped at once, or through the flush queue.',
        examples: ['strict', 'lazy'].map(dynamic =>
          replayed(
            receive,
            `--policy ro-identity --param ro-identity.dynamic=${dynamic}`,
            /CPU time in|-selective|longest stale/,
          ),
        ),
      },
      {
        id: '1.5',
        title: '`reuse`, alone and under `ro-identity`',
        says: 'Receive buffers are mapped once and recycled.',
        examples: [
          replayed(
            receive,
            '--policy strict,reuse,ro-identity --param ro-identity.reuse=true',
            /CPU time in| maps |unmaps|can write/,
          ),
        ],
      },
      {
        id: '1.6',
        title: '`passthrough` – `ro-identity` – `strict`',
        says: 'Cost on one side, what the device may read and write on the other.',
        examples: [
          replayed(receive, '--policy passthrough,ro-identity,strict', /CPU time in|can read|can write|other data/),
        ],
      },
      {
        id: '1.7',
        title: 'Pages being written, for live migration',
        says: 'An emulated IOMMU that counts invalidations reports pages that are only read as well; the read-only region spares them. The levels over time are in the panel and in `export --format json`.',
        examples: [
          replayed(
            receive,
            '--policy strict,ro-identity --platform emulated-vtd --dirty viommu-invalidations',
            /dirty|may have written|VM exits/,
          ),
        ],
      },
      {
        id: '1.8',
        title: 'On every platform',
        says: 'The policy knows nothing of the vendor.',
        examples: [
          replayed(
            receive,
            '--policy ro-identity --platform vtd-bare-metal,amd-bare-metal,smmuv3,virtio-iommu,virtio-iommu-6-8,emulated-vtd,nested-vtd',
            /^(Intel|AMD|Arm|virtio|Emulated|Nested)/,
          ),
        ],
      },
    ],
  },
  {
    title: '2. Dynamic IOMMU-backed bounce buffers',
    rows: [
      {
        id: '2.1',
        title: '`bounce-dynamic`',
        says: 'Small mappings are copied through pools that grow on demand; a list takes one buffer. Threshold, classes (v1, v2), permission lists, slots and eviction are parameters.',
        examples: [
          replayed(read, '--policy strict,bounce-dynamic', /CPU time in| maps |unmaps|bounce|-selective/),
          {
            argv: ['policies', 'bounce-dynamic'],
            keep: /version|threshold|slots|eviction|permissionLists|untrusted|fallback/,
          },
        ],
      },
      {
        id: '2.2',
        title: 'Copies by direction',
        says: 'FROM_DEVICE is copied at unmap only, TO_DEVICE at map only; `swiotlb` copies at map whatever the direction. DMA_ATTR_SKIP_CPU_SYNC leaves copies to the syncs.',
        examples: [replayed(read, '--policy bounce-dynamic,swiotlb', /copies|copied/)],
      },
      {
        id: '2.3',
        title: 'Memory over time',
        says: 'Pools follow the active DMA; the static pool is set aside at boot and can run out.',
        examples: [
          replayed(largeRead, '--policy bounce-dynamic,swiotlb', /bounce memory|failed/),
          replayed(largeRead, '--policy swiotlb --param swiotlb.poolMiB=1', /bounce memory|failed|error/),
        ],
      },
      {
        id: '2.4',
        title: 'Untrusted devices',
        says: 'Only what shares a page with other data is bounced, its padding zeroed; a device that the trace shows to be untrusted gets this by itself.',
        examples: [
          replayed(
            untrusted,
            '--policy untrusted,bounce-dynamic --param bounce-dynamic.threshold=0',
            /bounced|copied bytes|other data|CPU time in/,
          ),
        ],
      },
      {
        id: '2.5',
        title: 'Bare metal, and pools mapped once',
        says: 'For small buffers a copy is cheaper than an invalidation, for large ones it is not. The static pool can be mapped once, so that the device reaches nothing else.',
        examples: [
          replayed(read, '--policy strict,bounce-dynamic', /CPU time in/),
          replayed(largeRead, '--policy strict,bounce-dynamic', /CPU time in/),
          replayed(read, '--policy swiotlb --param swiotlb.premapped=true', /can read|can write|set-up/),
        ],
      },
      {
        id: '2.6',
        title: 'Many jobs',
        says: 'The request queue of virtio-iommu has one lock; type1 has one per container. The same trace on more CPUs shows where a policy collapses.',
        examples: [
          ...[2, 8, 32].map(cpus =>
            replayed(
              guest,
              `--policy strict,bounce-dynamic --platform virtio-iommu --loop closed --scale-cpus ${cpus}`,
              /per operation|lock waits|makespan/,
            ),
          ),
          replayed(
            guest,
            '--policy strict,bounce-dynamic --platform emulated-vtd --loop closed --scale-cpus 32',
            /per operation|lock waits|makespan/,
          ),
        ],
      },
      {
        id: '2.7',
        title: 'The published table',
        says: 'fio read, queue depth 64, on virtio-iommu and VFIO. `npm run validate` sets prediction and publication side by side in [validation.md](validation.md); the same comparison:',
        examples: [],
      },
      {
        id: '2.8',
        title: 'Tuning',
        says: 'A sweep of the threshold, and of the pool’s limit, with the knee.',
        examples: ['threshold=0..64', 'slots=1..64'].map(range => ({
          argv: ['sweep', read, '--policy', 'bounce-dynamic', '--param', range],
          keep: /./,
        })),
      },
    ],
  },
  {
    title: '3. Dirty tracking at unmap',
    rows: [
      {
        id: '3.1',
        title: 'Tracking modes',
        says: 'Nothing; all pinned pages; what an emulated IOMMU sees invalidated; dirty bits read and cleared at intervals (100 ms, or `--machine dirtyIntervalNs`). A write to a 2 MiB leaf dirties 512 pages; splitting it costs entries, and longer walks.',
        examples: [
          ...['vfio-pinned', 'viommu-invalidations', 'hw-read-clear'].map(mode =>
            replayed(receive, `--policy strict,passthrough --dirty ${mode}`, /dirty|may have|for tracking|CPU time in/),
          ),
          replayed(
            receive,
            '--policy passthrough --dirty hw-read-clear --machine dirtyLeafBytes=4096',
            /dirty|may have|for tracking|CPU time in|set-up/,
          ),
        ],
      },
      {
        id: '3.2',
        title: 'Unmap styles',
        says: 'One call, two calls with a window between them, or write-protect first and pay one more IOTLB flush per unmap. The device writes once more 200 ns after each entry was cleared.',
        examples: ['unmap-get-dirty', 'get-then-unmap', 'wrprotect-get-unmap'].map(mode =>
          replayed(
            receive,
            `--policy strict --dirty ${mode} --rogue-write-after 200ns`,
            /dirty|may have|for tracking|CPU time in|rogue/,
          ),
        ),
      },
      {
        id: '3.3',
        title: 'Ground truth, reported, missed, over-reported',
        says: 'Truth is what the recording lets the device write. The cost of a mode is in walks, flushes and time. What each interval wrote, reported and missed is in the panel over time and in `export --format json`.',
        examples: [
          replayed(
            receive,
            '--policy strict,lazy,ro-identity --dirty hw-read-clear',
            /dirty|may have|for tracking|CPU time in/,
          ),
        ],
      },
      {
        id: '3.4',
        title: 'Rogue DMA',
        says: 'Writes after the unmap hit a stale entry, fault, or are blocked where bounce pages or write protection stand in their way.',
        examples: [
          replayed(receive, '--policy strict,lazy,bounce-dynamic,passthrough --rogue-write-after 5us', /rogue|faults/),
          replayed(receive, '--policy strict --rogue-write-after 200ns', /rogue|faults/),
          replayed(receive, '--policy strict --rogue-write-after 200ns --dirty wrprotect-get-unmap', /rogue|faults/),
        ],
      },
      {
        id: '3.5',
        title: 'The window of a normal unmap',
        says: 'Until the flush nothing guarantees that DMA has stopped, in strict mode neither.',
        examples: [replayed(receive, '--policy strict,lazy', /stale/)],
      },
    ],
  },
  {
    title: '4. In-kernel DMA with PASID',
    rows: [
      {
        id: '4.1',
        title: '`pasid-bypass`, `pasid-iova`, `pasid-kva-fast`, `pasid-kva-strict`',
        says: 'Physical addresses; the requester ID’s tables with one more invalidation; the CPU’s tables, with the hazard told; buffers replicated at their kernel addresses, where those in one page share an entry.',
        examples: [
          replayed(
            receive,
            '--policy pasid-bypass,pasid-iova,pasid-kva-fast,pasid-kva-strict',
            /CPU time in|IOVA allocations +|entries written|page-selective|can write|warning/,
          ),
        ],
      },
      {
        id: '4.2',
        title: 'What does the IOVA mode save?',
        says: 'Nothing over the plain DMA API; it takes one more descriptor per flush.',
        examples: [
          replayed(
            read,
            '--policy strict,pasid-iova --platform smmuv3',
            /CPU time in|IOVA allocations +|entries written|page-selective|waits/,
          ),
        ],
      },
      {
        id: '4.3',
        title: 'The command queue of SMMUv3',
        says: 'Every CPU writes to one queue. Waits grow with their number; [validation.md](validation.md) has the published rates beside the predicted ones.',
        examples: [2, 8, 32, 128].map(cpus =>
          replayed(
            read,
            `--policy strict --platform smmuv3 --loop closed --scale-cpus ${cpus}`,
            /per operation|lock waits/,
          ),
        ),
      },
      {
        id: '4.4',
        title: '`calibrate`',
        says: 'function_graph recordings, `dma_map_benchmark` output and funclatency histograms become a platform file with its spread (`-o FILE`).',
        examples: [
          {
            argv: [
              'calibrate',
              ...['4k', '64k-h'].map(
                size => `test/fixtures/timed/function-graph/strict/one-level/nvme-randread-${size}.L0.txt.xz`,
              ),
            ],
            keep: /./,
          },
        ],
      },
      {
        id: '4.5',
        title: 'Trust decides',
        says: 'A device behind an external-facing port gets neither bypass nor the CPU’s tables.',
        examples: [replayed(untrusted, '--policy pasid-bypass,pasid-kva-fast', /./, 1)],
      },
    ],
  },
  {
    title: '5. Emulated VT-d with VFIO behind it',
    rows: [
      {
        id: '5.1',
        title: '`emulated-vtd`',
        says: 'Caching mode: an invalidation per map as well, a walk of the guest’s table, one type1 ioctl and pinned pages per leaf.',
        examples: [
          replayed(
            nestedGuest,
            '--policy strict --platform vtd-bare-metal,emulated-vtd',
            /CPU time in|exits|pinning|page-selective|ioctls|locked/,
          ),
        ],
      },
      {
        id: '5.2',
        title: 'Domain switches',
        says: 'As QEMU recorded them, or at a time of one’s choice: translation off and on again, a domain with the same mappings, or another domain of the trace by its name (`--switch 500ms=0000:00:05.0`). DMA remapping only: no line of interrupt remapping changes a view.',
        examples: [
          { argv: ['locked', `${NESTED}/05-switch-1dev/qemu-trace.log.xz`], keep: /→|switch/ },
          replayed(
            nestedGuest,
            `--policy strict --platform emulated-vtd --switch ${BUSY}=swap --switch 1s=off --switch 2s=on`,
            /Switch at|locked|CPU time in/,
          ),
        ],
      },
      {
        id: '5.3',
        title: 'Locked memory',
        says: 'Per container over time, its peak, and what a management layer must set as the limit; ENOMEM when it is too low, and the limit of 65,535 entries.',
        examples: [
          { argv: ['locked', QEMU_LOG, '--devices', '4'], keep: /./ },
          {
            argv: ['locked', `${NESTED}/06a-memlock-intel-1dev/qemu-trace.log.xz`, '--memlock', '128MiB'],
            keep: /RAM|limit/i,
            code: 1,
          },
          replayed(
            nestedGuest,
            '--policy strict,passthrough --platform emulated-vtd --machine lockedMemoryLimit=1GiB',
            /locked|failed|ENOMEM/,
          ),
        ],
      },
      {
        id: '5.4',
        title: 'One container per guest domain',
        says: 'Pages of devices that share a domain are pinned and counted once (`--machine containerPerDevice=false` in a replay whose devices share a domain; `locked` tells the limit for both ways).',
        examples: [{ argv: ['locked', QEMU_LOG, '--devices', '8'], keep: /MEMLOCK/ }],
      },
      {
        id: '5.5',
        title: 'Fit for static mappings, poor for dynamic ones',
        says: 'The thread’s verdict as figures: time per operation.',
        examples: [
          replayed(
            nestedGuest,
            '--policy strict,bounce-dynamic,passthrough --platform emulated-vtd',
            /per operation|ioctls|set-up/,
          ),
        ],
      },
      {
        id: '5.6',
        title: 'QEMU logs',
        says: '`vtd_*`, `vfio_*` and `virtio_iommu_*` events are an input format.',
        examples: [
          {
            argv: ['import', QEMU_LOG],
            keep: /format|bytes|operations|vtd_inv_desc |vfio_iommu_map_notify|region_add/,
          },
        ],
      },
    ],
  },
  {
    title: 'Baselines and bounds',
    rows: [
      {
        id: 'Baselines',
        title: '`strict`, `lazy`, `passthrough`, `swiotlb`',
        says: 'Against the bounds `no-iommu` and `perfect-reuse`, on each platform.',
        examples: platforms.map(({ id }) =>
          replayed(
            read,
            `--policy strict,lazy,passthrough,swiotlb,no-iommu,perfect-reuse --platform ${id}`,
            /^(Platform:|Strict|Lazy|Passthrough|Static|No IOMMU|Perfect)/,
          ),
        ),
      },
    ],
  },
];
