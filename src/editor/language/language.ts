/** The language of trace documents. */
import type * as vscode from 'vscode';
import { VIEW_SCHEME } from '../traces/views';

export const TRACE_LANGUAGE = 'iommu-trace';

/** Schemes whose documents may be traces. Documents made from a trace look like one but are not. */
const SCHEMES = ['file', 'untitled', 'iommu-trace', 'vscode-vfs', 'vscode-remote'];

export const traceSelector: vscode.DocumentSelector = SCHEMES.map(scheme => ({ language: TRACE_LANGUAGE, scheme }));

export function isTrace(document: vscode.TextDocument | undefined): document is vscode.TextDocument {
  return document?.languageId === TRACE_LANGUAGE && document.uri.scheme !== VIEW_SCHEME;
}
