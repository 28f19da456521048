/** What a trace itself shows of its kernel's work: the numbers that a replay must arrive at on its own. */
import { EventKind, Invalidation } from '../../src/trace/events';
import type { Trace } from '../../src/trace/operations';
import type { ReplayResult } from '../../src/replay/result';

/** Work per kind; undefined where the recording cannot show it (no tracepoint). */
export interface WorkCounts {
  maps: number;
  unmaps: number;
  mappedPages: number;
  pageInvalidations: number | undefined;
  invalidatedPages: number | undefined;
  domainInvalidations: number | undefined;
  deviceInvalidations: number | undefined;
  bounced: number;
}

/** @param invalidationsTraced false for IOMMUs without a tracepoint for their invalidations (AMD-Vi, virtio-iommu). */
export function recordedWork({ events }: Trace, invalidationsTraced: boolean): WorkCounts {
  const work = { maps: 0, unmaps: 0, mappedPages: 0, bounced: 0 };
  const flushes = { page: 0, pages: 0, domain: 0, device: 0 };
  for (let row = 0; row < events.count; row++) {
    switch (events.kind[row] as EventKind) {
      case EventKind.IommuMap:
        work.maps++;
        work.mappedPages += events.size[row] / 4096;
        break;
      case EventKind.IommuUnmap:
        work.unmaps++;
        break;
      case EventKind.SwiotlbBounced:
        work.bounced++;
        break;
      case EventKind.QiSubmit:
        count(events.detail[row], events.size[row] / 4096);
        break;
      default:
    }
  }
  const shown = <T>(value: T): T | undefined => (invalidationsTraced ? value : undefined);
  return {
    ...work,
    pageInvalidations: shown(flushes.page),
    invalidatedPages: shown(flushes.pages),
    domainInvalidations: shown(flushes.domain),
    deviceInvalidations: shown(flushes.device),
  };

  function count(kind: Invalidation, pages: number): void {
    if (kind === Invalidation.Page) {
      flushes.page++;
      flushes.pages += pages;
    } else if (kind === Invalidation.Domain) flushes.domain++;
    else if (kind === Invalidation.Device) flushes.device++;
  }
}

/** The same kinds of work out of a replay. */
export function predictedWork({ counters }: ReplayResult): WorkCounts {
  return {
    maps: counters.maps,
    unmaps: counters.unmaps,
    mappedPages: counters.pteWrites,
    pageInvalidations: counters.invalidations.page,
    invalidatedPages: counters.invalidatedPages,
    domainInvalidations: counters.invalidations.domain,
    deviceInvalidations: counters.invalidations.device,
    bounced: counters.bounced,
  };
}
