/** A question to the engine whose answer a view shows: asked anew when its terms change, while the view is looked at. */
import { h, replace } from '../dom';
import { QueryError } from '../host';
import type { Model, Store } from '../store';
import { isSame } from '../store';
import { t } from '../strings';
import { progressRing } from '../ui/toolkit';
import { banner } from './notices';

/** A quick answer needs no "Working…". */
const PATIENCE_MS = 250;

export class Study {
  /** Says that the engine is at work, or what went wrong. */
  readonly status = h('div', { class: 'study-status', role: 'status' });
  private asked: readonly unknown[] | undefined;
  private controller = new AbortController();

  /**
   * @param tab the view's id: a view that nobody looks at asks nothing
   * @param terms what the answer depends on, compared by identity
   * @param question asks and shows the answer
   */
  constructor(
    store: Store,
    tab: string,
    terms: (model: Readonly<Model>) => readonly unknown[],
    private readonly question: (signal: AbortSignal) => Promise<void>,
  ) {
    this.status.hidden = true;
    store.watch(
      model => [model.view.tab === tab, ...terms(model)],
      () => {
        const now = terms(store.model);
        if (store.model.view.tab !== tab || (this.asked !== undefined && isSame(now, this.asked))) return;
        this.asked = now;
        this.ask();
      },
    );
  }

  /** Asks now; an earlier question that is still open is withdrawn. */
  ask(): void {
    this.controller.abort();
    this.controller = new AbortController();
    const { signal } = this.controller;
    const waiting = setTimeout(() => this.show(progressRing(t('Working')), h('span', {}, t('Working…'))), PATIENCE_MS);
    void this.question(signal)
      .then(
        () => {
          if (!signal.aborted) this.show();
        },
        (error: unknown) => {
          if (!signal.aborted) this.fail(error);
        },
      )
      .finally(() => clearTimeout(waiting));
  }

  private fail(error: unknown): void {
    if (!(error instanceof QueryError)) throw error;
    this.show(banner('error', error.notice.message, error.notice.advice));
  }

  private show(...children: HTMLElement[]): void {
    this.status.hidden = children.length === 0;
    replace(this.status, ...children);
  }
}
