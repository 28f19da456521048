import { describe, expect, it } from 'vitest';
import { OpKind } from '../../src/trace/operations';
import { findPlatform } from '../../src/platforms/registry';
import type { DeviceModel, PlatformProfile } from '../../src/platforms/profile';
import { queueBoundNs, throughputOf } from '../../src/replay/device-model';
import { replay } from '../../src/replay/replay';
import { buildScenario } from '../../src/replay/scenario-build';
import { makeOperations, type MadeOperation } from './make-operations';

const LAW: DeviceModel = { l0Ns: 65, lmNs: 197, source: 'test' };

/** 1,000 I/Os of a page on one CPU, 1 us of think time each. */
function run(device: DeviceModel) {
  const made: MadeOperation[] = [];
  for (let io = 0; io < 1000; io++) {
    made.push({ kind: OpKind.Map, time: io * 1000, mapping: io });
    made.push({ kind: OpKind.Unmap, time: io * 1000, mapping: io });
  }
  const platform: PlatformProfile = { ...findPlatform('vtd-bare-metal')!, device };
  return replay(makeOperations(made), buildScenario({ policy: 'passthrough', platform, loop: 'closed' }));
}

describe('what a device gets', () => {
  it('is 4 KiB per l0 + M·lm, up to its ceiling', () => {
    expect((throughputOf(1.76, LAW) * 8) / 1e9).toBeCloseTo(79.6, 1);
    expect(throughputOf(0, { ...LAW, ceilingBytesPerSecond: 1e9 })).toBe(1e9);
  });

  it('does not bind a closed loop whose CPU is slower', () => {
    const { time, findings } = run(LAW);
    expect(time.makespanNs).toBeGreaterThan(999_000);
    expect(time.makespanNs).toBeLessThan(1_100_000);
    expect(findings.some(({ text }) => text.includes('bound by the device'))).toBe(false);
  });

  it('binds it by its ceiling, and says so', () => {
    const { time, findings } = run({ ...LAW, ceilingBytesPerSecond: 1e9 });
    expect(time.makespanNs).toBeCloseTo(4_096_000, -2);
    expect(findings.some(({ text }) => text.includes('bound by the device (1.00 GB/s)'))).toBe(true);
  });

  it('binds it by the requests in flight: QD / (S + Dv + L)', () => {
    const { time, findings } = run({ ...LAW, queueDepth: 4, latencyNs: 80_000 });
    const transferNs = 4096 / (throughputOf(0, LAW) / 1e9);
    expect(time.makespanNs).toBeCloseTo((1000 * (1050 + transferNs + 80_000)) / 4, -4);
    expect(findings.some(({ text }) => text.includes('4 requests in flight'))).toBe(true);
  });

  it('is not bound by the queue where the time of a request is not known', () => {
    expect(queueBoundNs(1000, 1e6, 1e6, { ...LAW, queueDepth: 1 })).toBe(0);
  });
});
