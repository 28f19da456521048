/** How a run is recognised everywhere: symbol and colour of its policy, and the name that the user gave. */
import type { PanelRun } from '../src/editor/panel/messages';
import { h } from './dom';

export function runLabel(run: PanelRun): string {
  return `${run.style.symbol} ${run.name}`;
}

/** The symbol of a run's policy in its colour; the name must stand beside it. */
export function policySymbol(run: PanelRun): HTMLElement {
  const symbol = h('span', { class: 'policy-symbol', 'aria-hidden': 'true' }, run.style.symbol);
  symbol.style.color = `var(--replay-policy-${run.style.palette % 12})`;
  return symbol;
}

/** Symbol and name. */
export function runMark(run: PanelRun): HTMLElement {
  return h('span', { class: 'run-mark' }, policySymbol(run), h('span', { class: 'run-name' }, run.name));
}
