import { Ascii, startsWith } from '../cursor';
import { LinePrefix } from '../line-prefix';
import { decodeText } from '../text';
import type { TraceFormat } from './format';
import { FtraceLineParser } from './ftrace-lines';
import { FtracePrefixReader } from './ftrace-prefix';
import type { Sample } from './sample';

/** trace-cmd pads event names to this width, ftrace never (tracecmd/trace-read.c). */
const NAME_COLUMNS = 20;
const HEADER = /^(?:\S+: *)?(?:version = \d+|cpus=\d+|CPU \d+ is empty)\s*$|^\S+\.dat:?\s*$/;

function isHeader(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start < 256 && HEADER.test(decodeText(bytes, start, end));
}

/** Whether the event's name is followed by the blanks that only trace-cmd prints. */
function isPadded(bytes: Uint8Array, prefix: LinePrefix): boolean {
  const name = prefix.nameEnd - prefix.nameStart;
  const gap = prefix.textStart - prefix.nameEnd - 1;
  return gap > 1 && name + gap >= NAME_COLUMNS && bytes[prefix.nameEnd] === Ascii.Colon;
}

/** The lines are ftrace's; only a header or the padding tells that trace-cmd printed them. */
function sniff(sample: Sample): number {
  const prefix = new LinePrefix();
  const prefixes = new FtracePrefixReader();
  let entries = 0;
  let padded = 0;
  const headers = sample.count((start, end) => isHeader(sample.bytes, start, end));
  const tracers = sample.count((start, end) => startsWith(sample.bytes, start, end, '# tracer: '));
  for (const { start, end } of sample.lines) {
    const kind = prefixes.read(sample.bytes, start, end, prefix);
    if (kind !== 'none') entries++;
    if (kind === 'event' && isPadded(sample.bytes, prefix)) padded++;
  }
  return (headers > 0 || padded * 2 > entries) && tracers === 0 ? entries + 0.01 * headers : 0;
}

export const traceCmd: TraceFormat = {
  id: 'trace-cmd',
  title: 'trace-cmd report',
  description: 'Text that `trace-cmd report` prints from a trace.dat file, also with -R, -t, -l or several files.',
  record: 'trace-cmd record -e iommu -e dma -e swiotlb -e intel_iommu <workload>; trace-cmd report > trace.txt',
  sniff,
  open: () => new FtraceLineParser(isHeader),
};
