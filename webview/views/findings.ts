/** What the replays had to tell in words: assumptions, limits hit, why a number is a bound. */
import type { PanelRun } from '../../src/editor/panel/messages';
import { h, icon, replace, unseen } from '../dom';
import { policySymbol } from '../identity';
import type { Store } from '../store';
import { t } from '../strings';

interface FindingRow {
  severity: PanelRun['findings'][number]['severity'];
  text: string;
  runs: PanelRun[];
}

export function findingsView(store: Store): HTMLElement {
  const list = h('ul', { class: 'finding-list' });
  const element = h(
    'section',
    { class: 'findings', 'aria-labelledby': 'findings-title' },
    h('div', { class: 'bar' }, h('h2', { id: 'findings-title' }, t('Findings'))),
    list,
  );
  store.watch(
    ({ state, view }) => [state?.runs, view.hidden],
    () => {
      const found = joinFindings(store.shownRuns);
      element.hidden = found.length === 0;
      replace(list, ...found.map(findingItem));
    },
  );
  return element;
}

const SEVERITIES = ['error', 'warning', 'info'] as const;

/** The same words in several runs are said once, with the runs that they hold for; the gravest first. */
export function joinFindings(runs: readonly PanelRun[]): FindingRow[] {
  const byText = new Map<string, FindingRow>();
  for (const run of runs) {
    for (const { severity, text } of run.findings) {
      const known = byText.get(`${severity} ${text}`);
      if (known === undefined) byText.set(`${severity} ${text}`, { severity, text, runs: [run] });
      else if (!known.runs.includes(run)) known.runs.push(run);
    }
  }
  return [...byText.values()].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function findingItem({ severity, text, runs }: FindingRow): HTMLElement {
  const words = { error: t('Error'), warning: t('Warning'), info: t('Note') };
  const marks = runs.map(run =>
    h('span', { class: 'run-mark small' }, policySymbol(run), h('span', { class: 'run-name' }, run.name)),
  );
  return h(
    'li',
    { class: `finding ${severity}` },
    icon(severity),
    unseen(`${words[severity]}: `),
    h('span', { class: 'finding-text' }, text, h('span', { class: 'finding-runs' }, ...marks)),
  );
}
