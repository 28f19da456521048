/** Documents made from a trace: its import report, and the lines that a filter leaves. Made again whenever they are read. */
import * as vscode from 'vscode';
import type { TimeRange } from '../../service/api';

export const VIEW_SCHEME = 'iommu-trace-view';

export type TraceView =
  | { kind: 'report'; trace: string }
  /** `run`: whose costs `cost` in the filter asks about. */
  | { kind: 'filter'; trace: string; filter: string; range?: TimeRange; run?: string };

/** @param name what the tab is called: its ending decides the language */
export function viewUri(name: string, view: TraceView): vscode.Uri {
  return vscode.Uri.from({ scheme: VIEW_SCHEME, path: `/${name}`, query: JSON.stringify(view) });
}

/** The view behind a URI; undefined for any other URI. */
export function viewOf(uri: vscode.Uri): TraceView | undefined {
  return uri.scheme === VIEW_SCHEME ? (JSON.parse(uri.query) as TraceView) : undefined;
}
