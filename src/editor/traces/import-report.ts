/** "Show Import Report": the report as a Markdown preview. */
import * as vscode from 'vscode';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import { traceOfCommand } from '../session/active-trace';
import { viewUri } from './views';

export function registerImportReport(product: Product): void {
  registerCommand(product, commands.showImportReport, async target => {
    const session = await traceOfCommand(product, target);
    if (session === undefined) return;
    // Before the preview: a trace that cannot be read is told in a message, not in a broken preview.
    await session.open();
    const uri = viewUri(`${session.name}.import.md`, { kind: 'report', trace: session.uri });
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  });
}
