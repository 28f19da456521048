import type { FunctionCalls, Recording } from './samples';

/**
 * Output of kernel/dma/map_benchmark.c's user program (tools/testing/selftests/dma, later tools/dma):
 *
 *     dma mapping benchmark: threads:1 seconds:20 node:0 dir:BIDIRECTIONAL granule: 1
 *     average map latency(us):1.1 standard deviation:1.9
 *     average unmap latency(us):0.5 standard deviation:0.8
 *
 * A granule is a page (of one buffer; in the mode for lists an entry of one page). Only mean and deviation are known; they stand as three calls at mean − deviation, mean and mean + deviation.
 */
const BENCHMARK = /average (map|unmap) latency\(us\):\s*([\d.]+)\s+standard deviation:\s*([\d.]+)/g;

/** True for the output of dma_map_benchmark. */
export function isMapBenchmark(text: string): boolean {
  return text.includes('dma mapping benchmark') || text.includes('average map latency(us)');
}

/** One recording for each report in the text. */
export function parseMapBenchmark(name: string, text: string): Recording[] {
  return text
    .split(/^(?=.*dma mapping benchmark)/m)
    .map(report => parseReport(name, report))
    .filter(({ functions }) => functions.size > 0);
}

function parseReport(name: string, text: string): Recording {
  const pages = /granule:\s*(\d+)/.exec(text)?.[1];
  const functions = new Map<string, FunctionCalls>();
  for (const [, what, mean, deviation] of text.matchAll(BENCHMARK)) {
    const center = Number(mean) * 1000;
    const spread = Number(deviation) * 1000;
    const entry = what === 'map' ? 'dma_map_page_attrs' : 'dma_unmap_page_attrs';
    functions.set(entry, {
      name: entry,
      durationNs: [Math.max(0, center - spread), center, center + spread],
      descendants: [0, 0, 0],
    });
  }
  const known = pages === undefined ? {} : { pages: Math.max(1, Number(pages)) };
  return { name, ...known, meanOnly: true, functions, leftOut: { interrupted: 0, cut: 0 }, traced: false };
}

/**
 * bcc and bpftrace latency histograms. funclatency prints, per function,
 *
 *     Function = iommu_dma_map_sg [1234]
 *          nsecs               : count     distribution
 *           512 -> 1023        : 20       |****                |
 *
 * Each count stands at the middle of its bucket: the band of a price is therefore no narrower than a factor of two.
 */
const BUCKET = /^\s*(\d+)\s*->\s*(\d+)\s*:\s*(\d+)/;
const FUNCTION = /Function = b?'?([\w.]+)'?/;
const TRACING = /Tracing \d+ functions? for "?([\w.]+)"?/;

/** True for a funclatency histogram. */
export function isFunclatency(text: string): boolean {
  return /^\s*(nsecs|usecs|msecs)\s*:\s*count/m.test(text);
}

/** Calls kept per bucket: enough for quantiles, whatever the counts. */
const CALLS_PER_HISTOGRAM = 1000;

export function parseFunclatency(name: string, text: string): Recording {
  const functions = new Map<string, FunctionCalls>();
  let current = '';
  let unitNs = 1;
  let buckets: { ns: number; count: number }[] = [];
  const flush = (): void => {
    if (current && buckets.length > 0) functions.set(current, toCalls(current, buckets));
    buckets = [];
  };
  for (const line of text.split('\n')) {
    const titled = FUNCTION.exec(line) ?? TRACING.exec(line);
    const unit = /^\s*(nsecs|usecs|msecs)\s*:\s*count/.exec(line);
    const bucket = BUCKET.exec(line);
    if (titled) {
      flush();
      current = titled[1];
    } else if (unit) unitNs = unit[1] === 'nsecs' ? 1 : unit[1] === 'usecs' ? 1e3 : 1e6;
    else if (bucket)
      buckets.push({ ns: ((Number(bucket[1]) + Number(bucket[2]) + 1) / 2) * unitNs, count: Number(bucket[3]) });
  }
  flush();
  return { name, functions, leftOut: { interrupted: 0, cut: 0 }, traced: false };
}

function toCalls(name: string, buckets: { ns: number; count: number }[]): FunctionCalls {
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const durationNs: number[] = [];
  for (const bucket of buckets) {
    const copies = Math.ceil((bucket.count / Math.max(total, 1)) * Math.min(total, CALLS_PER_HISTOGRAM));
    for (let i = 0; i < copies; i++) durationNs.push(bucket.ns);
  }
  return { name, durationNs, descendants: durationNs.map(() => 0) };
}
