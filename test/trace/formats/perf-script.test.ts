import { describe, expect, it } from 'vitest';
import { bytesOf, originOf, perfLine, readLines, rowOf } from '../../support/read-lines';
import { readTrace } from '../../../src/trace/read';
import { UnsupportedTraceError } from '../../../src/trace/formats/unsupported';

const MAP = 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 paddr=0x0000000017b07000 size=4096';

/** Where the second line of a trace was recorded; the first makes it one. */
function origin(line: string): unknown {
  const { events } = readLines(perfLine('iommu:map', MAP), line);
  return events.count === 2 ? originOf(events, 1) : null;
}

describe('what stands before the event', () => {
  it.each([
    [
      'tid',
      `             fio     413 [001]    46.721856: iommu:map: ${MAP}`,
      { comm: 'fio', pid: 413, cpu: 1, time: 1000 },
    ],
    [
      'pid/tid',
      `             fio     411/413     [001]    46.721856: iommu:map: ${MAP}`,
      { comm: 'fio', pid: 413, cpu: 1 },
    ],
    ['nanoseconds', `             fio     413 [001]    46.721855838: iommu:map: ${MAP}`, { time: 838 }],
    ['period', `             fio     413 [001]    46.721856:          1   iommu:map: ${MAP}`, { pid: 413, time: 1000 }],
    ['time only', `   46.721856: iommu:map: ${MAP}`, { pid: -1, cpu: -1, time: 1000 }],
    ['event only', `iommu:map: ${MAP}`, { pid: -1, cpu: -1, time: 0 }],
    [
      'blanks in the command',
      ` CPU 0/KVM  4711 [012]    46.721856: iommu:map: ${MAP}`,
      { comm: 'CPU 0/KVM', pid: 4711, cpu: 12 },
    ],
    [
      'colons in the command',
      `  kworker/u64:0-ev    12 [000]    46.721856: iommu:map: ${MAP}`,
      { comm: 'kworker/u64:0-ev', pid: 12 },
    ],
    [
      'unknown thread',
      `             :-1      -1/-1     [015]    46.721856: iommu:map: ${MAP}`,
      { comm: ':-1', pid: -1, cpu: 15 },
    ],
    [
      'unpadded, as with call chains',
      `fio     413 [001]    46.721856: iommu:map: ${MAP}`,
      { comm: 'fio', pid: 413, cpu: 1 },
    ],
    [
      'flags behind the CPU',
      `             fio     413 [001] K         46.721856: iommu:map: ${MAP}`,
      { comm: 'fio', cpu: 1 },
    ],
    ['no thread', `             fio [001]    46.721856: iommu:map: ${MAP}`, { comm: 'fio', pid: -1, cpu: 1 }],
  ])('%s', (_, line, expected) => {
    expect(origin(line)).toMatchObject(expected);
  });

  it.each(['             fio     413 [99999]    46.721856: iommu:map: ', 'fio 413 [001] 46.721856:', '   46.721856: '])(
    'is not guessed where it is wrong: %j',
    line => {
      expect(readLines(perfLine('iommu:map', MAP), line).report.skipped).toMatchObject([{ firstLine: 2 }]);
    },
  );
});

describe('call chains', () => {
  const chain = [
    '\tffffffff8211071a __traceiter_map+0x3a ([kernel.kallsyms])',
    '\tffffffff8210d52c __iommu_map+0x23c ([kernel.kallsyms])',
    '\tffffffffc0545656 nvme_prep_rq.part.0+0x586 ([nvme])',
    '\t    7f5bdfd1a4f9 [unknown] (/usr/lib/libc.so.6)',
    '',
  ];

  it('belong to the event before them, innermost first, without the tracer, offsets and objects', () => {
    const { events, report } = readLines(
      `fio 413 [001] 46.717544: iommu:map: ${MAP}`,
      ...chain,
      perfLine('iommu:map', MAP),
    );
    expect(events.strings[events.callChain[0]]).toBe('__iommu_map;nvme_prep_rq.part.0;[unknown]');
    expect(events.callChain[1]).toBe(-1);
    expect(report.ignoredBytes).toBe(bytesOf(...chain).length);
  });

  it('follow padded lines too, and blanks in place of tabs', () => {
    const { events } = readLines(perfLine('iommu:map', MAP), ...chain.map(frame => frame.replace('\t', '        ')));
    expect(events.strings[events.callChain[0]]).toMatch(/^__iommu_map;/);
  });

  it('of other events attach to nothing', () => {
    const other = 'fio 413 [001] 46.717545: sched:sched_waking: comm=fio';
    const { events, report } = readLines(`fio 413 [001] 46.717544: iommu:map: ${MAP}`, '', other, ...chain);
    expect(events.callChain[0]).toBe(-1);
    expect(report.skipped).toEqual([]);
  });

  it('end where the interrupt was taken: what it interrupted is no caller', () => {
    const frames = ['dma_unmap_page_attrs', 'nvme_irq', 'asm_common_interrupt', 'do_something_else'];
    const lines = frames.map((name, i) => `\t${i + 1} ${name}+0x1 ([kernel.kallsyms])`);
    const { events } = readLines(`fio 413 [001] 46.717544: iommu:map: ${MAP}`, ...lines);
    expect(events.strings[events.callChain[0]]).toBe('dma_unmap_page_attrs;nvme_irq;asm_common_interrupt');
  });

  it('are cut to the innermost twelve frames', () => {
    const frames = Array.from({ length: 30 }, (_, i) => `\t${(i + 1).toString(16)} f${i} (x)`);
    const { events } = readLines(`fio 413 [001] 46.717544: iommu:map: ${MAP}`, ...frames);
    expect(events.strings[events.callChain[0]].split(';')).toHaveLength(12);
  });
});

