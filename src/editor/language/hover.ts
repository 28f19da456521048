/** Hover: the event decoded, its operation, and its cost under each replayed policy. */
import * as vscode from 'vscode';
import { commands } from '../commands';
import type { Product } from '../product';
import { hoverText } from './hover-text';
import { traceSelector } from './language';

export function registerHover(product: Product): void {
  const provideHover = async (
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> => {
    const session = product.sessions.for(document.uri);
    try {
      const explanation = await session.explain(position.line + 1);
      if (explanation === undefined) return undefined;
      const text = new vscode.MarkdownString(hoverText(explanation, session.runs.all, session.runs.baseline));
      // Only this command may run from a hover: the text comes from a file.
      text.isTrusted = { enabledCommands: [commands.revealLine] };
      return new vscode.Hover(text, document.lineAt(position.line).range);
    } catch (error) {
      product.failures.note(error, 'hover');
      return undefined;
    }
  };
  product.context.subscriptions.push(vscode.languages.registerHoverProvider(traceSelector, { provideHover }));
}
