/**
 * Compressed traces as read-only text: `iommu-trace:/…/nvme.perf.txt` shows what is in `nvme.perf.txt.xz`.
 *
 * A file system, not a content provider: VS Code starts the extension for it (`onFileSystem`) when it restores such an
 * editor after a reload, and marks it read-only.
 */
import * as vscode from 'vscode';
import type { CallOptions } from '../../service/api';
import type { EngineHost } from '../engine-host';
import type { Failures } from '../failures';
import { ReadOnlyFiles } from './read-only-files';

export const TRACE_SCHEME = 'iommu-trace';

/** VS Code hands no larger document to extensions (TextModel's limit for synchronised models). */
export const MAX_TEXT_BYTES = 50 * 2 ** 20;

const COMPRESSED = /\.(?:gz|xz|zst)$/;

export function isCompressed(uri: vscode.Uri): boolean {
  return COMPRESSED.test(uri.path);
}

/** The URI under which the text of a compressed trace is shown. Its name ends as the name inside, so the language fits. */
export function decompressedUri(compressed: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({
    scheme: TRACE_SCHEME,
    path: compressed.path.replace(COMPRESSED, ''),
    query: compressed.toString(),
  });
}

/** The compressed file behind such a URI; undefined for any other URI. */
export function compressedOf(uri: vscode.Uri): vscode.Uri | undefined {
  return uri.scheme === TRACE_SCHEME ? vscode.Uri.parse(uri.query, true) : undefined;
}

export class CompressedFileSystem extends ReadOnlyFiles {
  /** Text read ahead of VS Code, by URI, until VS Code fetches it. */
  readonly #ready = new Map<string, Uint8Array>();

  constructor(
    private readonly engine: EngineHost,
    private readonly failures: Failures,
  ) {
    super();
  }

  /**
   * Decompresses ahead of VS Code's own reading, so that a failure keeps the engine's words and the work can be
   * cancelled.
   */
  async prepare(uri: vscode.Uri, options: CallOptions): Promise<void> {
    this.#ready.set(uri.toString(), await this.#read(uri, options));
  }

  override async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const ready = this.#ready.get(uri.toString());
    this.#ready.delete(uri.toString());
    if (ready !== undefined) return ready;
    try {
      return await this.#read(uri, {});
    } catch (error) {
      throw this.failures.asFileError(error, `reading ${uri.query}`);
    }
  }

  protected override async modified(uri: vscode.Uri): Promise<number> {
    return (await vscode.workspace.fs.stat(required(uri))).mtime;
  }

  async #read(uri: vscode.Uri, options: CallOptions): Promise<Uint8Array> {
    const compressed = required(uri);
    const source =
      compressed.scheme === 'file'
        ? { path: compressed.fsPath }
        : { name: compressed.path, bytes: await vscode.workspace.fs.readFile(compressed) };
    return this.engine.use(engine => engine.text(source, MAX_TEXT_BYTES, options));
  }
}

function required(uri: vscode.Uri): vscode.Uri {
  const compressed = compressedOf(uri);
  if (compressed === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  return compressed;
}
