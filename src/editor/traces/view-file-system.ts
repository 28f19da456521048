/** Serves the documents that are made from a trace. */
import * as vscode from 'vscode';
import type { Failures } from '../failures';
import type { TraceTexts } from '../large/trace-texts';
import type { Sessions } from '../session/sessions';
import { filteredLines } from './filtered-lines';
import { importReportText } from './import-report-text';
import { ReadOnlyFiles } from './read-only-files';
import { viewOf, type TraceView } from './views';

export class ViewFileSystem extends ReadOnlyFiles {
  /** Original lines (1-based) of filtered documents, by URI. */
  readonly #origins = new Map<string, Uint32Array>();

  constructor(
    private readonly sessions: Sessions,
    private readonly texts: TraceTexts,
    private readonly failures: Failures,
  ) {
    super();
  }

  /** The line of the trace (1-based) that a line (0-based) of a filtered document shows. */
  originOf(uri: vscode.Uri, line: number): number | undefined {
    return this.#origins.get(uri.toString())?.at(line);
  }

  override async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const view = viewOf(uri);
    if (view === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    try {
      return new TextEncoder().encode(await this.#text(uri, view));
    } catch (error) {
      throw this.failures.asFileError(error, `making ${uri.path}`);
    }
  }

  /** Never the same: what a document shows depends on runs as well as on the trace. */
  protected override modified(): Promise<number> {
    return Promise.resolve(Date.now());
  }

  async #text(uri: vscode.Uri, view: TraceView): Promise<string> {
    const trace = vscode.Uri.parse(view.trace, true);
    const session = this.sessions.for(trace);
    if (view.kind === 'report') return importReportText(await session.open(), trace.toString());
    const { text, lines } = await filteredLines(session, this.texts, trace, view);
    this.#origins.set(uri.toString(), lines);
    return text;
  }
}
