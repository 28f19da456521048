/** Hover: the event decoded, its operation, and its cost under each replayed policy. */
import * as vscode from 'vscode';
import { commands } from '../commands';
import type { Product } from '../product';
import type { TraceSession } from '../session/trace-session';
import { hoverText } from './hover-text';
import { traceSelector } from './language';

export function registerHover(product: Product): void {
  product.context.subscriptions.push(
    vscode.languages.registerHoverProvider(traceSelector, {
      provideHover: (document, position) => {
        const session = product.sessions.for(document.uri);
        return explainAt(product, session, position.line + 1, document.lineAt(position.line).range);
      },
    }),
  );
}

/** The hover of a trace line (1-based), shown over a range of the document under the mouse. */
export async function explainAt(
  product: Product,
  session: TraceSession,
  line: number,
  range: vscode.Range,
): Promise<vscode.Hover | undefined> {
  try {
    const explanation = await session.explain(line);
    if (explanation === undefined) return undefined;
    const text = new vscode.MarkdownString(hoverText(explanation, session.runs.all, session.runs.baseline));
    // Only this command may run from a hover: the text comes from a file.
    text.isTrusted = { enabledCommands: [commands.revealLine] };
    return new vscode.Hover(text, range);
  } catch (error) {
    product.failures.note(error, 'hover');
    return undefined;
  }
}
