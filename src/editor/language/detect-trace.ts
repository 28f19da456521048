/** Recognises traces in files of other languages by their content, and asks once before it changes anything. */
import * as vscode from 'vscode';
import type { Product } from '../product';
import { changeSetting, setting } from '../settings';
import { TRACE_LANGUAGE } from './language';
import { looksLikeTrace, SNIFFED_LINES } from './sniff';

/** Languages that VS Code gives to files without one of their own. */
const PLAIN = new Set(['plaintext', 'log']);

/** Answers by document, kept in the workspace. */
const ANSWERS = 'detectTrace.answers';

type Answers = Partial<Record<string, boolean>>;

export function registerDetection(product: Product): void {
  const asked = new Set<string>();
  const offer = (document: vscode.TextDocument): void => {
    // A question that was closed without an answer is not repeated until the next start.
    if (asked.has(document.uri.toString())) return;
    asked.add(document.uri.toString());
    offerLanguage(product, document).catch((error: unknown) => product.failures.note(error, 'recognising a trace'));
  };
  product.context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(offer));
  vscode.workspace.textDocuments.forEach(offer);
}

async function offerLanguage(product: Product, document: vscode.TextDocument): Promise<void> {
  if (!PLAIN.has(document.languageId) || setting('detectTraces') === 'never') return;
  if (document.uri.scheme === 'output' || !looksLikeTrace(firstLines(document))) return;
  const key = document.uri.toString();
  const answers = product.context.workspaceState.get<Answers>(ANSWERS, {});
  const known = setting('detectTraces') === 'always' ? true : answers[key];
  const accepted = known ?? (await ask(document));
  if (accepted === undefined) return;
  if (known === undefined) await product.context.workspaceState.update(ANSWERS, { ...answers, [key]: accepted });
  if (accepted) await vscode.languages.setTextDocumentLanguage(document, TRACE_LANGUAGE);
}

/** A text that was replayed is a trace, whatever its name, unless the user said that it is none. */
export async function treatAsTrace(product: Product, uri: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
  const refused = product.context.workspaceState.get<Answers>(ANSWERS, {})[uri] === false;
  if (document === undefined || refused || !PLAIN.has(document.languageId)) return;
  await vscode.languages.setTextDocumentLanguage(document, TRACE_LANGUAGE);
}

function* firstLines(document: vscode.TextDocument): Generator<string> {
  const count = Math.min(SNIFFED_LINES, document.lineCount);
  for (let i = 0; i < count; i++) yield document.lineAt(i).text;
}

/** undefined: the question was closed without an answer. */
async function ask(document: vscode.TextDocument): Promise<boolean | undefined> {
  const name = document.uri.path.split('/').at(-1) ?? document.uri.path;
  const yes = vscode.l10n.t('Treat as Trace');
  const always = vscode.l10n.t('Always');
  const no = vscode.l10n.t('Not This File');
  const never = vscode.l10n.t('Never Ask');
  const question = vscode.l10n.t('{0} looks like a DMA trace. Treat it as one?', name);
  const answer = await vscode.window.showInformationMessage(question, yes, always, no, never);
  if (answer === always) await changeSetting('detectTraces', 'always');
  if (answer === never) await changeSetting('detectTraces', 'never');
  if (answer === undefined) return undefined;
  return answer === yes || answer === always;
}
