import { describe, expect, it } from 'vitest';
import { EngineHost } from '../../src/editor/engine-host';
import { FakeEngine } from './fake-engine';

/** A host, and what became of its workers. */
function host() {
  const log: string[] = [];
  const engines = new EngineHost(
    () => {
      log.push('start');
      return {
        engine: new FakeEngine().engine,
        onExit: () => ({ dispose: () => undefined }),
        dispose: () => log.push('end'),
      };
    },
    reason => log.push(reason),
  );
  return { log, engines };
}

/** Work that goes on until it is told to end. */
function work() {
  let end = (): void => undefined;
  const ended = new Promise<void>(resolve => (end = resolve));
  return { end, run: () => ended };
}

describe("the engine's worker", () => {
  it('is started by the first call and ended when no trace is open', () => {
    const { log, engines } = host();
    expect(engines.running).toBe(false);
    expect(engines.get()).toBe(engines.get());
    engines.stop();
    expect(log).toEqual(['start', 'end']);
    expect(engines.running).toBe(false);
  });

  it('outlives the last trace while an archive is being decompressed', async () => {
    const { log, engines } = host();
    const archive = work();
    const reading = engines.use(archive.run);
    engines.stop();
    expect(log).toEqual(['start']);
    archive.end();
    await reading;
    expect(log).toEqual(['start', 'end']);
  });

  it('stays when a trace was opened in the meantime', async () => {
    const { log, engines } = host();
    const archive = work();
    const reading = engines.use(archive.run);
    engines.stop();
    engines.get();
    archive.end();
    await reading;
    expect(log).toEqual(['start']);
  });

  it('ends with the window, whatever is under way', () => {
    const { log, engines } = host();
    void engines.use(work().run);
    engines.dispose();
    expect(log).toEqual(['start', 'end']);
  });
});
