import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/service/engine';
import { fixtureTrace } from '../support/fixture-traces';
import { smallTrace, TraceText } from '../support/trace-text';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function opened(bytes: Uint8Array) {
  const engine = createEngine();
  return { engine, trace: await engine.open({ bytes, name: 'trace.txt' }) };
}

describe('a clipped trace', () => {
  it('holds the events of the range with what belongs to them, and the header', async () => {
    const made = new TraceText().line('# captured on: today');
    for (const at of [0, 1000, 2000])
      made.map({ iova: 0xfff00000 - at * 4096, at, chain: ['dma_map_page', 'nvme_prep_rq'] });
    const { engine, trace } = await opened(made.bytes);
    const clip = text(await engine.clip(trace.traceId, 1000, 2000)).split('\n');
    expect(clip[0]).toBe('# captured on: today');
    expect(clip.filter(line => line.includes('iommu:map'))).toHaveLength(1);
    expect(clip.filter(line => line.includes('nvme_prep_rq')).length).toBeGreaterThan(0);
    expect(clip.join('\n')).not.toContain('iova=0x00000000fff00000');
  });

  it('of everything is the trace', async () => {
    const { bytes } = smallTrace().line('a damaged line');
    const { engine, trace } = await opened(bytes);
    expect(Buffer.compare(await engine.clip(trace.traceId, 0, Infinity), bytes)).toBe(0);
  });
});

describe('a sanitised trace', () => {
  const POLICIES = ['strict', 'lazy', 'passthrough', 'reuse', 'bounce-dynamic', 'swiotlb'];

  async function countersOf(bytes: Uint8Array) {
    const { engine, trace } = await opened(bytes);
    const scenarios = POLICIES.map(policy => ({ policy, platform: 'vtd-bare-metal' }));
    const { runs } = await engine.replay(trace.traceId, scenarios);
    return {
      recorded: trace.report.recordedPolicy,
      operations: trace.report.operations,
      counters: runs.map(run => run.counters),
    };
  }

  it.each([
    '612-untrusted/e1000e-tx-8m/perf-script.txt',
    '612-pt/nvme-randread-4k/perf-script.txt.xz',
    '612-formats-strict/unbind/perf-script-unbind.txt.xz',
    'nested/01-strict-1dev-bb/qemu-trace.log.xz',
    'nested/01-strict-1dev-bb/l1-host-ftrace.txt.xz',
  ])('replays to the same counts: %s', async path => {
    const bytes = await fixtureTrace(path);
    const { engine, trace } = await opened(bytes);
    const sanitised = await engine.sanitize(trace.traceId);
    expect(await countersOf(sanitised)).toEqual(await countersOf(bytes));
  });

  it('keeps no name of a command, no address, no host, no line of anything else', async () => {
    const secret = new TraceText()
      .line('# hostname : build-server-7')
      .map({ iova: 0xfff00000, phys: 0x8e97000, comm: 'payroll', chain: ['dma_map_page', 'nvme_prep_rq'] })
      .line('payroll 405 [000] 1.000000500: sched:sched_switch: next_comm=password-tool')
      .unmap({ iova: 0xfff00000, comm: 'payroll' });
    const { engine, trace } = await opened(secret.bytes);
    const sanitised = text(await engine.sanitize(trace.traceId));
    expect(sanitised).not.toMatch(/payroll|build-server|password|8e97000|fff00000|ffffffff81000000/);
    expect(sanitised).toContain('nvme_prep_rq');
    expect(sanitised.match(/^task1 /gm)?.length).toBe(5);
  });

  it('is rewritten alike each time', async () => {
    const { engine, trace } = await opened(smallTrace().bytes);
    expect(Buffer.compare(await engine.sanitize(trace.traceId), await engine.sanitize(trace.traceId))).toBe(0);
  });
});
