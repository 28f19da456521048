import { describe, expect, it } from 'vitest';
import { recogniseFormat, TRACE_FORMATS } from '../../../src/trace/formats/registry';
import { Sample } from '../../../src/trace/formats/sample';
import { UnsupportedTraceError } from '../../../src/trace/formats/unsupported';
import { TraceReader } from '../../../src/trace/reader';
import { fixtureTrace } from '../../support/fixture-traces';
import { bytesOf } from '../../support/read-lines';

function refusal(bytes: Uint8Array): UnsupportedTraceError {
  try {
    recogniseFormat(new Sample(bytes));
  } catch (error) {
    if (error instanceof UnsupportedTraceError) return error;
    throw error;
  }
  throw new Error('It was recognised.');
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, c => c.charCodeAt(0));

describe('what cannot be read is refused by name, with what to do instead', () => {
  it.each([
    ['empty', latin1(''), 'Record'],
    ['perf.data', latin1('PERFILE2\x68\0\0\0'), 'perf script'],
    ['trace.dat', latin1('\x17\x08\x44tracing6\0'), 'trace-cmd report'],
    ['compressed', latin1('\x1f\x8b\x08\0'), 'Decompress'],
    ['compressed', latin1('\xfd7zXZ\0\0\x04'), 'Decompress'],
    ['utf-16', latin1('\xff\xfef\0i\0o\0'), 'iconv'],
    ['binary', latin1(`${'\0'.repeat(40)}abc`), 'nobin'],
    ['unknown', latin1('Dear diary,\nnothing happened.\n'), 'Record'],
    ['function-graph', bytesOf('# tracer: function_graph', '#', ' 1)   0.123 us    |  iommu_map();'), 'calibrate'],
    [
      'function-graph',
      bytesOf(' 1)               |  iommu_map() {', ' 1)   0.123 us    |    iova_alloc();', ' 1)   1.2 us    |  }'),
      'calibrate',
    ],
  ])('%s', (kind, bytes, advice) => {
    const error = refusal(bytes);
    expect(error.kind).toBe(kind);
    expect(error.advice).toContain(advice);
  });

  it.each([
    ['ftrace-hex.txt.xz', 'ftrace-numbers'],
    ['ftrace-raw.txt.xz', 'ftrace-numbers'],
    ['perf-convert.json.xz', 'perf-json'],
    ['perf-trace.txt', 'perf-trace'],
    ['trace-cmd-report-stat.txt', 'trace-cmd-stat'],
  ])('%s', async (file, kind) => {
    const error = refusal(await fixtureTrace(`612-formats-strict/formats/${file}`));
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(/^This is /);
    expect(error.advice).not.toBe('');
  });

  it('as soon as the first 64 KiB are there', () => {
    const reader = new TraceReader();
    expect(() => reader.push(new Uint8Array(64 * 1024))).toThrow(UnsupportedTraceError);
  });
});

describe('formats are recognised by content', () => {
  it.each([
    ['612-formats-strict/formats/perf-script-default.txt.xz', 'perf-script'],
    ['612-formats-strict/formats/perf-script-F-min.txt.xz', 'perf-script'],
    ['612-formats-strict/formats/perf-script-g-default.txt.xz', 'perf-script'],
    ['612-formats-strict/formats/perf-script-header.txt.xz', 'perf-script'],
    ['612-formats-strict/formats/perf-script-show-mmap-task.txt.xz', 'perf-script'],
    ['612-formats-strict/formats/ftrace-default.txt.xz', 'ftrace'],
    ['612-formats-strict/formats/ftrace-latency-format.txt.xz', 'ftrace'],
    ['612-formats-strict/formats/ftrace-nocontext-info.txt.xz', 'ftrace'],
    ['612-formats-strict/formats/ftrace-stacktrace.txt.xz', 'ftrace'],
    ['612-formats-strict/formats/trace_pipe.txt.xz', 'ftrace'],
    ['612-formats-strict/formats/trace-cmd-report.txt.xz', 'trace-cmd'],
    ['612-formats-strict/formats/trace-cmd-report-latfmt.txt.xz', 'trace-cmd'],
    ['nested/02-pt-1dev/qemu-trace.log.xz', 'qemu-log'],
  ])('%s', async (file, format) => {
    const bytes = await fixtureTrace(file);
    expect(recogniseFormat(new Sample(bytes.subarray(0, 64 * 1024))).id).toBe(format);
  });

  it('each says how to record it', () => {
    expect(TRACE_FORMATS.map(format => format.id)).toEqual(['perf-script', 'trace-cmd', 'ftrace', 'qemu-log']);
    for (const format of TRACE_FORMATS) {
      expect(format.record).not.toBe('');
      expect(format.description).not.toBe('');
    }
  });
});
