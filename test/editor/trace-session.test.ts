import { beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../src/service/api';
import { TraceSession } from '../../src/editor/session/trace-session';
import { FakeEngine } from './fake-engine';

const platform = 'vtd-bare-metal';
let fake: FakeEngine;
let session: TraceSession;

beforeEach(() => {
  fake = new FakeEngine();
  session = new TraceSession(
    'file:///nvme.perf.txt',
    'nvme.perf.txt',
    () => fake.engine,
    () => Promise.resolve({ path: '/nvme.perf.txt' }),
  );
});

describe('a trace session', () => {
  it('opens the trace once, however many ask', async () => {
    await Promise.all([session.open(), session.open()]);
    expect(fake.calls).toEqual(['open']);
  });

  it('keeps the words of a failed import and may be opened again', async () => {
    fake.failure = new EngineError('The file is empty.', 'Record it again.');
    await expect(session.open()).rejects.toBe(fake.failure);
    expect(session.failure).toBe(fake.failure);
    fake.failure = undefined;
    await session.open();
    expect(session.failure).toBeUndefined();
    expect(session.summary?.name).toBe('nvme.perf.txt');
  });

  it('opens the trace before the first replay and tells what changed', async () => {
    const changes: string[] = [];
    session.onDidChange(change => changes.push(change));
    await session.replay([
      { policy: 'strict', platform },
      { policy: 'lazy', platform },
    ]);
    expect(changes).toEqual(['trace', 'runs']);
    expect(session.runs.all.map(run => run.summary.policy)).toEqual(['strict', 'lazy']);
    expect(session.runs.baseline?.summary.policy).toBe('strict');
  });

  it('keeps the reason why a policy was refused, and the runs of the others', async () => {
    fake.refuses.set('bounce-dynamic', 'directions are not known');
    await session.replay([
      { policy: 'bounce-dynamic', platform },
      { policy: 'lazy', platform },
    ]);
    expect(session.refused.map(({ reason }) => reason)).toEqual(['directions are not known']);
    expect(session.runs.all.map(run => run.request.policy)).toEqual(['lazy']);
  });

  it('keeps what a cancelled replay has finished, and says what it did not come to', async () => {
    const controller = new AbortController();
    const fractions: number[] = [];
    const progress = (fraction: number): void => {
      fractions.push(fraction);
      if (fraction >= 0.5) controller.abort();
    };
    const requests = ['strict', 'lazy', 'passthrough', 'reuse'].map(policy => ({ policy, platform }));
    await session.replay(requests, { progress, signal: controller.signal });
    expect(session.runs.all.map(run => run.summary.policy)).toEqual(['strict', 'lazy']);
    expect(session.refused.map(({ policy }) => policy)).toEqual(['passthrough', 'reuse']);
    expect(session.refused[0].reason).toContain('cancelled');
    expect(fractions.slice(0, 3)).toEqual([0, 0.25, 0.5]);
  });

  it('goes on after a scenario that fails, and keeps the words', async () => {
    fake.fails.set('lazy', new EngineError('The scenario cannot be replayed: queue is no number.', 'Correct it.'));
    const requests = ['strict', 'lazy', 'reuse'].map(policy => ({ policy, platform }));
    await session.replay(requests);
    expect(session.runs.all.map(run => run.summary.policy)).toEqual(['strict', 'reuse']);
    expect(session.refused.map(({ reason }) => reason)).toEqual([
      'The scenario cannot be replayed: queue is no number. Correct it.',
    ]);
    await expect(session.replay(requests.slice(1, 2))).rejects.toThrow('queue is no number');
  });

  it('is only cancelled when nothing was finished', async () => {
    const signal = AbortSignal.abort();
    await expect(session.replay([{ policy: 'strict', platform }], { signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(session.runs.all).toEqual([]);
  });

  it('lets the engine forget the run that a repeated scenario replaces', async () => {
    const [first] = await session.replay([{ policy: 'strict', platform }]);
    await session.replay([{ policy: 'strict', platform }]);
    expect(fake.calls).toContain(`forget ${first.summary.runId}`);
    expect(session.runs.all).toHaveLength(1);
  });

  it('frees the trace when its text changes, and reads it again when asked', async () => {
    await session.replay([{ policy: 'strict', platform }]);
    await session.reset();
    expect(fake.calls.at(-1)).toBe('close trace-1');
    expect(session.runs.all).toEqual([]);
    await session.open();
    expect(fake.calls.at(-1)).toBe('open');
  });

  it('frees the trace when it is closed while it is still being opened', async () => {
    const opening = session.open();
    session.dispose();
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
    expect(fake.calls).toEqual(['open', 'close trace-1']);
  });

  it('ignores an empty name', async () => {
    const [run] = await session.replay([{ policy: 'strict', platform }]);
    session.rename(run.summary.runId, '  ');
    expect(run.name).toBe(run.summary.name);
    session.rename(run.summary.runId, ' before ');
    expect(run.name).toBe('before');
  });
});
