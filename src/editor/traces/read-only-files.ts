/** A file system of files that can be read and nothing else: a subclass says what is in them. */
import * as vscode from 'vscode';

export abstract class ReadOnlyFiles implements vscode.FileSystemProvider {
  protected readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  abstract readFile(uri: vscode.Uri): Promise<Uint8Array>;

  /** When the file was last changed, ms since 1970: VS Code reads it again when this moves. */
  protected abstract modified(uri: vscode.Uri): Promise<number>;

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const mtime = await this.modified(uri);
    // The size is known only once the content is made; VS Code reads to the end whatever it is told here.
    return { type: vscode.FileType.File, ctime: 0, mtime, size: 0, permissions: vscode.FilePermission.Readonly };
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.FileNotADirectory(uri);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
