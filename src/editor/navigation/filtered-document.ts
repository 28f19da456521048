/** Filtered lines lead back: hover and definition of each are those of the line that it shows. */
import * as vscode from 'vscode';
import type { Product } from '../product';
import { explainAt } from '../language/hover';
import { VIEW_SCHEME, viewOf } from '../traces/views';

const selector: vscode.DocumentSelector = { scheme: VIEW_SCHEME };

export function registerFilteredDocuments(product: Product): void {
  product.context.subscriptions.push(
    vscode.languages.registerDefinitionProvider(selector, {
      provideDefinition: (document, position) => {
        const view = viewOf(document.uri);
        const origin = product.views.originOf(document.uri, position.line);
        if (view === undefined || origin === undefined) return undefined;
        const line = document.lineAt(position.line).range;
        const target = new vscode.Range(origin - 1, 0, origin - 1, 0);
        return [{ originSelectionRange: line, targetUri: vscode.Uri.parse(view.trace, true), targetRange: target }];
      },
    }),
    vscode.languages.registerHoverProvider(selector, {
      provideHover: (document, position) => {
        const view = viewOf(document.uri);
        const origin = product.views.originOf(document.uri, position.line);
        if (view === undefined || origin === undefined) return undefined;
        const session = product.sessions.for(vscode.Uri.parse(view.trace, true));
        return explainAt(product, session, origin, document.lineAt(position.line).range);
      },
    }),
  );
}