describe('lost events', () => {
  it('lie between the last event of the CPU and the first after the remark', () => {
    const { report } = readLines(
      perfLine('iommu:map', MAP, { time: '1.000000', cpu: 0 }),
      perfLine('iommu:map', MAP, { time: '2.000000', cpu: 1 }),
      '             fio     499 [000]     5.000000: PERF_RECORD_LOST lost 13',
      perfLine('iommu:map', MAP, { time: '3.000000', cpu: 1 }),
      perfLine('iommu:map', MAP, { time: '5.000000', cpu: 0 }),
    );
    expect(report.lostEvents).toBe(13);
    expect(report.lost).toEqual([{ cpu: 0, fromNs: 0, toNs: 4e9, events: 13, line: 3 }]);
  });

  it('at the end of the trace last until its end', () => {
    const { report } = readLines(
      perfLine('iommu:map', MAP, { time: '1.000000' }),
      perfLine('iommu:map', MAP, { time: '2.000000', cpu: 0 }),
      '             fio     499 [001]     9.000000: PERF_RECORD_LOST_SAMPLES lost 2',
    );
    expect(report.lost).toEqual([{ cpu: 1, fromNs: 0, toNs: 1e9, events: 2, line: 3 }]);
  });

  it('that perf only sums up are told as an assumption', () => {
    const { report } = readLines(
      perfLine('iommu:map', MAP),
      '     Warning:',
      'Processed 15001 samples and lost 31.32%!',
      '',
    );
    expect(report.skipped).toEqual([]);
    expect(report.assumptions).toEqual([expect.stringContaining('lost 31.32%')]);
  });
});

describe('other lines', () => {
  it('headers, blank lines and perf’s own records are ignored', () => {
    const { report } = readLines(
      '# captured on    : Fri Nov 20 23:43:24 2026',
      '',
      '         swapper       0 [000]     0.000000: PERF_RECORD_FORK(1:1):(0:0)',
      '      guest-init       0 [000]     0.000000: PERF_RECORD_COMM: guest-init:1/1',
      perfLine('iommu:map', MAP),
    );
    expect(report.skipped).toEqual([]);
    expect(report.ignoredBytes).toBe(report.bytes - perfLine('iommu:map', MAP).length - 1);
  });

  it('events without a system are of other families', () => {
    const { events, report } = readLines(
      'forks     9 [002] 203265.377019:    1001001 cpu-clock: ',
      perfLine('iommu:map', MAP),
    );
    expect(report.otherEvents).toEqual({ 'cpu-clock': 1 });
    expect(rowOf(events, 0).kind).toBe('IommuMap');
  });
});

describe('differences in place of times (--deltatime)', () => {
  const stamps = [
    '0.000000',
    '0.000866',
    '0.002676',
    '0.000857',
    '0.000681',
    '0.002502',
    '0.000068',
    '0.000320',
    '0.000053',
  ];

  it('are summed up', () => {
    const { events, report } = readLines(...stamps.map(time => perfLine('iommu:map', MAP, { time })));
    expect(events.time[3]).toBe(866_000 + 2_676_000 + 857_000);
    expect(report.assumptions).toEqual([expect.stringContaining('--deltatime')]);
  });

  it('are not seen in times that begin at 0 and rise (--reltime)', () => {
    const { events, report } = readLines(...[...stamps].sort().map(time => perfLine('iommu:map', MAP, { time })));
    expect(events.time[8]).toBe(2_676_000);
    expect(report.assumptions).toEqual([]);
  });
});

it('a trace of nothing but other programs is refused', () => {
  expect(() => readTrace(bytesOf('hello', 'world'))).toThrow(UnsupportedTraceError);
});
