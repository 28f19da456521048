/** The large-trace views: a read-only editor for traces that VS Code would hide from extensions, and for any other. */
import * as vscode from 'vscode';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import { columnOf } from '../session/reveal';
import { FindInText } from './find-in-text';
import { LargeTraceView } from './large-trace-view';
import { LARGE_TRACE_TYPE } from './large-trace-type';

export function registerLargeViews(product: Product): void {
  product.largeViews.register(product);
}

export class LargeViews {
  readonly #views = new Map<string, LargeTraceView>();
  /** Lines to be shown by views that do not exist yet. */
  readonly #awaited = new Map<string, { line: number; focus: boolean }>();

  register(product: Product): void {
    product.context.subscriptions.push(
      vscode.window.registerCustomEditorProvider(LARGE_TRACE_TYPE, {
        openCustomDocument: uri => ({ uri, dispose: () => undefined }),
        resolveCustomEditor: ({ uri }, panel) => this.#resolve(product, uri, panel),
      }),
    );
    registerCommand(product, commands.goToLine, () => this.#goToLine(product));
    const find = new FindInText(() => this.#active(product));
    registerCommand(product, commands.findInLargeTrace, () => find.ask());
    registerCommand(product, commands.findNext, () => find.again('forward'));
    registerCommand(product, commands.findPrevious, () => find.again('backward'));
    registerCommand(product, commands.goToPartner, () => this.#goToPartner(product));
  }

  /** The view that shows a trace. */
  find(uri: vscode.Uri): LargeTraceView | undefined {
    return this.#views.get(uri.toString());
  }

  /** Shows a line (1-based) of a trace in its view, in a new one where there is none. */
  async reveal(uri: vscode.Uri, line: number, preserveFocus: boolean): Promise<void> {
    if (this.find(uri) === undefined) this.#awaited.set(uri.toString(), { line, focus: !preserveFocus });
    await this.open(uri, preserveFocus);
    if (this.#awaited.has(uri.toString())) return;
    this.find(uri)?.reveal(line, !preserveFocus);
  }

  /** Shows a trace in its view, where it stands already or else in the first column. */
  async open(uri: vscode.Uri, preserveFocus = false): Promise<void> {
    const options: vscode.TextDocumentShowOptions = { viewColumn: columnOf(uri), preserveFocus, preview: false };
    await vscode.commands.executeCommand('vscode.openWith', uri, LARGE_TRACE_TYPE, options);
  }

  #resolve(product: Product, uri: vscode.Uri, panel: vscode.WebviewPanel): void {
    const key = uri.toString();
    const view = new LargeTraceView(product, product.sessions.for(uri), panel);
    this.#views.set(key, view);
    panel.onDidDispose(() => {
      view.dispose();
      if (this.#views.get(key) === view) this.#views.delete(key);
    });
    const awaited = this.#awaited.get(key);
    this.#awaited.delete(key);
    if (awaited !== undefined) view.reveal(awaited.line, awaited.focus);
  }

  /** The view in front. */
  #active(product: Product): LargeTraceView | undefined {
    const { current } = product.sessions;
    return current && this.#views.get(current.uri);
  }

  async #goToLine(product: Product): Promise<void> {
    const view = this.#active(product);
    if (view === undefined) return;
    const prompt = vscode.l10n.t('Number of the line');
    const isLine = (text: string): boolean => /^\s*[1-9]\d*\s*$/.test(text);
    const text = await vscode.window.showInputBox({
      title: vscode.l10n.t('Go to Line'),
      prompt,
      validateInput: value => (value === '' || isLine(value) ? undefined : prompt),
    });
    if (text !== undefined && isLine(text)) view.reveal(Number(text), true);
  }

  async #goToPartner(product: Product): Promise<void> {
    const view = this.#active(product);
    const explanation = await view?.session.explain(view.caret);
    const partner = explanation?.operation?.partnerLine;
    if (partner !== undefined) view?.reveal(partner, true);
    else vscode.window.setStatusBarMessage(vscode.l10n.t('This line has no partner.'), 3000);
  }
}
