import { describe, expect, it, vi } from 'vitest';
import { withRuns } from '../../src/editor/history/run-history';
import { lineTokens } from '../../src/editor/language/line-tokens';
import { parseAddress, parseOperation, parseTime } from '../../src/editor/navigation/parse-target';
import { stepFrom } from '../../src/editor/navigation/step';
import { parseKernel, recordingCommand } from '../../src/editor/record/recording-command';
import { Direction } from '../../src/trace/events';
import { makeRun } from './make-run';

vi.mock('vscode', () => import('./vscode-stub'));
const { deltas } = await import('../../src/editor/language/delta-time');

describe('where to go', () => {
  it.each([
    ['1.5s', 1.5e9],
    ['250 ms', 250e6],
    ['80us', 80e3],
    ['80µs', 80e3],
    ['12345ns', 12345],
    ['2', 2e9],
  ])('%s is a time', (text, ns) => expect(parseTime(text)).toBe(ns));

  it('knows operations and addresses, and what is neither', () => {
    expect(parseOperation('#42')).toBe(42);
    expect(parseAddress('0xfffba000')).toBe(0xfffba000);
    expect(parseAddress('FFFBA000')).toBe(0xfffba000);
    for (const parse of [parseTime, parseOperation, parseAddress]) expect(parse('here')).toBeUndefined();
  });

  it('steps to the nearest hotspot and around the ends', () => {
    expect(stepFrom([30, 10, 20], 10, 1)).toBe(20);
    expect(stepFrom([30, 10, 20], 30, 1)).toBe(10);
    expect(stepFrom([30, 10, 20], 10, -1)).toBe(30);
    expect(stepFrom([], 10, 1)).toBeUndefined();
  });
});

describe('semantic tokens', () => {
  const found = (text: string, device: number, direction: number): [string, string][] =>
    lineTokens(text, device, direction).map(({ start, length, type }) => [text.slice(start, start + length), type]);

  it('colour event and device alike, and the direction', () => {
    const perf = ' fio 405 [000]    38.558540:  dma:dma_map_page: 0000:00:04.0 dir=FROM_DEVICE dma_addr=fffba000';
    expect(found(perf, 0, Direction.FromDevice)).toEqual([
      ['dma:dma_map_page', 'iommuDevice1'],
      ['0000:00:04.0', 'iommuDevice1'],
      ['FROM_DEVICE', 'iommuFromDevice'],
    ]);
  });

  it('show at the address a direction that the line does not print', () => {
    const ftrace = ' fio-413 [001] .....    47.089748: map: IOMMU: iova=0x00000000fffbe000 - 0x00000000fffbf000';
    expect(found(ftrace, 7, Direction.ToDevice)).toEqual([
      ['map', 'iommuDevice2'],
      ['iova=0x00000000fffbe000', 'iommuToDevice'],
    ]);
  });

  it("know QEMU's events", () => {
    expect(found('77@1.5:vfio_dma_map x', 0, Direction.Unknown)).toEqual([['vfio_dma_map', 'iommuDevice1']]);
  });

  it('leave alone what is not known', () => {
    expect(found(' 1.0: dma:dma_map_page: x dir=NONE', -1, Direction.Unknown)).toEqual([]);
  });
});

describe('delta time', () => {
  const facts = {
    line: Uint32Array.of(3, 4, 6),
    timeNs: Float64Array.of(100, 150, 400),
    operation: Int32Array.of(0, -1, 0),
    device: new Int32Array(3),
    direction: new Uint8Array(3),
  };

  it('is since the event before, or since the first event of the operation', () => {
    expect(deltas(facts, 'previous')).toEqual([
      { line: 4, ns: 50 },
      { line: 6, ns: 250 },
    ]);
    expect(deltas(facts, 'operation')).toEqual([{ line: 6, ns: 300 }]);
  });
});

describe('the recording command', () => {
  it.each([
    ['6.12.117+deb13-amd64', { major: 6, minor: 12 }],
    ['v5.4', { major: 5, minor: 4 }],
    ['new', undefined],
  ])('reads the version of %s', (text, kernel) => expect(parseKernel(text)).toEqual(kernel));

  it('records every family of a new kernel', () => {
    const { command, missing } = recordingCommand('perf', { major: 6, minor: 12 }, true);
    expect(command).toContain("-e 'iommu:*' -e 'dma:*' -e 'swiotlb:*' -e 'intel_iommu:*'");
    expect(missing).toEqual([]);
  });

  it('leaves out what an older kernel does not have, and says so', () => {
    const { command, missing } = recordingCommand('trace-cmd', { major: 6, minor: 6 }, true);
    expect(command).not.toContain('-e dma');
    expect(missing).toEqual(['dma']);
  });

  it('asks no ARM machine for VT-d events', () => {
    const { command, missing } = recordingCommand('ftrace', { major: 6, minor: 14 }, false);
    expect(command).not.toContain('intel_iommu');
    expect(missing).toEqual([]);
  });
});

describe('the run history', () => {
  it('keeps one entry for each scenario of a trace, newest first, under its newest name', () => {
    const strict = makeRun({ policy: 'strict' });
    const lazy = makeRun({ policy: 'lazy' });
    const first = withRuns([], 'file:///t', 't', [strict], 1);
    strict.name = 'renamed';
    const second = withRuns(first, 'file:///t', 't', [strict, lazy], 2);
    expect(second.map(({ policy, name, at }) => [policy, name, at])).toEqual([
      ['lazy', lazy.name, 2],
      ['strict', 'renamed', 1],
    ]);
  });

  it('tells traces apart by their content', () => {
    const here = withRuns([], 'file:///a', 'a', [makeRun({ fingerprint: 'a' })], 1);
    expect(withRuns(here, 'file:///b', 'b', [makeRun({ fingerprint: 'b' })], 2)).toHaveLength(2);
  });
});
