/** Semantic colouring: the event by its device, the direction by itself; in the theme's own colours. */
import * as vscode from 'vscode';
import type { Product } from '../product';
import { traceSelector } from './language';
import { lineTokens, TOKEN_TYPES } from './line-tokens';

const legend = new vscode.SemanticTokensLegend([...TOKEN_TYPES]);

export function registerSemanticTokens(product: Product): void {
  const provider: vscode.DocumentRangeSemanticTokensProvider = {
    provideDocumentRangeSemanticTokens: (document, range) => tokens(product, document, range),
  };
  product.context.subscriptions.push(
    vscode.languages.registerDocumentRangeSemanticTokensProvider(traceSelector, provider, legend),
  );
}

async function tokens(
  product: Product,
  document: vscode.TextDocument,
  range: vscode.Range,
): Promise<vscode.SemanticTokens | undefined> {
  const session = product.sessions.for(document.uri);
  // Until the trace is open the grammar's colours do; one that cannot be read keeps them.
  const summary = await session.open().catch(() => undefined);
  if (summary === undefined) return undefined;
  const { traceId } = summary;
  const facts = await session.engine().lineFacts(traceId, range.start.line + 1, range.end.line + 1);
  const builder = new vscode.SemanticTokensBuilder(legend);
  facts.line.forEach((line, i) => {
    if (line > document.lineCount) return;
    const { text } = document.lineAt(line - 1);
    for (const { start, length, type } of lineTokens(text, facts.device[i], facts.direction[i])) {
      builder.push(new vscode.Range(line - 1, start, line - 1, start + length), type);
    }
  });
  return builder.build();
}
