import { describe, expect, it } from 'vitest';
import { bytesOf, ftraceLine, originOf, readLines } from '../../support/read-lines';

const MAP = 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 paddr=0x0000000017b07000 size=4096';
const UNMAP = 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 size=4096 unmapped_size=4096';

/** Where a line was recorded, its time from that of an event at 47 s. */
function origin(line: string): unknown {
  const { events, report } = readLines(ftraceLine('map', MAP, { time: '47.000000' }), line);
  expect(report.format).toBe('ftrace');
  return events.count === 2 ? originOf(events, 1) : null;
}

describe('what stands before the event', () => {
  it.each([
    [
      'five flags',
      `             fio-413     [001] d.h1.    47.000001: map: ${MAP}`,
      { comm: 'fio', pid: 413, cpu: 1, time: 1000 },
    ],
    ['four flags', `             fio-413     [001] d.h1    47.000001: map: ${MAP}`, { cpu: 1, time: 1000 }],
    ['seven flags', `        qemu-kvm-4575    [008] .......   47.000001: map: ${MAP}`, { comm: 'qemu-kvm', cpu: 8 }],
    ['no flags', `             fio-413     [001]     47.000001: map: ${MAP}`, { cpu: 1, time: 1000 }],
    [
      'process',
      `             fio-413     (    411) [001] .....    47.000001: map: ${MAP}`,
      { comm: 'fio', pid: 413, cpu: 1 },
    ],
    [
      'unknown process',
      `          <idle>-0       (-------) [001] dNH3.    47.000001: map: ${MAP}`,
      { comm: '<idle>', pid: 0 },
    ],
    [
      'dashes and digits in the command',
      `irq/26-AMD-Vi-154     [006] .....     47.000001: map: ${MAP}`,
      { comm: 'irq/26-AMD-Vi', pid: 154 },
    ],
    [
      'brackets in the command',
      `   (udev-worker)-532     [010] .....     47.000001: map: ${MAP}`,
      { comm: '(udev-worker)', pid: 532 },
    ],
    [
      'dash at the end of the command',
      `jbd2/mmcblk2p6--289     [010] .....     47.000001: map: ${MAP}`,
      { comm: 'jbd2/mmcblk2p6-', pid: 289 },
    ],
    [
      'blanks in the command',
      `       CPU 0/KVM-11      [010] .....     47.000001: map: ${MAP}`,
      { comm: 'CPU 0/KVM', pid: 11 },
    ],
    [
      'latency format',
      `     fio-413       1d.h1. 47000001us*: map: ${MAP}`,
      { comm: 'fio', pid: 413, cpu: 1, time: 1000 },
    ],
    [
      'latency format, no mark',
      `rcu_tort-70        1dNh3. 47000001us : map: ${MAP}`,
      { comm: 'rcu_tort', pid: 70, cpu: 1, time: 1000 },
    ],
    [
      'verbose',
      `             fio     413   1 9 00000001 00000002 [02cd29c1] 47000.001ms (+1.651ms): map: ${MAP}`,
      { comm: 'fio', pid: 413, cpu: 1, time: 1000 },
    ],
    [
      'kernel log',
      `[10611.835048] rcu_tort-70        1dNh3. 47000001us : map: ${MAP}`,
      { comm: 'rcu_tort', pid: 70, time: 1000 },
    ],
    [
      'kernel log with level and caller',
      `<4>[10611.835048][  T123]      fio-413     [001] .....    47.000001: map: ${MAP}`,
      { comm: 'fio', pid: 413 },
    ],
  ])('%s', (_, line, expected) => {
    expect(origin(line)).toMatchObject(expected);
  });

  it('an integer clock counts ticks, and that is said', () => {
    const { events, report } = readLines(
      `             fio-413     [001] ..... 128603410038: map: ${MAP}`,
      `             fio-413     [001] ..... 128603600932: unmap: ${UNMAP}`,
    );
    expect([...events.time.subarray(0, 2)]).toEqual([0, 190_894]);
    expect(report.assumptions).toEqual([expect.stringContaining('ticks')]);
  });

  it('nothing at all (nocontext-info): order only, and that is said', () => {
    const { events, report } = readLines('# tracer: nop', `map: ${MAP}`, `unmap: ${UNMAP}`, 'other_event: x=1');
    expect(report.format).toBe('ftrace');
    expect(originOf(events, 1)).toEqual({ pid: -1, cpu: -1, time: 0, line: 3 });
    expect(report.assumptions).toEqual([expect.stringContaining('2 events carry no time')]);
    expect(report.skipped).toMatchObject([{ count: 1, firstLine: 4 }]);
  });
});

