/** What is open: the trace, its runs as chips, and the baseline that all differences are taken against. */
import type { PanelRun, PanelTrace } from '../../src/editor/panel/messages';
import { h, icon, replace } from '../dom';
import { formatBytes, formatCount, formatNs } from '../format';
import { policySymbol, runLabel } from '../identity';
import type { Store } from '../store';
import { t } from '../strings';
import { openMenu, type MenuItem } from '../ui/menu';
import { button, picker, type Picker } from '../ui/toolkit';

export function headerView(store: Store): HTMLElement {
  // Until the trace is known.
  const name = h('h1', { class: 'trace-name' }, t('Comparison'));
  const facts = h('ul', { class: 'facts', 'aria-label': t('Trace') });
  const chips = h('ul', { class: 'chips', 'aria-label': t('Runs') });
  const baseline = picker(t('Baseline'), 'baseline', runId => store.host.post({ type: 'setBaseline', runId }));
  const actions = h(
    'div',
    { class: 'actions' },
    button(t('Replay with Policy…'), {
      look: 'primary',
      icon: 'debug-rerun',
      onClick: () => store.host.post({ type: 'replay' }),
    }),
    button(t('Export…'), { look: 'icon', icon: 'export', onClick: () => store.host.post({ type: 'export' }) }),
  );
  const platform = h('span', { class: 'platform' });
  const runs = h('div', { class: 'runs' }, chips, platform, baseline.element);
  const element = h(
    'header',
    { class: 'panel-header' },
    h('div', { class: 'trace' }, h('div', { class: 'trace-title' }, name, facts), actions),
    runs,
  );
  store.watch(
    ({ state, view }) => [state, view.hidden],
    () => {
      const { state } = store.model;
      if (state === undefined) return;
      name.textContent = state.trace.name;
      name.title = state.trace.name;
      replace(facts, ...traceFacts(state.trace));
      runs.hidden = state.runs.length === 0;
      replace(chips, ...state.runs.map(run => h('li', {}, chip(store, run))));
      platform.textContent = commonPlatform(state.runs);
      updateBaseline(baseline, state.runs, state.baseline);
    },
  );
  return element;
}

/** Said once when it is the same for all runs; else each chip names its own. */
function commonPlatform(runs: readonly PanelRun[]): string {
  const titles = new Set(runs.map(run => run.platformTitle));
  return titles.size === 1 ? t('on {0}', [...titles][0]) : '';
}

function updateBaseline(baseline: Picker, runs: readonly PanelRun[], runId: string | undefined): void {
  baseline.update(
    runs.map(run => ({ value: run.runId, label: runLabel(run) })),
    runId,
  );
}

function traceFacts(trace: PanelTrace): HTMLElement[] {
  const { operations: o, recordedPolicy } = trace;
  const all = o.map + o.unmap + o.sync + o.alloc + o.free;
  const known = recordedPolicy.id !== 'unknown';
  const facts = [
    fact(trace.format, `${formatBytes(trace.bytes)}, ${t('{0} lines', formatCount(trace.lines))}`),
    fact(
      t('{0} operations', formatCount(all)),
      t(
        '{0} maps, {1} unmaps, {2} syncs, {3} allocations, {4} frees',
        ...[o.map, o.unmap, o.sync, o.alloc, o.free].map(formatCount),
      ),
    ),
    fact(formatNs(trace.spanNs), t('from the first event to the last')),
    fact(known ? t('recorded under {0}', recordedPolicy.id) : t('recorded policy unknown'), recordedPolicy.evidence),
  ];
  if (trace.gaps > 0)
    facts.push(
      fact(
        trace.lostEvents > 0 ? t('{0} events lost', formatCount(trace.lostEvents)) : t('events lost'),
        t('The recorder dropped events: counts are a lower bound there'),
        'warning',
      ),
    );
  if (trace.skippedLines > 0)
    facts.push(
      fact(
        t('{0} lines not understood', formatCount(trace.skippedLines)),
        t('See the import report for each line and the reason'),
        'warning',
      ),
    );
  const { assumptions } = trace;
  const count = assumptions.length === 1 ? t('1 assumption') : t('{0} assumptions', assumptions.length);
  if (assumptions.length > 0) facts.push(fact(count, assumptions.join('\n'), 'info'));
  return facts;
}

function fact(text: string, detail: string, severity?: 'warning' | 'info'): HTMLElement {
  return h(
    'li',
    { class: severity === undefined ? 'fact' : `fact ${severity}`, title: detail },
    severity !== undefined && icon(severity),
    text,
  );
}

/** A run: the button shows its hotspots here and its costs in the text; the menu has the rest. */
function chip(store: Store, run: PanelRun): HTMLElement {
  const { state, view } = store.model;
  const hidden = view.hidden.includes(run.name);
  const isBaseline = state?.baseline === run.runId;
  const isShown = state?.hotspots?.runId === run.runId;
  const platforms = new Set(state?.runs.map(({ platform }) => platform)).size;
  const select = h(
    'button',
    {
      class: 'chip-main',
      'aria-pressed': String(isShown),
      title: [
        run.policyTitle,
        run.platformTitle,
        isShown ? t('its costs stand in the text') : t('show its hotspots, here and in the text'),
      ].join(' · '),
      'data-run': run.runId,
      on: {
        click: () => store.host.post({ type: 'setHotspots', runId: run.runId, by: state?.hotspots?.by ?? 'operation' }),
      },
    },
    policySymbol(run),
    h('span', { class: 'run-name' }, run.name),
    platforms > 1 && !run.name.endsWith(run.platformTitle) && h('span', { class: 'platform' }, run.platformTitle),
    isBaseline && h('span', { class: 'tag' }, t('baseline')),
    isShown && h('span', { class: 'tag' }, icon('list-flat'), t('in text')),
    hidden && h('span', { class: 'tag' }, icon('eye-closed'), t('hidden')),
  );
  const more = h(
    'button',
    {
      class: 'chip-more',
      'aria-label': t('Actions for {0}', run.name),
      'aria-haspopup': 'menu',
      title: t('Actions for {0}', run.name),
      on: { click: () => openMenu(more, t('Actions for {0}', run.name), chipItems(store, run)) },
    },
    icon('ellipsis'),
  );
  return h('div', { class: `chip${isShown ? ' shown' : ''}${hidden ? ' hidden-run' : ''}` }, select, more);
}

function chipItems(store: Store, run: PanelRun): MenuItem[] {
  const { state, view } = store.model;
  const { runId, name } = run;
  const hidden = view.hidden.includes(name);
  return [
    {
      label: t('Use as baseline'),
      icon: 'pinned',
      disabled: state?.baseline === runId,
      onChoose: () => store.host.post({ type: 'setBaseline', runId }),
    },
    {
      label: hidden ? t('Show in charts and tables') : t('Hide from charts and tables'),
      icon: hidden ? 'eye' : 'eye-closed',
      onChoose: () =>
        store.look({ hidden: hidden ? view.hidden.filter(other => other !== name) : [...view.hidden, name] }),
    },
    { label: t('Rename…'), icon: 'edit', onChoose: () => store.host.post({ type: 'renameRun', runId }) },
    { label: t('Remove'), icon: 'trash', onChoose: () => store.host.post({ type: 'removeRun', runId }) },
  ];
}
