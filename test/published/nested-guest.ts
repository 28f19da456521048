/**
 * S. Chai, nested VT-d guest with eBPF probes on, Linux 6.12.9 iommufd, vary_cores_results.md, 2025: one core. The probes
 * add 0.5 to 1 us to each function, so a prediction without them is compared with the measured time less that.
 */
import { Work } from '../../src/iommu/work';
import { OpKind } from '../../src/trace/operations';
import { closedLoop, priceOf, shipped, steadyNs } from './measure';
import { mapBenchmark } from './workloads';

const PROBE_US = [0.5, 1.0] as const;

export interface NestedRow {
  name: string;
  predicted: number;
  measured: number;
  /** Measured less the probes, us. */
  low: number;
  high: number;
}

/** us per call. */
export function nestedRows(): NestedRow[] {
  const platform = shipped('nested-vtd');
  const price = (work: Work): number => priceOf(platform, work).ns / 1000;
  const rows: [name: string, predicted: number, measured: number][] = [
    ['`__iommu_map`', price(Work.MapCall) + price(Work.PteWrite), 0.86],
    ['`__iommu_unmap`', price(Work.UnmapCall) + price(Work.PteClear), 0.87],
    ['`qi_submit_sync`', price(Work.InvalidationWait) + price(Work.PageInvalidation), 6.958],
  ];
  return rows.map(([name, predicted, measured]) => ({
    name,
    predicted,
    measured,
    low: measured - PROBE_US[1],
    high: measured - PROBE_US[0],
  }));
}

/** A whole map and a whole unmap of one page on an idle nested guest, us. */
export function nestedCalls(): { map: number; unmap: number } {
  const operations = mapBenchmark(1, 1, 400);
  const result = closedLoop(operations, 'strict', 'nested-vtd');
  return {
    map: steadyNs(operations, result, OpKind.Map) / 1000,
    unmap: steadyNs(operations, result, OpKind.Unmap) / 1000,
  };
}
