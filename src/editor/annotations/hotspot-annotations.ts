/** Annotations in the trace's text: the costliest lines only, as far as they are visible, naming policy and run. */
import * as vscode from 'vscode';
import { commands, registerCommand } from '../commands';
import { isTrace } from '../language/language';
import type { Product } from '../product';
import { changeSetting, onSettingChanged, setting } from '../settings';
import { AnnotationDecorations } from './decorations';
import { HottestLines, shownAnnotations } from './shown-annotations';

/** Scrolling fires many times a second; the engine is asked once it pauses. */
const SCROLL_DELAY_MS = 80;

export function registerAnnotations(product: Product): void {
  const annotations = new HotspotAnnotations(product);
  const { subscriptions } = product.context;
  subscriptions.push(
    annotations,
    vscode.window.onDidChangeVisibleTextEditors(() => annotations.updateSoon()),
    vscode.window.onDidChangeTextEditorVisibleRanges(() => annotations.updateSoon()),
    vscode.window.tabGroups.onDidChangeTabGroups(() => annotations.updateSoon()),
    onSettingChanged('annotations', () => annotations.updateSoon()),
    onSettingChanged('hotspots.count', () => annotations.forget()),
    product.sessions.onDidChange(() => annotations.forget()),
  );
  registerCommand(product, commands.toggleAnnotations, async () => {
    await changeSetting('annotations', setting('annotations') === 'off' ? 'hotspots' : 'off');
  });
}

class HotspotAnnotations implements vscode.Disposable {
  readonly #decorations: AnnotationDecorations;
  readonly #hottest = new HottestLines();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts updates, so that a late answer does not overwrite a newer one. */
  #round = 0;

  constructor(private readonly product: Product) {
    this.#decorations = new AnnotationDecorations(vscode.Uri.joinPath(product.context.extensionUri, 'media'));
  }

  updateSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#update(), SCROLL_DELAY_MS);
  }

  forget(): void {
    this.#hottest.forget();
    this.updateSoon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#decorations.dispose();
  }

  #update(): void {
    const round = ++this.#round;
    for (const editor of vscode.window.visibleTextEditors) {
      if (!isTrace(editor.document)) continue;
      this.#annotate(editor, round).catch((error: unknown) => this.product.failures.note(error, 'annotating'));
    }
  }

  async #annotate(editor: vscode.TextEditor, round: number): Promise<void> {
    const session = this.product.sessions.find(editor.document.uri);
    const ranges = editor.visibleRanges.map(({ start, end }) => ({ from: start.line + 1, to: end.line + 1 }));
    const shown = await shownAnnotations(session, this.#hottest, ranges);
    if (round !== this.#round) return;
    this.#decorations.showLines(editor, shown?.lines ?? [], vscode.window.tabGroups.all.length > 1);
    this.#decorations.showMarks(editor, shown?.hottest ?? []);
  }
}
