/** The language of trace documents. */
import type * as vscode from 'vscode';

export const TRACE_LANGUAGE = 'iommu-trace';

export const traceSelector: vscode.DocumentSelector = { language: TRACE_LANGUAGE };

export function isTrace(document: vscode.TextDocument | undefined): document is vscode.TextDocument {
  return document?.languageId === TRACE_LANGUAGE;
}
