/** Definition (unmap → map, fault → last map), references (the same IOVA page, domain or device), and the partner's highlight. */
import * as vscode from 'vscode';
import type { RelatedScope } from '../../service/api';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import type { TraceSession } from '../session/trace-session';
import { isTrace, traceSelector } from './language';

/** The references view gets slow beyond; the engine counts the rest. */
const MAX_REFERENCES = 2000;

const DEVICE_NAME = /[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7]/i;

export function registerReferences(product: Product): void {
  product.context.subscriptions.push(
    vscode.languages.registerDefinitionProvider(traceSelector, {
      provideDefinition: async (document, position) => {
        const session = product.sessions.for(document.uri);
        const { traceId } = await session.open();
        const line = await session.engine().definition(traceId, position.line + 1);
        return line === undefined ? undefined : link(document, position, line);
      },
    }),
    vscode.languages.registerReferenceProvider(traceSelector, {
      provideReferences: async (document, position) => {
        const scope = document.getWordRangeAtPosition(position, DEVICE_NAME) === undefined ? 'page' : 'device';
        return related(product.sessions.for(document.uri), document, position.line + 1, scope);
      },
    }),
    vscode.languages.registerDocumentHighlightProvider(traceSelector, {
      provideDocumentHighlights: async (document, position) => {
        const explanation = await product.sessions.for(document.uri).explain(position.line + 1);
        const { lines = [], partnerLine } = explanation?.operation ?? {};
        const own = lines.map(
          line => new vscode.DocumentHighlight(wholeLine(document, line), vscode.DocumentHighlightKind.Read),
        );
        if (partnerLine === undefined) return own;
        return [
          ...own,
          new vscode.DocumentHighlight(wholeLine(document, partnerLine), vscode.DocumentHighlightKind.Write),
        ];
      },
    }),
  );
  registerCommand(product, commands.findRelated, () => findRelated(product));
}

function link(document: vscode.TextDocument, position: vscode.Position, line: number): vscode.DefinitionLink[] {
  const originSelectionRange = document.lineAt(position.line).range;
  const targetRange = wholeLine(document, line);
  return [{ originSelectionRange, targetUri: document.uri, targetRange, targetSelectionRange: targetRange }];
}

function wholeLine(document: vscode.TextDocument, line: number): vscode.Range {
  return document.lineAt(Math.min(line, document.lineCount) - 1).range;
}

async function related(
  session: TraceSession,
  document: vscode.TextDocument,
  line: number,
  scope: RelatedScope,
): Promise<vscode.Location[]> {
  const { traceId } = await session.open();
  const { lines, total } = await session.engine().related(traceId, line, scope, MAX_REFERENCES);
  if (total > lines.length) {
    const text = vscode.l10n.t('Showing the first {0} of {1} events. Filter Lines shows all.', lines.length, total);
    void vscode.window.setStatusBarMessage(text, 8000);
  }
  return lines.map(related => new vscode.Location(document.uri, wholeLine(document, related)));
}

async function findRelated(product: Product): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !isTrace(editor.document)) return;
  const { t } = vscode.l10n;
  const scopes: { label: string; scope: RelatedScope }[] = [
    { label: t('Events of the same IOVA pages'), scope: 'page' },
    { label: t('Events of the same domain'), scope: 'domain' },
    { label: t('Events of the same device'), scope: 'device' },
  ];
  const choice = await vscode.window.showQuickPick(scopes, { placeHolder: t('Find which events?') });
  if (choice === undefined) return;
  const { document, selection } = editor;
  const session = product.sessions.for(document.uri);
  const locations = await related(session, document, selection.active.line + 1, choice.scope);
  await vscode.commands.executeCommand('editor.action.showReferences', document.uri, selection.active, locations);
}
