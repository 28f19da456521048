/** One large-trace view: the page that shows a trace of any size by lines, and what the host tells it. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { CallOptions, Direction } from '../../service/api';
import { HottestLines, shownAnnotations, type LineRange } from '../annotations/shown-annotations';
import { lineDetails } from '../language/line-details';
import { panelHtml } from '../panel/html';
import type { Product } from '../product';
import { readAnew } from '../session/changed-trace';
import type { TraceSession } from '../session/trace-session';
import { onSettingChanged } from '../settings';
import type { Disposable } from '../util/emitter';
import { pageLines } from './line-spans';
import type { HostToLarge, LargeToHost } from './messages';
import type { TraceText } from './trace-texts';

/** Between two looks at how far the text has been read. */
const EXTENT_MS = 150;

/** A file that is being written changes many times; it is read again when it rests. */
const REST_MS = 1000;

/** Copied at once at most, so that the clipboard stays usable. */
const MAX_COPIED_LINES = 100_000;

export class LargeTraceView implements Disposable {
  readonly #subscriptions: Disposable[] = [];
  readonly #hottest = new HottestLines();
  #text: TraceText;
  /** Messages before the page is ready would be lost. */
  #ready = false;
  #disposed = false;
  #caret = 1;
  #selection: LineRange = { from: 1, to: 1 };
  #watching: ReturnType<typeof setTimeout> | undefined;
  #changed: ReturnType<typeof setTimeout> | undefined;
  /** What the page is told as soon as it is ready. */
  #reveal: { line: number; focus: boolean } | undefined;
  /** Lines that the page has been told to reveal: what it says of an earlier one is old. */
  #reveals = 0;

  constructor(
    private readonly product: Product,
    readonly session: TraceSession,
    private readonly panel: vscode.WebviewPanel,
  ) {
    this.#text = product.texts.open(this.#uri);
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [this.#root] };
    this.#subscriptions.push(
      webview.onDidReceiveMessage((message: LargeToHost) => {
        this.#receive(message).catch((error: unknown) => this.#complain(error, message.type));
      }),
      panel.onDidChangeViewState(() => this.#viewStateChanged()),
      session.onDidChange(change => this.#sessionChanged(change)),
      onSettingChanged('annotations', () => this.#forgetAnnotations()),
      onSettingChanged('hotspots.count', () => this.#forgetAnnotations()),
      product.sessions.hold(session),
      ...this.#watchFile(),
    );
    webview.html = this.#html();
    if (panel.active) product.sessions.makeCurrent(session);
  }

  /** The current line. */
  get caret(): number {
    return this.#caret;
  }

  /** The lines selected, at least the current one. */
  get selection(): LineRange {
    return this.#selection;
  }

  /** Shows a line; as soon as there is a page, and the text has been read so far. */
  reveal(line: number, focus: boolean): void {
    this.#caret = line;
    this.#reveal = { line, focus };
    this.#tellReveal();
  }

  /** Goes to the nearest line that matches. @returns whether there is one */
  async find(pattern: RegExp, direction: Direction, options: CallOptions): Promise<boolean> {
    const line = await this.#text.find(pattern, this.#caret, direction, options);
    if (line !== undefined) this.reveal(line, true);
    return line !== undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.#ready = false;
    clearTimeout(this.#watching);
    clearTimeout(this.#changed);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.#text.dispose();
  }

  get #uri(): vscode.Uri {
    return vscode.Uri.parse(this.session.uri, true);
  }

  get #root(): vscode.Uri {
    return vscode.Uri.joinPath(this.product.context.extensionUri, 'dist', 'webview');
  }

  #post(message: HostToLarge): void {
    if (this.#ready) void this.panel.webview.postMessage(message);
  }

  #tellReveal(): void {
    if (!this.#ready || this.#reveal === undefined) return;
    this.#post({ type: 'reveal', ...this.#reveal, count: ++this.#reveals });
    this.#reveal = undefined;
  }

  #viewStateChanged(): void {
    // The page of a hidden view is gone; it comes back as a new one.
    if (!this.panel.visible) this.#ready = false;
    if (this.panel.active) this.product.sessions.makeCurrent(this.session);
  }

  async #receive(message: LargeToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#reveals = 0;
        this.#post({ type: 'strings', language: vscode.env.language, bundle: vscode.l10n.bundle ?? {} });
        this.#tellReveal();
        this.#tellFailure();
        await this.#tellExtent();
        break;
      case 'lines':
        await this.#tellLines(message.first, message.count);
        break;
      case 'annotations':
        await this.#tellAnnotations(message.from, message.to);
        break;
      case 'caret':
        if (message.reveals < this.#reveals) break;
        this.#caret = message.line;
        this.#selection = { from: message.from, to: message.to };
        this.product.panels.follow(this.#uri, message.line);
        await this.#tellDetails(message.line);
        break;
      case 'copy':
        await this.#copy(message.from, message.to);
        break;
      case 'pageError':
        this.product.log.error(`large-trace view: ${message.message}\n${message.stack}`);
        break;
    }
  }

  /** Tells how far the text has been read, until it has been read to its end. */
  async #tellExtent(): Promise<void> {
    clearTimeout(this.#watching);
    const text = this.#text;
    const { extent } = await text.lines(1, 1);
    if (this.#disposed || text !== this.#text) return;
    const { lines, fraction, complete, damage } = extent;
    this.#post({ type: 'extent', extent: { lines, fraction, complete } });
    if (damage !== undefined) {
      const advice = vscode.l10n.t('Copy or download the archive again; what stands before the damage is shown.');
      this.#post({ type: 'notice', notice: { message: damage, advice } });
    }
    if (complete) return;
    this.#watching = setTimeout(() => {
      this.#tellExtent().catch((error: unknown) => this.#complain(error, 'reading'));
    }, EXTENT_MS);
  }

  async #tellLines(first: number, count: number): Promise<void> {
    const text = this.#text;
    const { texts } = await text.lines(first, count);
    if (text !== this.#text) return;
    const { summary } = this.session;
    const facts = summary && (await this.session.engine().lineFacts(summary.traceId, first, first + texts.length - 1));
    this.#post({ type: 'lines', first, lines: pageLines(first, texts, facts) });
  }

  async #tellAnnotations(from: number, to: number): Promise<void> {
    const shown = await shownAnnotations(this.session, this.#hottest, [{ from, to }]);
    const lines = shown?.lines.map(({ annotation, text, heat }) => ({ line: annotation.line, text, heat })) ?? [];
    const marks = shown?.hottest.map(({ line }) => line) ?? [];
    this.#post({ type: 'annotations', from, to, lines, marks });
  }

  async #tellDetails(line: number): Promise<void> {
    if (this.session.summary === undefined) return;
    const explanation = await this.session.explain(line);
    if (line !== this.#caret) return;
    const { all, baseline } = this.session.runs;
    const details = explanation === undefined ? null : lineDetails(explanation, all, baseline);
    this.#post({ type: 'details', line, details });
  }

  async #copy(from: number, to: number): Promise<void> {
    const count = Math.min(to - from + 1, MAX_COPIED_LINES);
    const { texts } = await this.#text.lines(from, count);
    await vscode.env.clipboard.writeText(`${texts.join('\n')}\n`);
    const words =
      count < to - from + 1
        ? vscode.l10n.t('Copied the first {0} of {1} lines', count, to - from + 1)
        : vscode.l10n.t('Copied {0} lines', texts.length);
    vscode.window.setStatusBarMessage(words, 3000);
  }

  #sessionChanged(change: 'trace' | 'failure' | 'runs' | 'selection'): void {
    if (change === 'trace') this.#post({ type: 'stale', what: 'colors' });
    if (change === 'failure') this.#tellFailure();
    this.#forgetAnnotations();
    this.#tellDetails(this.#caret).catch((error: unknown) => this.product.failures.note(error, 'explaining a line'));
  }

