/** What the page knows: the host's last state, and what the person at the page has chosen to look at. */
import type { Notice, PanelRun, PanelState } from '../src/editor/panel/messages';
import type { TimeRange } from '../src/editor/panel/view-queries';
import type { Host } from './host';
import { readView, type ViewMemory } from './memory';

export interface Model {
  state?: PanelState;
  /** 1-based line at the caret of the trace's editor, and the lines of the operation there. */
  line?: number;
  operationLines: readonly number[];
  progress?: { what: string; fraction: number };
  notice?: Notice;
  view: ViewMemory;
  /** Time range under study in all views; absent: the whole trace. */
  range?: TimeRange;
}

type Watcher = () => void;

export class Store {
  private current: Model;
  private readonly watchers: Watcher[] = [];

  constructor(readonly host: Host) {
    const view = readView(host.memory?.view);
    this.current = { operationLines: [], view };
  }

  get model(): Readonly<Model> {
    return this.current;
  }

  /** The runs that are not hidden by their chip. */
  get shownRuns(): PanelRun[] {
    const { state, view } = this.current;
    return state?.runs.filter(run => !view.hidden.includes(run.name)) ?? [];
  }

  /** Which runs there are, under which names: the same text as long as no view need ask anew. */
  get runsKey(): string {
    return this.current.state?.runs.map(({ runId, name }) => `${runId} ${name}`).join('\n') ?? '';
  }

  get baseline(): PanelRun | undefined {
    const { state } = this.current;
    return state?.runs.find(run => run.runId === state.baseline);
  }

  set(next: Model): void {
    this.current = next;
    for (const watcher of this.watchers) watcher();
  }

  /** Changes what is looked at, and remembers it across reloads. */
  look(change: Partial<ViewMemory>): void {
    this.set({ ...this.current, view: { ...this.current.view, ...change } });
    this.remember();
  }

  remember(): void {
    const { state, view } = this.current;
    if (state !== undefined) this.host.remember({ restore: state.restore, view });
  }

  /** Selects a time range in all views and, through the host, in the text; `undefined` clears it. */
  selectRange(range: TimeRange | undefined): void {
    const next = { ...this.current };
    delete next.range;
    this.set(range === undefined ? next : { ...next, range });
    this.host.post(range === undefined ? { type: 'selectRange' } : { type: 'selectRange', range });
  }

  /**
   * Calls `effect` now and whenever one of the picked parts of the model has changed.
   *
   * @param pick compared part by part, by identity
   */
  watch(pick: (model: Readonly<Model>) => readonly unknown[], effect: () => void): void {
    let last: readonly unknown[] | undefined;
    const check = (): void => {
      const parts = pick(this.current);
      if (isSame(parts, last)) return;
      last = parts;
      effect();
    };
    this.watchers.push(check);
    check();
  }
}

/** Part by part, by identity. */
export function isSame(parts: readonly unknown[], last: readonly unknown[] | undefined): boolean {
  return parts.length === last?.length && parts.every((part, i) => part === last[i]);
}
