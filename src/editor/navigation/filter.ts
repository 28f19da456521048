/** "Filter Lines…": a query with completion, and the lines that match as a document of their own. */
import * as vscode from 'vscode';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import { traceOfCommand } from '../session/active-trace';
import { columnOf } from '../session/reveal';
import type { TraceSession } from '../session/trace-session';
import type { TimeRange } from '../../service/api';
import { viewOf, viewUri } from '../traces/views';

/** Typing is not answered letter by letter. */
const TYPING_DELAY_MS = 120;

interface FilterItem extends vscode.QuickPickItem {
  /** The query that choosing the item leads to; absent: choosing it opens the lines. */
  completed?: string;
}

export function registerFilter(product: Product): void {
  registerCommand(product, commands.filter, async target => {
    const session = await traceOfCommand(product, target);
    if (session === undefined) return;
    // In filtered lines the filter narrows what is there: it begins with the one that made them.
    const view = viewOf(vscode.window.activeTextEditor?.document.uri ?? vscode.Uri.parse(session.uri, true));
    const before = view?.kind === 'filter' ? view : { filter: '', range: undefined };
    const filter = await askFilter(product, session, before.filter === '' ? '' : `${before.filter} `);
    if (filter !== undefined) await openFiltered(session, filter.trim(), before.range);
  });
}

/** Shows the lines that match as a document; they lead back to their places in the trace. */
export async function openFiltered(session: TraceSession, filter: string, range?: TimeRange): Promise<void> {
  const run = session.runs.shown?.summary.runId;
  const view = { kind: 'filter' as const, trace: session.uri, filter, ...(range && { range }), ...(run && { run }) };
  const words = filter === '' ? vscode.l10n.t('range') : filter.replace(/[^\w.:>=<-]+/g, ' ');
  const document = await vscode.workspace.openTextDocument(viewUri(`${words} — ${session.name}.iommu-trace`, view));
  // Where the trace stands, not over the panel that may have asked for it.
  const viewColumn = columnOf(vscode.Uri.parse(session.uri, true));
  await vscode.window.showTextDocument(document, { preview: false, viewColumn });
}

function askFilter(product: Product, session: TraceSession, value: string): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<FilterItem>();
  pick.value = value;
  pick.title = vscode.l10n.t('Filter Lines');
  pick.placeholder = vscode.l10n.t('For instance: device:04.0 dir:to size>4k cost>2us');
  pick.ignoreFocusOut = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The text that the list is about: it lags behind what is typed. */
  let listed: string | undefined;
  const suggest = async (): Promise<void> => {
    const { value } = pick;
    clearTimeout(timer);
    pick.busy = true;
    try {
      const items = await suggestions(session, value);
      if (pick.value === value) {
        pick.items = items;
        listed = value;
      }
    } catch (error) {
      pick.hide();
      product.failures.show(error, 'filter');
    }
    pick.busy = false;
  };
  const refresh = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void suggest(), TYPING_DELAY_MS);
  };
  return new Promise(resolve => {
    const accept = async (): Promise<void> => {
      const [item] = pick.selectedItems as readonly (FilterItem | undefined)[];
      if (listed === pick.value && item?.completed !== undefined) {
        pick.value = item.completed;
        refresh();
        return;
      }
      if (listed !== pick.value) await suggest();
      // A query that is not understood is not left: the first entry says what is wrong with it.
      const [first] = pick.items as readonly (FilterItem | undefined)[];
      if (listed !== pick.value || first?.completed !== undefined || pick.value.trim() === '') return;
      resolve(pick.value);
      pick.hide();
    };
    pick.onDidChangeValue(refresh);
    pick.onDidAccept(() => void accept());
    pick.onDidHide(() => {
      clearTimeout(timer);
      resolve(undefined);
      pick.dispose();
    });
    refresh();
    pick.show();
  });
}

/** What the query finds or what is wrong with it, then what could stand at its end. */
async function suggestions(session: TraceSession, text: string): Promise<FilterItem[]> {
  const { traceId } = await session.open();
  const engine = session.engine();
  const run = session.runs.shown?.summary.runId;
  const help = await engine.filterHelp(traceId, text, text.length, run);
  const found = await engine.filter(traceId, { filter: text }, 0, run);
  const { t } = vscode.l10n;
  const first: FilterItem =
    help.problem === undefined
      ? { label: `$(filter) ${t('Show {0} of {1} operations', found.matched, found.total)}`, alwaysShow: true }
      : { label: `$(warning) ${help.problem.message}`, completed: text, alwaysShow: true };
  const completions = help.completions.map(({ text: word, detail, from, to }) => ({
    label: word,
    description: detail,
    completed: text.slice(0, from) + word + text.slice(to),
    alwaysShow: true,
  }));
  return [first, ...completions];
}