  /** A text that is no trace is shown all the same, with the reason why there is nothing to replay. */
  #tellFailure(): void {
    const { failure } = this.session;
    if (failure !== undefined)
      this.#post({ type: 'notice', notice: { message: failure.message, advice: failure.advice } });
  }

  #forgetAnnotations(): void {
    this.#hottest.forget();
    this.#post({ type: 'stale', what: 'annotations' });
  }

  #watchFile(): Disposable[] {
    const folder = vscode.Uri.joinPath(this.#uri, '..');
    // The name may hold characters that mean something in a pattern: hence all files of the folder.
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*'));
    const changed = (uri: vscode.Uri): void => {
      if (uri.toString() !== this.session.uri) return;
      clearTimeout(this.#changed);
      this.#changed = setTimeout(() => this.#readAgain(), REST_MS);
    };
    return [watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed)];
  }

  #readAgain(): void {
    this.#text.dispose();
    this.#text = this.product.texts.open(this.#uri);
    this.#post({ type: 'notice', notice: null });
    this.#post({ type: 'stale', what: 'text' });
    this.#tellExtent().catch((error: unknown) => this.#complain(error, 'reading'));
    readAnew(this.product, this.session).catch((error: unknown) =>
      this.product.failures.show(error, 'reading a changed trace'),
    );
  }

  #complain(error: unknown, during: string): void {
    const notice = this.product.failures.note(error, `large-trace view: ${during}`);
    if (notice !== undefined) this.#post({ type: 'notice', notice });
  }

  #html(): string {
    const { webview } = this.panel;
    return panelHtml({
      nonce: randomBytes(16).toString('base64url'),
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(this.#root, 'large.js')).toString(),
      styles: webview.asWebviewUri(vscode.Uri.joinPath(this.#root, 'large.css')).toString(),
      title: this.session.name,
      language: vscode.env.language,
      page: 'large-trace',
    });
  }
}
