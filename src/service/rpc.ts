/**
 * The engine's calls over a port: both ends. Which calls there are, and their types, come from the `Engine` interface;
 * `OPTIONS_PLACE` lists them, and the compiler sees to it that none is missing.
 */
import { EngineError, type CallOptions, type Engine, type EngineErrorCode } from './api';

/** A message port, whoever made it. Messages survive a structured clone. */
export interface Port {
  post(message: unknown, transfer: ArrayBuffer[]): void;
  listen(listener: (message: unknown) => void): void;
}

type Method = keyof Engine;

/** Where a method takes its options, which hold functions and stay on their side: the last place, or null for none. */
type PlaceOf<M extends Method> =
  Required<Parameters<Engine[M]>> extends [...infer Before, infer Last]
    ? [Last, CallOptions] extends [CallOptions, Last]
      ? Before['length']
      : null
    : null;

const OPTIONS_PLACE: { readonly [M in Method]: PlaceOf<M> } = {
  text: 2,
  openText: null,
  lines: null,
  pickLines: null,
  findLine: 4,
  closeText: null,
  open: 1,
  close: null,
  replay: 2,
  forget: null,
  hotspots: null,
  annotations: null,
  explain: null,
  compare: null,
  operations: null,
  filterHelp: null,
  filter: null,
  distributions: null,
  workload: null,
  facets: null,
  diagnostics: null,
  lineAt: null,
  lineFacts: null,
  definition: null,
  related: null,
  outline: null,
  lineOfOperation: null,
  lineOfAddress: null,
  export: 3,
  clip: 3,
  sanitize: 1,
  series: null,
  pareto: null,
  divergence: null,
  sweepParameters: null,
  sweep: 4,
  sensitivity: null,
  addressSpace: null,
  calibrate: 3,
  policies: null,
  platforms: null,
  formats: null,
};

type ToEngine = { type: 'call'; id: number; method: Method; args: unknown[] } | { type: 'abort'; id: number };

type FromEngine =
  | { type: 'progress'; id: number; fraction: number; what: string }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'failure'; id: number; failure: Failure };

/** An error as it crosses the port: a clone would lose its class and its advice. */
type Failure =
  | { kind: 'engine'; message: string; advice: string; code: EngineErrorCode }
  | { kind: 'abort' }
  | { kind: 'defect'; message: string; stack: string | undefined };

/** Answers the calls that arrive on a port with an engine. */
export function serveEngine(engine: Engine, port: Port): void {
  const running = new Map<number, AbortController>();
  // Methods and arguments come from typed calls at the other end.
  const methods = engine as unknown as Record<Method, (...args: unknown[]) => Promise<unknown>>;
  port.listen(message => {
    // The other end is this module: the bundle that holds one holds both.
    const request = message as ToEngine;
    if (request.type === 'abort') running.get(request.id)?.abort();
    else void serve(request);
  });

  async function serve({ id, method, args }: Extract<ToEngine, { type: 'call' }>): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const reply = (message: FromEngine, transfer: ArrayBuffer[] = []): void => port.post(message, transfer);
    try {
      const place = OPTIONS_PLACE[method];
      if (place !== null) {
        const options: Required<CallOptions> = {
          signal: controller.signal,
          progress: (fraction, what) => reply({ type: 'progress', id, fraction, what }),
        };
        args[place] = options;
      }
      const value = await methods[method](...args);
      reply({ type: 'result', id, value }, transferable(value));
    } catch (error) {
      reply({ type: 'failure', id, failure: failureOf(error) });
    } finally {
      running.delete(id);
    }
  }
}

/** Whole files are handed over, not copied. */
function transferable(value: unknown): ArrayBuffer[] {
  if (!(value instanceof Uint8Array)) return [];
  const { buffer, byteLength } = value;
  // A small Buffer may be a part of a pool that others use too.
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

function failureOf(error: unknown): Failure {
  if (error instanceof EngineError) {
    return { kind: 'engine', message: error.message, advice: error.advice, code: error.code };
  }
  if (error instanceof Error && error.name === 'AbortError') return { kind: 'abort' };
  if (error instanceof Error) return { kind: 'defect', message: error.message, stack: error.stack };
  return { kind: 'defect', message: String(error), stack: undefined };
}

function errorOf(failure: Failure): Error {
  if (failure.kind === 'engine') return new EngineError(failure.message, failure.advice, failure.code);
  if (failure.kind === 'abort') return new DOMException('The call was cancelled.', 'AbortError');
  const error = new Error(failure.message);
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  options: CallOptions;
  stopListening(): void;
}

/** An engine at the other end of a port. */
export interface EngineConnection {
  engine: Engine;
  /** Rejects all open calls, and all later ones: the other end is gone. */
  fail(error: EngineError): void;
}

/**
 * The client's end. A cancelled call rejects at once, and what it still yields is dropped; a call that fails rejects
 * with the same `EngineError` as in-process.
 */
export function connectEngine(port: Port): EngineConnection {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let gone: EngineError | undefined;

  port.listen(message => {
    const answer = message as FromEngine;
    const call = pending.get(answer.id);
    if (call === undefined) return;
    if (answer.type === 'progress') {
      call.options.progress?.(answer.fraction, answer.what);
      return;
    }
    settle(answer.id, call);
    if (answer.type === 'result') call.resolve(answer.value);
    else call.reject(errorOf(answer.failure));
  });

  function settle(id: number, call: Pending): void {
    pending.delete(id);
    call.stopListening();
  }

  function call(method: Method, args: unknown[]): Promise<unknown> {
    if (gone !== undefined) return Promise.reject(gone);
    const id = nextId++;
    const place = OPTIONS_PLACE[method];
    const options = (place === null ? undefined : (args[place] as CallOptions | undefined)) ?? {};
    const plain = args.filter((_, i) => i !== place);
    return new Promise((resolve, reject) => {
      options.signal?.throwIfAborted();
      const abort = (): void => {
        settle(id, open);
        port.post({ type: 'abort', id } satisfies ToEngine, []);
        reject(options.signal?.reason as Error);
      };
      const stopListening = (): void => options.signal?.removeEventListener('abort', abort);
      const open: Pending = { resolve, reject, options, stopListening };
      port.post({ type: 'call', id, method, args: plain } satisfies ToEngine, []);
      pending.set(id, open);
      options.signal?.addEventListener('abort', abort);
    });
  }

  const methods = Object.keys(OPTIONS_PLACE) as Method[];
  const calls = Object.fromEntries(methods.map(method => [method, (...args: unknown[]) => call(method, args)]));
  return {
    // Every method is there by the type of `OPTIONS_PLACE`; each passes its arguments on as they are.
    engine: calls as unknown as Engine,
    fail(error) {
      gone = error;
      for (const [id, open] of pending) {
        settle(id, open);
        open.reject(error);
      }
    },
  };
}
