/** Opening traces: any file, compressed or not, and the samples that ship. */
import * as vscode from 'vscode';
import { EngineError } from '../../service/api';
import { commands, registerCommand } from '../commands';
import { isTrace, TRACE_LANGUAGE } from '../language/language';
import type { Product } from '../product';
import type { TraceSession } from '../session/trace-session';
import { traceName } from '../session/trace-source';
import { withProgress } from '../util/cancellation';
import { decompressedUri, isCompressed, MAX_TEXT_BYTES } from './compressed-file-system';

export function registerOpenTrace(product: Product): void {
  registerCommand(product, commands.openTrace, async target => {
    await openTrace(product, target instanceof vscode.Uri ? target : undefined);
  });
  registerCommand(product, commands.openSample, () => openSample(product));
}

/**
 * Shows the text of a trace and returns its session.
 *
 * @param file the trace; the user picks one when it is absent
 * @returns undefined when the user picked none
 */
export async function openTrace(product: Product, file?: vscode.Uri): Promise<TraceSession | undefined> {
  const chosen = file ?? (await pickFile());
  if (chosen === undefined) return undefined;
  const uri = await textUri(product, chosen);
  if (uri === undefined) await product.largeViews.open(chosen);
  else await showText(uri);
  const session = product.sessions.for(uri ?? chosen);
  product.sessions.makeCurrent(session);
  return session;
}

/** Where VS Code finds a trace's text; undefined when there is so much of it that VS Code would hide it from extensions. */
async function textUri(product: Product, file: vscode.Uri): Promise<vscode.Uri | undefined> {
  if (!isCompressed(file)) return (await vscode.workspace.fs.stat(file)).size > MAX_TEXT_BYTES ? undefined : file;
  const uri = decompressedUri(file);
  try {
    await decompress(product, uri);
    return uri;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'too-large') return undefined;
    throw error;
  }
}

async function decompress(product: Product, uri: vscode.Uri): Promise<void> {
  const title = vscode.l10n.t('Decompressing {0}', traceName(uri));
  const location = vscode.ProgressLocation.Notification;
  await withProgress({ location, title, cancellable: true }, call => product.compressed.prepare(uri, call));
}

async function showText(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: false });
  if (!isTrace(document)) await vscode.languages.setTextDocumentLanguage(document, TRACE_LANGUAGE);
}

async function pickFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Trace'),
    openLabel: vscode.l10n.t('Open Trace'),
    canSelectMany: false,
  });
  return chosen?.[0];
}

async function openSample(product: Product): Promise<void> {
  const folder = vscode.Uri.joinPath(product.context.extensionUri, 'samples');
  const files = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
  const items = files.filter(name => !name.endsWith('.md')).map(name => ({ label: name }));
  const choice = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Open Sample Trace'),
    placeHolder: vscode.l10n.t('Traces recorded from real kernels'),
  });
  if (choice !== undefined) await openTrace(product, vscode.Uri.joinPath(folder, choice.label));
}
