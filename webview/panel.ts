/** The panel beside a trace: its runs compared in charts and tables. */
import './panel.css';
import type { HostToPanel, PanelReply, PanelState } from '../src/editor/panel/messages';
import { append, h, replace } from './dom';
import { Host } from './host';
import { withShortNames } from './names';
import { Store } from './store';
import { setBundle, t } from './strings';
import { tabs } from './ui/toolkit';
import { emptyView } from './views/empty';
import { headerView } from './views/header';
import { noticesView } from './views/notices';
import { offeredViews } from './views/registry';

const host = new Host();
const store = new Store(host);

window.addEventListener('error', ({ message, error }) => report(error, message));
window.addEventListener('unhandledrejection', ({ reason }) => report(reason, 'Unhandled rejection'));
host.listen(receive);
host.post({ type: 'ready', version: 1 });

function report(error: unknown, message: string): void {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  host.post({ type: 'pageError', message: error instanceof Error ? error.message : message, stack });
}

function receive(message: Exclude<HostToPanel, PanelReply>): void {
  switch (message.type) {
    case 'strings':
      document.documentElement.lang = message.language;
      setBundle(message.bundle);
      build();
      break;
    case 'state':
      build();
      receiveState(withShortNames(message.state));
      break;
    case 'selection':
      store.set({ ...store.model, line: message.line, operationLines: message.operationLines });
      break;
    case 'progress':
      receiveProgress(message.what, message.fraction);
      break;
    case 'notice':
      store.set({ ...store.model, notice: message.notice });
      break;
  }
}

function receiveState(state: PanelState): void {
  const next = { ...store.model, state };
  delete next.notice;
  if (state.line !== undefined) next.line = state.line;
  store.set(next);
  store.remember();
}

function receiveProgress(what: string, fraction: number | undefined | null): void {
  const next = { ...store.model };
  delete next.progress;
  // JSON turns a missing fraction into nothing, or into null.
  store.set(typeof fraction === 'number' ? { ...next, progress: { what, fraction } } : next);
}

/** Builds the page once, as soon as its language is known. */
function build(): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no #root');
  if (root.childElementCount > 0) return;
  const views = h('div', { class: 'views' });
  replace(root, headerView(store), noticesView(store), emptyView(store), views);
  store.watch(
    ({ state }) => [(state?.runs.length ?? 0) > 0],
    () => {
      const hasRuns = (store.model.state?.runs.length ?? 0) > 0;
      views.hidden = !hasRuns;
      if (hasRuns && views.childElementCount === 0) buildViews(views);
    },
  );
  restoreScroll();
  rememberScroll();
}

/** One tab for each view that the host can fill; a single view needs no tabs. */
function buildViews(parent: HTMLElement): void {
  const { state, view } = store.model;
  const offered = offeredViews(state?.answers ?? []);
  const contents = new Map(offered.map(({ id }) => [id, h('div', { class: 'view' })]));
  const open = (id: string): void => {
    const content = contents.get(id);
    const offer = offered.find(other => other.id === id);
    // A view is built when it is first looked at: what nobody looks at asks nothing of the engine.
    if (content?.childElementCount === 0 && offer) append(content, offer.build(store));
  };
  const bar = tabs(
    t('Views'),
    offered.map(({ id, title }) => ({ id, title: title(), content: contents.get(id)! })),
    id => {
      open(id);
      if (id !== store.model.view.tab) store.look({ tab: id });
    },
  );
  append(parent, bar.element);
  const first = offered.some(({ id }) => id === view.tab) ? view.tab : offered[0].id;
  open(first);
  bar.show(first);
}

/** Goes back to where an earlier page was, as soon as the page is tall enough again, unless someone scrolls first. */
function restoreScroll(): void {
  const { scroll } = store.model.view;
  const growth = new ResizeObserver(() => {
    if (document.documentElement.scrollHeight < scroll + window.innerHeight) return;
    growth.disconnect();
    window.scrollTo(0, scroll);
  });
  if (scroll > 0) growth.observe(document.body);
  for (const hand of ['wheel', 'keydown', 'pointerdown'])
    document.addEventListener(hand, () => growth.disconnect(), { once: true });
}

function rememberScroll(): void {
  let pending: number | undefined;
  document.addEventListener(
    'scroll',
    () => {
      clearTimeout(pending);
      pending = window.setTimeout(() => store.look({ scroll: window.scrollY }), 200);
    },
    { passive: true },
  );
}
