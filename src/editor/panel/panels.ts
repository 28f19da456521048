/** One panel for each trace; restored after a reload together with its runs. */
import * as vscode from 'vscode';
import type { CallOptions } from '../../service/api';
import { commands, registerCommand } from '../commands';
import { isTrace } from '../language/language';
import type { Product } from '../product';
import { replayReporting } from '../replay/replay-command';
import { traceOfCommand } from '../session/active-trace';
import type { TraceSession } from '../session/trace-session';
import { withProgress } from '../util/cancellation';
import type { PanelMemory, PanelRestore } from './messages';
import { TracePanel } from './panel';
import { PANEL_TYPE } from './panel-type';

/** The caret may run through hundreds of lines a second; the page needs only where it stops. */
const CARET_DELAY_MS = 150;

export function registerPanels(product: Product): void {
  product.panels.register(product);
}

export class Panels {
  readonly #panels = new Map<TraceSession, TracePanel>();
  #product: Product | undefined;

  register(product: Product): void {
    this.#product = product;
    let caret: ReturnType<typeof setTimeout> | undefined;
    product.context.subscriptions.push(
      vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, {
        deserializeWebviewPanel: (webview, memory: PanelMemory | undefined) => {
          this.#restore(product, webview, memory);
          return Promise.resolve();
        },
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
        if (!isTrace(textEditor.document)) return;
        clearTimeout(caret);
        caret = setTimeout(() => this.follow(textEditor.document.uri, selections[0].active.line + 1), CARET_DELAY_MS);
      }),
      { dispose: () => clearTimeout(caret) },
    );
    registerCommand(product, commands.showPanel, async target => {
      const session = await traceOfCommand(product, target);
      if (session !== undefined) this.show(session);
    });
  }

  /** Shows a trace's panel beside its text, without taking the focus. */
  show(session: TraceSession): void {
    const existing = this.#panels.get(session);
    if (existing !== undefined) {
      existing.show();
      return;
    }
    const product = this.#registered();
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const webview = vscode.window.createWebviewPanel(PANEL_TYPE, session.name, column, { enableScripts: true });
    this.#keep(new TracePanel(product, session, webview), webview);
  }

  /** Work on a trace whose progress its panel shows as well, and may cancel. */
  task(session: TraceSession, call: Required<CallOptions>): { options: Required<CallOptions>; end: () => void } {
    const controller = new AbortController();
    const panel = (): TracePanel | undefined => this.#panels.get(session);
    const cancel = (): void => controller.abort();
    return {
      options: {
        signal: AbortSignal.any([call.signal, controller.signal]),
        progress: (fraction, what) => {
          call.progress(fraction, what);
          const shown = panel();
          if (shown === undefined) return;
          shown.cancel = cancel;
          shown.post({ type: 'progress', fraction, what });
        },
      },
      end: () => {
        const shown = panel();
        if (shown?.cancel === cancel) shown.cancel = undefined;
        shown?.post({ type: 'progress', what: '' });
      },
    };
  }

  #keep(panel: TracePanel, webview: vscode.WebviewPanel): void {
    this.#panels.set(panel.session, panel);
    webview.onDidDispose(() => {
      panel.cancel?.();
      this.#panels.delete(panel.session);
    });
  }

  /** Tells the panel of a trace, if there is one, where the caret is (1-based). */
  follow(uri: vscode.Uri, line: number): void {
    const product = this.#registered();
    const session = product.sessions.find(uri);
    const panel = session && this.#panels.get(session);
    panel?.select(line).catch((error: unknown) => product.failures.note(error, 'following the caret'));
  }

  #restore(product: Product, webview: vscode.WebviewPanel, memory: PanelMemory | undefined): void {
    const restore = memory?.restore;
    if (restore?.version !== 1) {
      webview.dispose();
      return;
    }
    const session = product.sessions.for(vscode.Uri.parse(restore.uri, true));
    this.#keep(new TracePanel(product, session, webview), webview);
    product.sessions.makeCurrent(session);
    // Not awaited: VS Code shows the panel once this returns, and the page shows the progress.
    this.#replayAgain(product, session, restore).catch((error: unknown) =>
      product.failures.show(error, `restoring the panel of ${session.name}`),
    );
  }

  async #replayAgain(product: Product, session: TraceSession, restore: PanelRestore): Promise<void> {
    if (restore.scenarios.length === 0 || session.runs.all.length > 0) return;
    const title = vscode.l10n.t('Replaying {0}', session.name);
    await withProgress({ location: vscode.ProgressLocation.Window, title }, call =>
      replayReporting(product, session, restore.scenarios, call),
    );
    const baseline = session.runs.all.at(restore.baseline);
    if (baseline !== undefined) session.setBaseline(baseline.summary.runId);
  }

  #registered(): Product {
    if (this.#product === undefined) throw new Error('Panels are used before they are registered.');
    return this.#product;
  }
}
