import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineError, type CallOptions, type Engine, type TraceSummary } from '../../src/service/api';
import { createEngine } from '../../src/service/engine';
import { connectEngine, serveEngine, type EngineConnection, type Port } from '../../src/service/rpc';
import { smallTrace } from '../support/trace-text';

const open: MessagePort[] = [];

function portOf(port: MessagePort): Port {
  open.push(port);
  return {
    post: (message, transfer) => port.postMessage(message, transfer),
    listen: listener => port.on('message', listener),
  };
}

/** An engine at the other end of a channel, with parts replaced. */
function connected(parts: Partial<Engine> = {}): EngineConnection {
  const { port1, port2 } = new MessageChannel();
  serveEngine({ ...createEngine(), ...parts }, portOf(port1));
  return connectEngine(portOf(port2));
}

afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

const SOURCE = { bytes: smallTrace().bytes, name: 'trace.txt' };

describe('calls over a port', () => {
  it('answer as in-process', async () => {
    const local = createEngine();
    const { engine } = connected();
    const scenario = { policy: 'strict', platform: 'vtd-bare-metal' };
    const [here, there] = await Promise.all(
      [local, engine].map(async each => {
        const trace = await each.open(SOURCE);
        const { runs } = await each.replay(trace.traceId, [scenario]);
        const facts = await each.lineFacts(trace.traceId, 1, 20);
        return { trace, runs, facts, formats: await each.formats() };
      }),
    );
    expect(there).toEqual(here);
  });

  it('have every method of the engine', () => {
    expect(Object.keys(connected().engine).sort()).toEqual(Object.keys(createEngine()).sort());
  });

  it('leave the caller its bytes, and hand files over', async () => {
    const { engine } = connected();
    const text = await engine.text(SOURCE, 1e6);
    expect(SOURCE.bytes.length).toBeGreaterThan(0);
    expect(Buffer.compare(text, SOURCE.bytes)).toBe(0);
  });

  it('run at the same time without mixing their answers', async () => {
    const { engine } = connected();
    const { traceId } = await engine.open(SOURCE);
    const lines = await Promise.all([0, 1, 2, 3].map(operation => engine.lineOfOperation(traceId, operation)));
    expect(lines).toEqual([1, 3, 6, 8]);
  });

  it('report progress', async () => {
    const { engine } = connected({
      open: (_, options) => {
        options?.progress?.(0.25, 'Reading');
        options?.progress?.(0.5, 'Reading');
        return createEngine().open(SOURCE);
      },
    });
    const seen: [number, string][] = [];
    await engine.open(SOURCE, { progress: (fraction, what) => seen.push([fraction, what]) });
    expect(seen).toEqual([
      [0.25, 'Reading'],
      [0.5, 'Reading'],
    ]);
  });
});

describe('failures over a port', () => {
  it('keep message, advice and code', async () => {
    const { engine } = connected();
    const failure = engine.explain('trace-9', 1);
    await expect(failure).rejects.toBeInstanceOf(EngineError);
    await expect(failure).rejects.toMatchObject({
      message: 'The trace is not open any more.',
      advice: 'Open it again.',
      code: 'trace-not-open',
    });
  });

  it('that are defects keep where they come from', async () => {
    const { engine } = connected({ formats: () => Promise.reject(new TypeError('of an undefined thing')) });
    await expect(engine.formats()).rejects.toMatchObject({
      message: 'of an undefined thing',
      stack: expect.stringContaining('rpc.test.ts') as string,
    });
  });

  it('reject calls that are open when the other end is gone, and later ones', async () => {
    const connection = connected({ formats: () => new Promise(() => undefined) });
    const waiting = connection.engine.formats();
    connection.fail(new EngineError('Gone.', 'Restart.', 'engine-stopped'));
    await expect(waiting).rejects.toThrow('Gone.');
    await expect(connection.engine.policies()).rejects.toMatchObject({ code: 'engine-stopped' });
  });

  it('of arguments that cannot be sent are told at once', async () => {
    const { engine } = connected();
    const source = { path: (() => 'x') as unknown as string };
    await expect(engine.open(source)).rejects.toHaveProperty('name', 'DataCloneError');
  });
});

describe('a cancelled call', () => {
  /** An engine whose `open` lasts until it is cancelled, and tells when it was. */
  function waiting(): { engine: Engine; cancelled: Promise<void>; started: Promise<void> } {
    let told: () => void;
    let begun: () => void;
    const cancelled = new Promise<void>(resolve => (told = resolve));
    const started = new Promise<void>(resolve => (begun = resolve));
    const { engine } = connected({
      open: (_, options: CallOptions = {}) =>
        new Promise<TraceSummary>((_resolve, reject) => {
          begun();
          options.signal?.addEventListener('abort', () => {
            told();
            reject(options.signal?.reason as Error);
          });
        }),
    });
    return { engine, cancelled, started };
  }

  it('rejects at once with the reason of the signal, and stops the work', async () => {
    const { engine, cancelled, started } = waiting();
    const controller = new AbortController();
    const call = engine.open(SOURCE, { signal: controller.signal });
    await started;
    controller.abort();
    await expect(call).rejects.toHaveProperty('name', 'AbortError');
    await cancelled;
  });

  it('is not even sent when it was cancelled before', async () => {
    const { engine } = waiting();
    await expect(engine.open(SOURCE, { signal: AbortSignal.abort() })).rejects.toHaveProperty('name', 'AbortError');
  });

  it('leaves others alone', async () => {
    const { engine, started } = waiting();
    const controller = new AbortController();
    const call = engine.open(SOURCE, { signal: controller.signal });
    await started;
    const other = engine.policies();
    controller.abort();
    await expect(call).rejects.toThrow();
    expect((await other).length).toBeGreaterThan(0);
  });

  it('that the engine ends by itself is an AbortError too', async () => {
    const { engine } = connected({ formats: () => Promise.reject(new DOMException('no more', 'AbortError')) });
    await expect(engine.formats()).rejects.toHaveProperty('name', 'AbortError');
  });
});
