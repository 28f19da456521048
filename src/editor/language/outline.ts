/** Outline and folding: phases of the trace, the devices at work in each, their bursts. */
import * as vscode from 'vscode';
import type { OutlineNode } from '../../service/api';
import type { Product } from '../product';
import type { TraceSession } from '../session/trace-session';
import { formatNs } from '../util/format';
import { traceSelector } from './language';

/** VS Code shows no more folding regions by default (editor.foldingMaximumRegions). */
const MAX_FOLDS = 5000;

const KINDS = {
  phase: vscode.SymbolKind.Namespace,
  device: vscode.SymbolKind.Module,
  burst: vscode.SymbolKind.Event,
} as const;

export function registerOutline(product: Product): void {
  product.context.subscriptions.push(
    vscode.languages.registerDocumentSymbolProvider(traceSelector, {
      provideDocumentSymbols: async document => {
        const nodes = await outlineOf(product.sessions.for(document.uri));
        return nodes.map(node => symbol(document, node));
      },
    }),
    vscode.languages.registerFoldingRangeProvider(traceSelector, {
      provideFoldingRanges: async document => {
        const nodes = await outlineOf(product.sessions.for(document.uri));
        const folds = nodes.flatMap(phase => [phase, ...phase.children.flatMap(device => device.children)]);
        return folds
          .filter(({ fromLine, toLine }) => toLine > fromLine)
          .slice(0, MAX_FOLDS)
          .map(({ fromLine, toLine }) => new vscode.FoldingRange(fromLine - 1, toLine - 1));
      },
    }),
  );
}

/** The outline with costs of the shown run; empty when the trace cannot be read, which the status bar tells. */
export async function outlineOf(session: TraceSession): Promise<OutlineNode[]> {
  try {
    const { traceId } = await session.open();
    const { shown, baseline } = session.runs;
    const versus = baseline === shown ? undefined : baseline?.summary.runId;
    return await session.engine().outline(traceId, shown?.summary.runId, versus);
  } catch {
    return [];
  }
}

function symbol(document: vscode.TextDocument, node: OutlineNode): vscode.DocumentSymbol {
  const last = document.lineCount - 1;
  const from = Math.min(node.fromLine - 1, last);
  const to = Math.min(node.toLine - 1, last);
  const range = new vscode.Range(from, 0, to, document.lineAt(to).text.length);
  const detail = node.ns === undefined ? node.detail : `${node.detail} · ${formatNs(node.ns)}`;
  const start = new vscode.Range(from, 0, from, 0);
  const made = new vscode.DocumentSymbol(node.name, detail, KINDS[node.kind], range, start);
  made.children = node.children.map(child => symbol(document, child));
  return made;
}
