import { describe, expect, it } from 'vitest';
import { originOf, readLines, rowOf } from '../../support/read-lines';

const MAP = 'IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000 paddr=0x0000000017b07000 size=4096';
const FIRST = `             fio-413   [001] .....    47.000000: map:                  ${MAP}`;

describe('trace-cmd report', () => {
  it.each([
    ['plain', `             fio-413   [001] .....    47.000001: map:                  ${MAP}`],
    ['buffer name', `tc:              fio-413   [001] .....    47.000001: map:                  ${MAP}`],
    ['file name', `trace-guest.dat:             fio-413   [001]    47.000001: map:                  ${MAP}`],
    ['latency columns (-l)', `tc:      fio-413     1d.h1.    47.000001: map:                  ${MAP}`],
    [
      'raw (-R)',
      'tc:              fio-413   [001]-0x9    47.000001: map:                   iova=0x00000000fffbe000 paddr=0x0000000017b07000 size=4096',
    ],
    ['nanoseconds (-t)', `             fio-413   [001] .....    47.000001000: map:                  ${MAP}`],
    ['differences (--ts-diff)', `             fio-413   [001] .....    47.000001: (+1) map:                  ${MAP}`],
  ])('%s', (_, line) => {
    const { events, report } = readLines('cpus=2', FIRST, line);
    expect(report.format).toBe('trace-cmd');
    expect(originOf(events, 1)).toEqual({ comm: 'fio', pid: 413, cpu: 1, time: 1000, line: 3 });
    expect(rowOf(events, 1)).toMatchObject({ kind: 'IommuMap', address: 0xfffbe000, phys: 0x17b07000 });
  });

  it('is told from ftrace by its padding where the header is missing', () => {
    expect(readLines(FIRST).report.format).toBe('trace-cmd');
  });

  it('has headers that are no events', () => {
    const { report } = readLines('version = 7', 'CPU 0 is empty', 'cpus=2', 'trace.dat', FIRST);
    expect(report.skipped).toEqual([]);
  });

  it('tells dropped events', () => {
    const { report } = readLines(
      'cpus=2',
      FIRST,
      'CPU:1 [52 EVENTS DROPPED]',
      'tl: CPU:1 [EVENTS DROPPED]',
      'CPU:1 [SUBBUFFER START]',
    );
    expect(report.lost).toMatchObject([
      { cpu: 1, events: 52, line: 3 },
      { cpu: 1, events: 0, line: 4 },
    ]);
    expect(report.skipped).toEqual([]);
  });

  it('has kernel stacks as an event of their own', () => {
    const { events } = readLines(
      'cpus=2',
      FIRST,
      '             fio-413   [001] .....    47.000001: kernel_stack:         <stack trace>',
      '=> __iommu_map (ffffffff8210d52c)',
      '=> iommu_map (ffffffff8210d5b2)',
    );
    expect(events.strings[events.callChain[0]]).toBe('__iommu_map;iommu_map');
  });
});
