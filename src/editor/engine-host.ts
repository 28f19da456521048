/** Keeps the engine's worker: started at the first call, ended when no trace is open, started anew after a crash. */
import type { Engine } from '../service/api';
import type { EngineWorker } from '../service/node-client';
import type { Disposable } from './util/emitter';

export class EngineHost implements Disposable {
  #worker: EngineWorker | undefined;
  /** Pieces of work under way that no open trace stands for. */
  #users = 0;
  #stopWanted = false;

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
    this.#stopWanted = false;
    this.#worker ??= this.#start();
    return this.#worker.engine;
  }

  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** Runs work that no open trace stands for: until it is done the worker does not end for want of traces. */
  async use<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> {
    this.#users++;
    try {
      return await work(this.get());
    } finally {
      this.#users--;
      if (this.#stopWanted) this.stop();
    }
  }

  /** Ends the worker and with it frees everything that it holds, once nothing is under way. The next call starts another. */
  stop(): void {
    this.#stopWanted = this.#users > 0;
    if (!this.#stopWanted) this.#end();
  }

  dispose(): void {
    this.#end();
  }

  #end(): void {
    const ended = this.#worker;
    this.#worker = undefined;
    ended?.dispose();
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
