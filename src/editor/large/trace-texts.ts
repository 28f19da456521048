/**
 * The texts of traces by lines, of any size. They are read in a worker of their own: its lines come at once, whatever the
 * replay engine is busy with. It runs only as long as someone reads.
 */
import type * as vscode from 'vscode';
import type { CallOptions, Direction, TextLines } from '../../service/api';
import type { EngineHost } from '../engine-host';
import { traceSource } from '../session/trace-source';
import type { Disposable } from '../util/emitter';

/** The text of one trace, for as long as it is not disposed. Lines are 1-based. */
export class TraceText implements Disposable {
  readonly #id: Promise<string>;
  #disposed = false;

  constructor(
    uri: vscode.Uri,
    private readonly worker: EngineHost,
    private readonly closed: () => void,
  ) {
    this.#id = traceSource(uri).then(source => this.worker.get().openText(source));
    // Whoever asks for lines is told.
    this.#id.catch(() => undefined);
  }

  /** Lines first..first+count-1, fewer only at the end; waits for lines that are not counted yet. */
  async lines(first: number, count: number): Promise<TextLines> {
    return this.worker.get().lines(await this.#id, first, count);
  }

  /** Some lines, ascending, once all are counted. */
  async pick(lines: Uint32Array): Promise<string[]> {
    return this.worker.get().pickLines(await this.#id, lines);
  }

  /** The nearest line that matches, around the text's end; undefined: none. */
  async find(pattern: RegExp, from: number, direction: Direction, options: CallOptions): Promise<number | undefined> {
    return this.worker.get().findLine(await this.#id, pattern, from, direction, options);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const close = async (): Promise<void> => this.worker.get().closeText(await this.#id);
    // A text that did not open, or whose worker has ended, has nothing to close.
    void close()
      .catch(() => undefined)
      .then(this.closed);
  }
}

export class TraceTexts {
  #open = 0;

  constructor(private readonly worker: EngineHost) {}

  /** Starts to read the text of a trace. */
  open(uri: vscode.Uri): TraceText {
    this.#open++;
    return new TraceText(uri, this.worker, () => {
      if (--this.#open === 0) this.worker.stop();
    });
  }
}