describe('stack traces', () => {
  it('belong to the CPU’s last event, though other CPUs’ lines stand between', () => {
    const { events, report } = readLines(
      ftraceLine('map', MAP, { cpu: 1 }),
      ftraceLine('unmap', UNMAP, { cpu: 0 }),
      '             fio-413     [001] .....    47.363425: <stack trace>',
      ' => trace_event_raw_event_map',
      ' => __traceiter_map',
      ' => __iommu_map',
      ' => nvme_prep_rq.part.0',
    );
    expect(events.strings[events.callChain[0]]).toBe('__iommu_map;nvme_prep_rq.part.0');
    expect(events.callChain[1]).toBe(-1);
    expect(report.skipped).toEqual([]);
  });

  it('that an interrupt’s own event and trace came before belong to the event before those', () => {
    const stack = (frame: string): string[] => [
      '             fio-413     [001] .....    47.363425: <stack trace>',
      ` => ${frame}`,
    ];
    const { events } = readLines(
      ftraceLine('map', MAP),
      ftraceLine('unmap', UNMAP),
      ...stack('of_unmap'),
      ...stack('of_map'),
    );
    expect([0, 1].map(row => events.strings[events.callChain[row]])).toEqual(['of_map', 'of_unmap']);
  });

  it('of other events attach to nothing', () => {
    const { events } = readLines(
      ftraceLine('map', MAP),
      ftraceLine('sched_waking', 'comm=fio'),
      '             fio-413     [001] .....    47.363425: <stack trace>',
      ' => try_to_wake_up',
    );
    expect(events.callChain[0]).toBe(-1);
  });
});

describe('lost events', () => {
  it('as trace_pipe tells them', () => {
    const { report } = readLines(
      ftraceLine('map', MAP, { cpu: 0, time: '1.000000' }),
      'CPU:0 [LOST 3445 EVENTS]',
      ftraceLine('map', MAP, { cpu: 1, time: '2.000000' }),
      ftraceLine('map', MAP, { cpu: 0, time: '4.000000' }),
      '[10611.835048] CPU:1 [LOST EVENTS]',
      ftraceLine('map', MAP, { cpu: 1, time: '5.000000' }),
    );
    expect(report.lostEvents).toBe(3445);
    expect(report.lost).toEqual([
      { cpu: 0, fromNs: 0, toNs: 3e9, events: 3445, line: 2 },
      { cpu: 1, fromNs: 1e9, toNs: 4e9, events: 0, line: 5 },
    ]);
  });

  it('as the header tells them: overwritten before the first event, and where each CPU’s buffer begins', () => {
    const { report } = readLines(
      '# tracer: nop',
      '# entries-in-buffer/entries-written: 176/15000   #P:2',
      ftraceLine('map', MAP, { cpu: 1, time: '1.000000' }),
      '##### CPU 0 buffer started ####',
      ftraceLine('map', MAP, { cpu: 0, time: '2.000000' }),
    );
    expect(report.lostEvents).toBe(15000 - 176);
    expect(report.lost).toEqual([
      { cpu: -1, fromNs: 0, toNs: 0, events: 14824, line: 2 },
      { cpu: 0, fromNs: 0, toNs: 1e9, events: 0, line: 4 },
    ]);
  });

  it('as the header of the latency format tells them', () => {
    const { report } = readLines(
      '# latency: 0 us, #10/25, CPU#0 | (M:desktop)',
      `     fio-413       1d.h1. 47000001us*: map: ${MAP}`,
    );
    expect(report.lostEvents).toBe(15);
  });

  it('none where nothing was overwritten', () => {
    const { report } = readLines('# entries-in-buffer/entries-written: 7/7   #P:2', ftraceLine('map', MAP));
    expect(report.lost).toEqual([]);
  });
});

describe('other lines', () => {
  it('of the function tracer and markers are ignored', () => {
    const { report } = readLines(
      ftraceLine('map', MAP),
      '             fio-413     [001] .....    47.363425: iommu_map <-__iommu_dma_map',
      '              sh-28712 [000] ...1 608934.535199: tracing_mark_write: Hello, world!',
      'Dumping ftrace buffer:',
      '---------------------------------',
    );
    expect(report.otherEvents).toEqual({ tracing_mark_write: 1 });
    expect(report.skipped).toEqual([]);
  });

  it('in raw form have their own reason', () => {
    const { report } = readLines(...Array<string>(5).fill(ftraceLine('map', MAP)), '413 1 47089734024 type: 1265');
    expect(report.skipped).toMatchObject([{ severity: 'error', firstLine: 6 }]);
    expect(report.skipped[0].advice).toContain('noraw');
  });

  it('with a system before the event’s name are read all the same', () => {
    const { report } = readLines(ftraceLine('iommu:map', MAP), ftraceLine('dma:dma_unmap_page', 'x'));
    expect(report.events).toEqual({ 'iommu:map': 1 });
  });

  it('account for all bytes', () => {
    const lines = ['# tracer: nop', '', ftraceLine('map', MAP), 'junk'];
    const { report } = readLines(...lines);
    expect(report.parsedBytes + report.ignoredBytes + report.skippedBytes).toBe(bytesOf(...lines).length);
  });
});
