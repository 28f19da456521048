/** What the features of the editor side share. */
import type * as vscode from 'vscode';
import type { EngineHost } from './engine-host';
import type { Failures } from './failures';
import type { LargeViews } from './large/large-views';
import type { TraceTexts } from './large/trace-texts';
import type { Panels } from './panel/panels';
import type { Sessions } from './session/sessions';
import type { CompressedFileSystem } from './traces/compressed-file-system';
import type { ViewFileSystem } from './traces/view-file-system';

export interface Product {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly failures: Failures;
  readonly engine: EngineHost;
  readonly sessions: Sessions;
  readonly compressed: CompressedFileSystem;
  readonly views: ViewFileSystem;
  readonly panels: Panels;
  readonly largeViews: LargeViews;
  readonly texts: TraceTexts;
}
