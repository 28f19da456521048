/** Which driver code asked: the innermost frame outside the DMA API, the IOMMU layer and the tracing itself. */
import type { Trace } from '../trace/operations';

/**
 * Functions of the kernel that every mapping passes through, whichever driver asks (kernel/dma/, drivers/iommu/,
 * lib/scatterlist.c, the tracepoint machinery).
 */
const PLUMBING =
  /^(__traceiter_|trace_|__bpf_trace|perf_|ftrace_|dma_(map|unmap|sync|alloc|free|iova|pool|direct|opt)|__dma_|iommu_|__iommu_|intel_|amd_iommu_|arm_smmu_|viommu_|qi_|cache_tag_|swiotlb_|dmam_|sg_)/;

/**
 * Call site of an operation in words; undefined when its events carry no call chain. A chain of plumbing only is named
 * by its outermost frame.
 */
export function callSite(trace: Trace, operation: number): string | undefined {
  const { eventStart, eventCount, eventList } = trace.operations;
  const start = eventStart[operation];
  for (let i = start; i < start + eventCount[operation]; i++) {
    const chain = trace.events.callChain[eventList[i]];
    if (chain >= 0) return siteOfChain(trace.events.strings[chain]);
  }
  return undefined;
}

function siteOfChain(chain: string): string {
  const frames = chain.split(';').map(frame => frame.replace(/\+0x[0-9a-f]+.*$/, '').trim());
  return frames.find(frame => frame !== '' && !PLUMBING.test(frame)) ?? frames[frames.length - 1];
}

/** Call sites of many operations: each chain is taken apart once. */
export class CallSites {
  private readonly byChain = new Map<number, string>();

  constructor(private readonly trace: Trace) {}

  /** As `callSite`, or the command that asked where there is no chain. */
  labelOf(operation: number): string {
    const { operations, events } = this.trace;
    const start = operations.eventStart[operation];
    for (let i = start; i < start + operations.eventCount[operation]; i++) {
      const chain = events.callChain[operations.eventList[i]];
      if (chain >= 0) return this.named(chain);
    }
    const comm = start < operations.eventList.length ? events.comm[operations.eventList[start]] : -1;
    return comm >= 0 ? `${events.strings[comm]} (no call chain)` : '(no call chain)';
  }

  private named(chain: number): string {
    let site = this.byChain.get(chain);
    if (site === undefined) {
      site = siteOfChain(this.trace.events.strings[chain]);
      this.byChain.set(chain, site);
    }
    return site;
  }
}
