/** Keeps the engine's worker: started at the first call, ended when no trace is open, started anew after a crash. */
import type { Engine } from '../service/api';
import type { Disposable, Event } from './util/emitter';

/** A running worker. */
export interface EngineProcess extends Disposable {
  readonly engine: Engine;
  /** The worker is gone: it crashed or was ended. */
  readonly onExit: Event<string>;
}

export class EngineHost implements Disposable {
  #process: EngineProcess | undefined;

  /**
   * @param start starts a worker
   * @param crashed told when a worker ends by itself, with what is known about it
   */
  constructor(
    private readonly start: () => EngineProcess,
    private readonly crashed: (reason: string) => void,
  ) {}

  /** The engine of the running worker; starts one when there is none. */
  get(): Engine {
    this.#process ??= this.#start();
    return this.#process.engine;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Ends the worker and with it frees everything that it holds. The next call starts another. */
  stop(): void {
    const ended = this.#process;
    this.#process = undefined;
    ended?.dispose();
  }

  dispose(): void {
    this.stop();
  }

  #start(): EngineProcess {
    const started = this.start();
    started.onExit(reason => {
      if (this.#process !== started) return;
      this.#process = undefined;
      this.crashed(reason);
    });
    return started;
  }
}
