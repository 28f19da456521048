/** An engine for tests: answers at once, remembers what it was asked, and refuses what it is told to. */
import type {
  CallOptions,
  Engine,
  Hotspot,
  Refusal,
  RunSummary,
  ScenarioRequest,
  TraceSummary,
} from '../../src/service/api';
import { makeSummary } from './make-run';

export class FakeEngine {
  readonly calls: string[] = [];
  /** Policies that are refused, with the reason. */
  readonly refuses = new Map<string, string>();
  /** Policies whose replay rejects. */
  readonly fails = new Map<string, Error>();
  /** What `open` rejects with. */
  failure: Error | undefined;
  recordedPolicy: 'strict' | 'lazy' = 'strict';
  hotspots: Hotspot[] = [];

  /** The calls that sessions make; others are no part of this engine. */
  get engine(): Engine {
    return this as unknown as Engine;
  }

  open(): Promise<TraceSummary> {
    this.calls.push('open');
    if (this.failure) return Promise.reject(this.failure);
    return Promise.resolve(makeTrace(this.recordedPolicy));
  }

  close(traceId: string): Promise<void> {
    this.calls.push(`close ${traceId}`);
    return Promise.resolve();
  }

  replay(
    _: string,
    scenarios: ScenarioRequest[],
    options: CallOptions,
  ): Promise<{ runs: RunSummary[]; refused: Refusal[] }> {
    this.calls.push(`replay ${scenarios.map(({ policy }) => policy).join(',')}`);
    options.progress?.(0, 'Replaying');
    if (options.signal?.aborted) return Promise.reject(new DOMException('Cancelled.', 'AbortError'));
    const failure = scenarios.map(({ policy }) => this.fails.get(policy)).find(error => error !== undefined);
    if (failure !== undefined) return Promise.reject(failure);
    const accepted = scenarios.filter(({ policy }) => !this.refuses.has(policy));
    const refused = scenarios.filter(({ policy }) => this.refuses.has(policy));
    return Promise.resolve({
      runs: accepted.map(({ policy, platform, params }) => makeSummary({ policy, platform, params: params ?? {} })),
      refused: refused.map(({ policy, platform }) => ({ policy, platform, reason: this.refuses.get(policy) ?? '' })),
    });
  }

  forget(runId: string): Promise<void> {
    this.calls.push(`forget ${runId}`);
    return Promise.resolve();
  }
}

export function makeTrace(recordedPolicy: 'strict' | 'lazy' = 'strict'): TraceSummary {
  return {
    traceId: 'trace-1',
    name: 'nvme.perf.txt',
    fingerprint: '0123456789abcdef',
    devices: [],
    report: {
      format: 'perf-script',
      bytes: 1000,
      lines: 10,
      parsedBytes: 900,
      ignoredBytes: 90,
      skippedBytes: 10,
      events: { 'iommu:map': 1, 'iommu:unmap': 1 },
      otherEvents: {},
      skipped: [
        { reason: 'cut off', severity: 'warning', count: 2, bytes: 10, firstLine: 9, meaning: 'm', advice: 'a' },
      ],
      lost: [],
      lostEvents: 0,
      spanNs: 1e6,
      cpus: [0],
      operations: { map: 1, unmap: 1, sync: 0, alloc: 0, free: 0 },
      mapSegments: 1,
      unpaired: {
        unmapWithoutMap: 0,
        mapWithoutUnmap: 0,
        endsNotRecorded: 0,
        reasons: { mappedBeforeRecording: 0, stillMappedAtEnd: 0, insideLostInterval: 0, unexplained: 0 },
      },
      recordedPolicy: { id: recordedPolicy, evidence: 'page-selective invalidations' },
      assumptions: [],
    },
  };
}
