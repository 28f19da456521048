import { asciiBytes } from '../text';
import { isNumbersOnly } from './ftrace-lines';
import type { Sample } from './sample';

/** The input is no trace that can be read. `message` says what it is, `advice` what to do instead. */
export class UnsupportedTraceError extends Error {
  override readonly name = 'UnsupportedTraceError';

  /** @param kind stable name of what the input was taken for */
  constructor(
    readonly kind: string,
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}

interface UnsupportedKind {
  kind: string;
  message: string;
  advice: string;
  matches(sample: Sample): boolean;
}

const PERF_TRACE_LINE = /^\s*\d+\.\d{3} (?:\(.*?\): )?\S.*\/\d+ [\w-]+:\w+\(.*\)\s*$/;
const FUNCTION_GRAPH_LINE = /^.*\|\s+(?:[\w.]+\(.*\)(?:;| \{)|\})/;
const RECORD_TEXT = 'Record as text instead: ';

/** Known kinds of input that hold no event text, most specific first. */
const UNSUPPORTED: readonly UnsupportedKind[] = [
  {
    kind: 'empty',
    message: 'The file is empty.',
    advice: 'Record a trace first; if the recorder printed nothing, its events were not enabled.',
    matches: sample => sample.bytes.length === 0,
  },
  {
    kind: 'perf.data',
    message: 'This is a perf.data file, the binary recording of perf.',
    advice: 'Turn it into text: perf script -i perf.data --ns --show-lost-events > trace.txt',
    matches: sample =>
      beginsWith(sample, 'PERFILE2') || beginsWith(sample, '2ELIFREP') || beginsWith(sample, 'PERFFILE'),
  },
  {
    kind: 'trace.dat',
    message: 'This is a trace.dat file, the binary recording of trace-cmd.',
    advice: 'Turn it into text: trace-cmd report -i trace.dat > trace.txt',
    matches: sample => beginsWith(sample, '\x17\x08\x44tracing'),
  },
  {
    kind: 'compressed',
    message: 'This is compressed data.',
    advice: 'Decompress it first (gzip -d, xz -d, zstd -d).',
    matches: sample =>
      ['\x1f\x8b', '\xfd7zXZ\0', '\x28\xb5\x2f\xfd', 'BZh', 'PK\x03\x04'].some(magic => beginsWith(sample, magic)),
  },
  {
    kind: 'utf-16',
    message: 'This is UTF-16 text.',
    advice:
      'Save it as UTF-8: iconv -f UTF-16 -t UTF-8 trace.txt > trace-utf8.txt. PowerShell writes UTF-16 when output is redirected with >.',
    matches: sample => beginsWith(sample, '\xff\xfe') || beginsWith(sample, '\xfe\xff'),
  },
  {
    kind: 'perf-json',
    message:
      'This is JSON from perf data convert, which leaves the fields of array events out of order and without units.',
    advice: `${RECORD_TEXT}perf script -i perf.data --ns --show-lost-events > trace.txt`,
    matches: sample => sample.text(8).some(line => line.includes('"linux-perf-json-version"')),
  },
  {
    kind: 'perf-trace',
    message: 'This is output of perf trace, which prints neither the CPU nor the direction and device of DMA events.',
    advice: `${RECORD_TEXT}perf record -a -e 'iommu:*,dma:*,swiotlb:*,intel_iommu:*' and then perf script --ns > trace.txt`,
    matches: sample => mostLines(sample, line => PERF_TRACE_LINE.test(line)),
  },
  {
    kind: 'ftrace-numbers',
    message: 'This is ftrace output with the option raw or hex: it holds event numbers but not their fields.',
    advice: 'Turn the option off (echo noraw > trace_options; echo nohex > trace_options) and read the trace again.',
    matches: sample =>
      sample.count((start, end) => isNumbersOnly(sample.bytes, start, end)) * 3 >
      sample.count((start, end) => end > start),
  },
  {
    kind: 'trace-cmd-stat',
    message: 'This is output of trace-cmd stat: statistics of the buffers, without events.',
    advice: 'Print the events: trace-cmd report > trace.txt',
    matches: sample => sample.text(20).some(line => line.startsWith('Kernel buffer statistics:')),
  },
  {
    kind: 'function-graph',
    message: 'This is function_graph output: how long kernel functions took, without DMA events.',
    advice: 'Use it to calibrate a platform profile. To replay, record the events iommu, dma, swiotlb and intel_iommu.',
    matches: sample =>
      sample.text(3).includes('# tracer: function_graph') || mostLines(sample, line => FUNCTION_GRAPH_LINE.test(line)),
  },
  {
    kind: 'binary',
    message: 'This is binary data, not text.',
    advice: 'If ftrace wrote it, turn its option bin off (echo nobin > trace_options) and read the trace again.',
    matches: sample => sample.bytes.filter(byte => byte === 0).length * 20 > sample.bytes.length,
  },
];

/** The error that a sample calls for, null if it may be a trace. */
export function unsupportedKind(sample: Sample): UnsupportedTraceError | null {
  const found = UNSUPPORTED.find(kind => kind.matches(sample));
  return found === undefined ? null : new UnsupportedTraceError(found.kind, found.message, found.advice);
}

/** The error for text that no format recognises. */
export function unknownFormat(): UnsupportedTraceError {
  return new UnsupportedTraceError(
    'unknown',
    'None of the first lines is an event of perf script, ftrace, trace-cmd report or a QEMU log.',
    'Record with one of these tools; the list of formats shows a command for each.',
  );
}

function beginsWith(sample: Sample, magic: string): boolean {
  return asciiBytes(magic).every((byte, i) => sample.bytes[i] === byte);
}

function mostLines(sample: Sample, test: (line: string) => boolean): boolean {
  const lines = sample.text(100).filter(line => line !== '' && !line.startsWith('#'));
  return lines.filter(test).length * 2 > lines.length;
}
