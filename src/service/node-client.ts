/** The engine in a worker thread of this process. */
import { Worker } from 'node:worker_threads';
import { EngineError, type Engine } from './api';
import { connectEngine } from './rpc';

export interface EngineWorker {
  readonly engine: Engine;
  /** Told once, with what is known, when the worker ends by itself; not after `dispose`. */
  onExit(listener: (reason: string) => void): { dispose(): void };
  /** Ends the worker and frees everything it holds; calls still open reject. */
  dispose(): void;
}

/**
 * Starts a worker. `path`: its bundle, `dist/worker.js`. When it ends, open and later calls reject with an `EngineError`
 * of code `engine-stopped`; a new worker has to be started, and traces opened again.
 */
export function startEngineWorker(path: string): EngineWorker {
  const worker = new Worker(path);
  const listeners = new Set<(reason: string) => void>();
  let reason = 'The replay engine stopped unexpectedly.';
  const connection = connectEngine({
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: listener => worker.on('message', listener),
  });
  worker.on('error', error => (reason = reasonOf(error)));
  worker.on('exit', () => {
    connection.fail(stopped(reason));
    for (const listener of listeners) listener(reason);
    listeners.clear();
  });
  return {
    engine: connection.engine,
    onExit(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    dispose() {
      listeners.clear();
      connection.fail(stopped('The replay engine was shut down.'));
      void worker.terminate();
    },
  };
}

function stopped(reason: string): EngineError {
  return new EngineError(reason, 'Open the trace again: a new engine starts by itself.', 'engine-stopped');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `The replay engine stopped unexpectedly: ${String(error)}`;
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'The replay engine ran out of memory.';
  return `The replay engine stopped unexpectedly: ${error.message}`;
}
