/** Keeps the engine's worker: started at the first call, ended when no trace is open, started anew after a crash. */
import type { Engine } from '../service/api';
import type { EngineWorker } from '../service/node-client';
import type { Disposable } from './util/emitter';

export class EngineHost implements Disposable {
  #worker: EngineWorker | undefined;

  /**
   * @param start starts a worker
   * @param crashed told when a worker ends by itself, with what is known about it
   */
  constructor(
    private readonly start: () => EngineWorker,
    private readonly crashed: (reason: string) => void,
  ) {}

  /** The engine of the running worker; starts one when there is none. */
  get(): Engine {
    this.#worker ??= this.#start();
    return this.#worker.engine;
  }

  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** Ends the worker and with it frees everything that it holds. The next call starts another. */
  stop(): void {
    const ended = this.#worker;
    this.#worker = undefined;
    ended?.dispose();
  }

  dispose(): void {
    this.stop();
  }

  #start(): EngineWorker {
    const started = this.start();
    started.onExit(reason => {
      if (this.#worker !== started) return;
      this.#worker = undefined;
      this.crashed(reason);
    });
    return started;
  }
}
