import { startsWith } from '../cursor';
import { LinePrefix } from '../line-prefix';
import type { TraceFormat } from './format';
import { FtraceLineParser, isKnownBareEvent, skipKernelLog } from './ftrace-lines';
import { FtracePrefixReader } from './ftrace-prefix';
import type { Sample } from './sample';

/** Lines of a dump in the kernel log that hold no event. */
function isHeader(bytes: Uint8Array, start: number, end: number): boolean {
  return startsWith(bytes, start, end, '------') || startsWith(bytes, start, end, 'Dumping ftrace buffer');
}

function sniff(sample: Sample): number {
  const prefix = new LinePrefix();
  const prefixes = new FtracePrefixReader();
  const events = sample.count((lineStart, end) => {
    const start = skipKernelLog(sample.bytes, lineStart, end);
    return (
      prefixes.read(sample.bytes, start, end, prefix) !== 'none' ||
      isKnownBareEvent(prefixes, sample.bytes, start, end, prefix)
    );
  });
  return events + 0.01 * sample.count((start, end) => startsWith(sample.bytes, start, end, '# tracer: '));
}

export const ftrace: TraceFormat = {
  id: 'ftrace',
  title: 'ftrace',
  description:
    'Text of /sys/kernel/tracing/trace or trace_pipe, in any of its options that keep the event text, and ftrace dumps in the kernel log.',
  record:
    'cd /sys/kernel/tracing; for s in iommu dma swiotlb intel_iommu; do echo 1 > events/$s/enable; done; <workload>; cat trace > trace.txt',
  sniff,
  open: () => new FtraceLineParser(isHeader),
};
