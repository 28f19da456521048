/** The panel of one trace: a webview beside the text that shows what the session knows. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { commands } from '../commands';
import { openFiltered } from '../navigation/filter';
import type { Product } from '../product';
import type { TraceSession } from '../session/trace-session';
import type { Disposable } from '../util/emitter';
import { panelHtml } from './html';
import type { HostToPanel, PanelQuery, PanelToHost } from './messages';
import { readPanelState } from './panel-state';
import { answerQuery } from './queries';
import { revealLine, revealTime } from '../session/reveal';

export class TracePanel implements Disposable {
  readonly #subscriptions: Disposable[] = [];
  /** Messages before the page is ready would be lost. */
  #ready = false;
  #refreshing = false;
  #stale = false;
  #line: number | undefined;
  readonly #questions = new Map<number, AbortController>();
  /** Cancels the work whose progress the page shows. */
  cancel: (() => void) | undefined;

  constructor(
    private readonly product: Product,
    readonly session: TraceSession,
    private readonly webview: vscode.WebviewPanel,
  ) {
    webview.title = vscode.l10n.t('Comparison: {0}', session.name);
    const media = vscode.Uri.joinPath(product.context.extensionUri, 'media');
    webview.iconPath = {
      light: vscode.Uri.joinPath(media, 'trace-light.svg'),
      dark: vscode.Uri.joinPath(media, 'trace-dark.svg'),
    };
    webview.webview.options = { enableScripts: true, localResourceRoots: [this.#root] };
    this.#subscriptions.push(
      webview.webview.onDidReceiveMessage((message: PanelToHost) => {
        this.#receive(message).catch((error: unknown) => product.failures.show(error, `panel: ${message.type}`));
      }),
      webview.onDidChangeViewState(() => {
        if (webview.active) product.sessions.makeCurrent(session);
      }),
      session.onDidChange(() => this.refresh()),
      product.sessions.hold(session),
    );
    webview.onDidDispose(() => this.dispose());
    webview.webview.html = this.#html();
  }

  get #root(): vscode.Uri {
    return vscode.Uri.joinPath(this.product.context.extensionUri, 'dist', 'webview');
  }

  show(): void {
    this.webview.reveal(undefined, true);
  }

  post(message: HostToPanel): void {
    if (this.#ready) void this.webview.webview.postMessage(message);
  }

  /** Tells the page about the caret in the trace. */
  async select(line: number): Promise<void> {
    this.#line = line;
    if (!this.#ready || !this.webview.visible) return;
    const explanation = await this.session.explain(line);
    if (this.#line !== line) return;
    this.post({ type: 'selection', line, operationLines: explanation?.operation?.lines ?? [] });
  }

  /** Sends the state again, once for any number of changes that happen meanwhile. */
  refresh(): void {
    this.#stale = true;
    if (!this.#refreshing) void this.#refresh();
  }

  dispose(): void {
    this.#ready = false;
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.webview.dispose();
  }

  async #refresh(): Promise<void> {
    this.#refreshing = true;
    while (this.#stale && this.#ready) {
      this.#stale = false;
      try {
        this.post({ type: 'state', state: await readPanelState(this.session, this.#line) });
      } catch (error) {
        const notice = this.product.failures.note(error, 'showing the panel');
        if (notice !== undefined) this.post({ type: 'notice', notice });
      }
    }
    this.#refreshing = false;
  }

  async #receive(message: PanelToHost): Promise<void> {
    const { session } = this;
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.post({ type: 'strings', language: vscode.env.language, bundle: vscode.l10n.bundle ?? {} });
        this.refresh();
        break;
      case 'setBaseline':
        session.setBaseline(message.runId);
        break;
      case 'setHotspots':
        session.show(message.runId);
        session.groupHotspots(message.by);
        break;
      case 'reveal':
        await revealLine(this.product, vscode.Uri.parse(session.uri, true), message.line, message.preserveFocus);
        break;
      case 'revealTime':
        await revealTime(this.product, session, message.timeNs, message.preserveFocus);
        break;
      case 'openFiltered':
        await openFiltered(session, message.filter, message.range);
        break;
      case 'selectRange':
        session.range = message.range;
        break;
      case 'export':
        await vscode.commands.executeCommand(commands.exportRuns, vscode.Uri.parse(session.uri, true));
        break;
      case 'removeRun':
        await session.remove(message.runId);
        break;
      case 'renameRun':
        await vscode.commands.executeCommand(commands.renameRun, message.runId);
        break;
      case 'replay':
        await vscode.commands.executeCommand(commands.replay, vscode.Uri.parse(session.uri, true));
        break;
      case 'cancel':
        this.cancel?.();
        break;
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        break;
      case 'pageError':
        this.product.log.error(`panel: ${message.message}\n${message.stack}`);
        break;
      case 'query':
        await this.#answer(message);
        break;
      case 'abort':
        this.#questions.get(message.id)?.abort();
        break;
    }
  }

  /** Each question has its own way to be withdrawn. */
  async #answer(query: PanelQuery): Promise<void> {
    const controller = new AbortController();
    this.#questions.set(query.id, controller);
    try {
      this.post(await answerQuery(this.session, query, { signal: controller.signal }));
    } catch (error) {
      const notice = this.product.failures.note(error, `panel: ${query.name}`);
      if (notice !== undefined) this.post({ type: 'reply', id: query.id, name: query.name, ok: false, notice });
    } finally {
      this.#questions.delete(query.id);
    }
  }

  #html(): string {
    const { webview } = this.webview;
    return panelHtml({
      nonce: randomBytes(16).toString('base64url'),
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(this.#root, 'panel.js')).toString(),
      styles: webview.asWebviewUri(vscode.Uri.joinPath(this.#root, 'panel.css')).toString(),
      title: this.webview.title,
      language: vscode.env.language,
    });
  }
}
