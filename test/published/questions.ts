/** Two questions that the lists answered in words, answered by replays. */
import { Work } from '../../src/iommu/work';
import type { ReplayResult } from '../../src/replay/result';
import { closedLoop, shipped } from './measure';
import { fioJob, PAGE } from './workloads';

const DEPTH = 64;
const IOS = 2048;

export interface PasidRow {
  platform: string;
  kib: number;
  /** Page-selective invalidations per I/O. */
  plainDescriptors: number;
  pasidDescriptors: number;
  /** DMA API, ns per I/O. */
  plainNs: number;
  pasidNs: number;
}

/** What does a PASID with IOVAs save over the plain DMA API? The same reads under `strict` and under `pasid-iova`. */
export function pasidRows(): PasidRow[] {
  return ['vtd-bare-metal', 'smmuv3'].flatMap(platform =>
    [4, 64].map(kib => {
      const operations = fioJob({ pages: (kib * 1024) / PAGE, depth: DEPTH, ios: IOS, thinkNs: 5000 });
      const plain = closedLoop(operations, 'strict', platform);
      const pasid = closedLoop(operations, 'pasid-iova', platform);
      return {
        platform,
        kib,
        plainDescriptors: plain.counters.invalidations.page / IOS,
        pasidDescriptors: pasid.counters.invalidations.page / IOS,
        plainNs: plain.time.cpuNs / IOS,
        pasidNs: pasid.time.cpuNs / IOS,
      };
    }),
  );
}

export interface Type1Row {
  kib: number;
  /** VFIO type1 ioctls per I/O. */
  dynamicIoctls: number;
  staticIoctls: number;
  /** DMA API and what it sets off in the hypervisor, us per I/O. */
  dynamicUs: number;
  staticUs: number;
  /** Throughput of one CPU, static over dynamic. */
  gain: number;
  /** Paid once for the static mapping of the guest's memory, ms, and I/Os after which it has paid off. */
  setupMs: number;
  breakEvenIos: number;
}

/**
 * Is VFIO type1 fit for a guest's DMA mappings? Reads in a guest with an emulated VT-d: mapped for each I/O (`strict`), and
 * with all of the guest's memory mapped once (`passthrough`).
 */
export function type1Rows(): Type1Row[] {
  const { fixed, perPage } = shipped('virtio-iommu').ioBase!;
  return [4, 64].map(kib => {
    const pages = (kib * 1024) / PAGE;
    const operations = fioJob({ pages, depth: DEPTH, ios: IOS, thinkNs: fixed.ns + perPage.ns * pages });
    const perIoMapped = closedLoop(operations, 'strict', 'emulated-vtd');
    const mappedOnce = closedLoop(operations, 'passthrough', 'emulated-vtd');
    const dynamicNs = perIoMapped.time.cpuNs / IOS;
    const staticNs = mappedOnce.time.cpuNs / IOS;
    return {
      kib,
      dynamicIoctls: ioctls(perIoMapped) / IOS,
      staticIoctls: ioctls(mappedOnce) / IOS,
      dynamicUs: dynamicNs / 1000,
      staticUs: staticNs / 1000,
      gain: perIoMapped.time.makespanNs / mappedOnce.time.makespanNs,
      setupMs: mappedOnce.time.setupNs / 1e6,
      breakEvenIos: mappedOnce.time.setupNs / (dynamicNs - staticNs),
    };
  });
}

function ioctls({ work }: ReplayResult): number {
  return work[Work.IoctlMap] + work[Work.IoctlUnmap];
}
