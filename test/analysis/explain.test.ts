import { describe, expect, it } from 'vitest';
import { explainLine } from '../../src/analysis/explain';
import { lineFacts } from '../../src/analysis/line-facts';
import { definitionLine, lineOfAddress, relatedLines } from '../../src/analysis/navigation';
import { smallTrace, TraceText } from '../support/trace-text';

const trace = smallTrace().line('a damaged line').trace();
const run = { runId: 'run-1', name: 'Strict', operationNs: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]) };

describe('an explained line', () => {
  const explained = explainLine(trace, 9, [run]);

  it('decodes the event', () => {
    expect(explained).toMatchObject({ line: 9, event: 'intel_iommu:qi_submit' });
    expect(explained?.fields).toContainEqual({ name: 'invalidation', value: 'page-selective' });
    expect(explained?.fields).toContainEqual({ name: 'address', value: '0xffe00000' });
    expect(explained?.fields).toContainEqual({ name: 'size', value: '64 KiB' });
  });

  it('names its operation, the other end, and what it costs under each run', () => {
    expect(explained?.operation).toMatchObject({
      id: 3,
      title: 'unmap 64 KiB FROM_DEVICE 0000:00:04.0',
      lines: [8, 9, 10],
      partnerLine: 6,
      costs: [{ runId: 'run-1', name: 'Strict', ns: 4 }],
    });
    expect(explained?.operation?.lifetimeNs).toBeGreaterThan(0);
  });

  it('is none where there is no event', () => {
    expect(explainLine(trace, 21, [])).toBeUndefined();
    expect(explainLine(trace, 999, [])).toBeUndefined();
  });

  it('says what is unusual about an operation', () => {
    const before = new TraceText().unmap({ iova: 0xfff00000 }).map({ iova: 0xffe00000 }).trace();
    expect(explainLine(before, 1, [])?.operation?.fields).toContainEqual({
      name: 'notes',
      value: 'mapped before the recording began',
    });
    expect(explainLine(before, 4, [])?.operation?.fields).toContainEqual({
      name: 'notes',
      value: 'still mapped at the end of the recording',
    });
  });
});

describe('navigation', () => {
  it('leads from an unmap to its map, and from a map nowhere', () => {
    expect(definitionLine(trace, 10)).toBe(6);
    expect(definitionLine(trace, 6)).toBeUndefined();
    expect(definitionLine(trace, 21)).toBeUndefined();
  });

  it('leads from a fault to the last map of the page', () => {
    const fault = 'IOMMU:0000:00:04.0 0000:00:04.0 iova=0x00000000fff00010 flags=0x0001';
    const text = smallTrace().event({}, 'iommu:io_page_fault', fault);
    expect(definitionLine(text.trace(), 21)).toBe(12);
  });

  it('finds the lines of the same page, device and domain', () => {
    expect(relatedLines(trace, 1, 'page', 100)).toEqual({ lines: [1, 2, 3, 4, 5, 11, 12, 13, 14, 15], total: 10 });
    expect(relatedLines(trace, 17, 'device', 2)).toEqual({ lines: [16, 17], total: 5 });
    expect(relatedLines(trace, 21, 'domain', 100)).toEqual({ lines: [], total: 0 });
  });

  it('finds an address, and goes on from the start when there is no later one', () => {
    expect(lineOfAddress(trace, 0xffe00123, 0)).toBe(6);
    expect(lineOfAddress(trace, 0xffe00123, 6)).toBe(7);
    expect(lineOfAddress(trace, 0xffe00123, 10)).toBe(6);
    expect(lineOfAddress(trace, 0x1234, 0)).toBeUndefined();
  });
});

describe('facts about lines', () => {
  it('take device and direction from the operation where the event does not tell them', () => {
    const facts = lineFacts(trace, 16, 17);
    expect([...facts.line]).toEqual([16, 17]);
    expect([...facts.operation]).toEqual([6, 6]);
    expect([...facts.device]).toEqual([1, 1]);
    expect([...facts.direction]).toEqual([1, 1]);
  });
});
