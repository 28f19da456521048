/** Annotations in the trace's text: the costliest lines only, as far as they are visible, naming policy and run. */
import * as vscode from 'vscode';
import type { LineAnnotation } from '../../service/api';
import { commands, registerCommand } from '../commands';
import { isTrace } from '../language/language';
import type { Product } from '../product';
import type { TraceSession } from '../session/trace-session';
import { changeSetting, onSettingChanged, setting } from '../settings';
import { annotationText } from './annotation-text';
import { AnnotationDecorations } from './decorations';
import { heatOf } from './heat';

/** Scrolling fires many times a second; the engine is asked once it pauses. */
const SCROLL_DELAY_MS = 80;

export function registerAnnotations(product: Product): void {
  const annotations = new HotspotAnnotations(product);
  const { subscriptions } = product.context;
  subscriptions.push(
    annotations,
    vscode.window.onDidChangeVisibleTextEditors(() => annotations.updateSoon()),
    vscode.window.onDidChangeTextEditorVisibleRanges(() => annotations.updateSoon()),
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
  /** The top N of a session's shown run: asked for once, good until runs or settings change. */
  readonly #hottest = new Map<TraceSession, Promise<LineAnnotation[]>>();
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
    this.#hottest.clear();
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
    const shown = session?.runs.shown;
    if (session === undefined || shown === undefined || setting('annotations') === 'off') {
      this.#decorations.clear(editor);
      return;
    }
    const hottest = await this.#hottestOf(session);
    const visible = await this.#visible(editor, session, hottest);
    if (round !== this.#round || session.runs.shown !== shown) return;
    const most = Math.max(...hottest.map(({ ns }) => ns));
    const versus = vscode.l10n.t('vs');
    const lines = visible.map(annotation => ({
      annotation,
      text: annotationText(annotation, session.runs, versus),
      heat: heatOf(annotation.ns, most),
    }));
    this.#decorations.showLines(editor, lines);
    this.#decorations.showMarks(editor, hottest);
  }

  #hottestOf(session: TraceSession): Promise<LineAnnotation[]> {
    const known = this.#hottest.get(session);
    if (known !== undefined) return known;
    const asked = session.annotations(1, Number.MAX_SAFE_INTEGER, setting('hotspots.count'));
    this.#hottest.set(session, asked);
    return asked;
  }

  async #visible(
    editor: vscode.TextEditor,
    session: TraceSession,
    hottest: LineAnnotation[],
  ): Promise<LineAnnotation[]> {
    const ranges = editor.visibleRanges.map(({ start, end }) => ({ from: start.line + 1, to: end.line + 1 }));
    if (setting('annotations') === 'hotspots') {
      return hottest.filter(({ line }) => ranges.some(({ from, to }) => from <= line && line <= to));
    }
    const asked = ranges.map(({ from, to }) => session.annotations(from, to, Number.MAX_SAFE_INTEGER));
    return (await Promise.all(asked)).flat();
  }
}
