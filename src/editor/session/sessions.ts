/** The open traces. A session lives as long as a tab shows its document or a panel holds it; the worker, as long as any. */
import * as vscode from 'vscode';
import type { EngineHost } from '../engine-host';
import { isTrace } from '../language/language';
import { Emitter } from '../util/emitter';
import { TraceSession, type SessionChange } from './trace-session';
import { traceName, traceSource } from './trace-source';

/** A tab that moves to another group or window closes and opens again: its session outlives the gap. */
const GRACE_MS = 2000;

export interface SessionEvent {
  session: TraceSession;
  change: SessionChange | 'closed';
}

export class Sessions implements vscode.Disposable {
  readonly #sessions = new Map<string, TraceSession>();
  readonly #holders = new Map<TraceSession, number>();
  readonly #changed = new Emitter<SessionEvent>();
  readonly #currentChanged = new Emitter<TraceSession | undefined>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #current: TraceSession | undefined;
  #sweep: ReturnType<typeof setTimeout> | undefined;

  readonly onDidChange = this.#changed.event;
  /** Another trace became the one at hand, or its editor or panel lost or got the focus. */
  readonly onDidChangeCurrent = this.#currentChanged.event;

  constructor(private readonly engine: EngineHost) {
    this.#subscriptions.push(
      vscode.window.onDidChangeActiveTextEditor(editor => this.#follow(editor)),
      vscode.workspace.onDidOpenTextDocument(document => {
        const editor = vscode.window.activeTextEditor;
        if (editor?.document === document) this.#follow(editor);
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.length > 0) this.#sweepSoon();
      }),
    );
  }

  /** Takes up the trace that is in front already. */
  start(): void {
    this.#follow(vscode.window.activeTextEditor);
  }

  /** The trace at hand: that of the active editor or panel, else the last one that was. */
  get current(): TraceSession | undefined {
    return this.#current;
  }

  get all(): readonly TraceSession[] {
    return [...this.#sessions.values()];
  }

  find(uri: vscode.Uri): TraceSession | undefined {
    return this.#sessions.get(uri.toString());
  }

  /** The session of a document; a new one when there is none. */
  for(uri: vscode.Uri): TraceSession {
    const key = uri.toString();
    const existing = this.#sessions.get(key);
    if (existing !== undefined) return existing;
    const session = new TraceSession(
      key,
      traceName(uri),
      () => this.engine.get(),
      () => traceSource(uri),
    );
    session.onDidChange(change => this.#changed.fire({ session, change }));
    this.#sessions.set(key, session);
    return session;
  }

  /** Makes a trace the one at hand. */
  makeCurrent(session: TraceSession): void {
    this.#current = session;
    this.#currentChanged.fire(session);
  }

  /** Keeps a session alive without a tab. */
  hold(session: TraceSession): vscode.Disposable {
    this.#holders.set(session, (this.#holders.get(session) ?? 0) + 1);
    return new vscode.Disposable(() => {
      this.#holders.set(session, (this.#holders.get(session) ?? 1) - 1);
      this.#sweepSoon();
    });
  }

  /** The worker is gone and with it every trace and run in it. */
  async forgetAll(): Promise<void> {
    await Promise.all(this.all.map(session => session.reset()));
  }

  /** Ends the worker when no trace is open. */
  stopIfUnused(): void {
    if (this.#sessions.size === 0) this.engine.stop();
  }

  dispose(): void {
    clearTimeout(this.#sweep);
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const session of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
  }

  #follow(editor: vscode.TextEditor | undefined): void {
    // No editor: a panel or a view has the focus, which says nothing about the trace at hand.
    if (editor === undefined) return;
    if (isTrace(editor.document)) this.makeCurrent(this.for(editor.document.uri));
    else this.#currentChanged.fire(this.#current);
  }

  #sweepSoon(): void {
    clearTimeout(this.#sweep);
    this.#sweep = setTimeout(() => this.#closeUnused(), GRACE_MS);
  }

  #closeUnused(): void {
    const shown = shownUris();
    for (const [key, session] of this.#sessions) {
      if (shown.has(key) || (this.#holders.get(session) ?? 0) > 0) continue;
      this.#sessions.delete(key);
      this.#holders.delete(session);
      session.dispose();
      if (this.#current === session) this.#current = undefined;
      this.#changed.fire({ session, change: 'closed' });
      this.#currentChanged.fire(this.#current);
    }
    this.stopIfUnused();
  }
}

function shownUris(): Set<string> {
  const uris = vscode.window.tabGroups.all.flatMap(group => group.tabs).map(({ input }) => tabUri(input));
  return new Set(uris.filter(uri => uri !== undefined).map(uri => uri.toString()));
}

/** The document that a tab shows; undefined for panels, terminals and the like. */
export function tabUri(input: unknown): vscode.Uri | undefined {
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return input.uri;
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  return undefined;
}
