/** Exports: results as a file, a time range as a smaller trace, the trace without what identifies its machine. */
import * as vscode from 'vscode';
import type { CallOptions, ExportFormat } from '../../service/api';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import { traceOfCommand } from '../session/active-trace';
import type { TraceSession } from '../session/trace-session';
import { withProgress } from '../util/cancellation';
import { selectedRange } from './selected-range';

interface FormatItem extends vscode.QuickPickItem {
  format: ExportFormat;
  ending: string;
}

export function registerExports(product: Product): void {
  registerCommand(product, commands.exportRuns, async target => {
    const session = await traceOfCommand(product, target);
    if (session !== undefined) await exportRuns(session);
  });
  registerCommand(product, commands.saveRange, async target => {
    const session = await traceOfCommand(product, target);
    if (session !== undefined) await saveRange(product, session);
  });
  registerCommand(product, commands.saveSanitized, async target => {
    const session = await traceOfCommand(product, target);
    if (session !== undefined) await saveSanitized(session);
  });
}

async function exportRuns(session: TraceSession): Promise<void> {
  const { t } = vscode.l10n;
  const { all, baseline } = session.runs;
  if (baseline === undefined) {
    void vscode.window.showInformationMessage(t('There is nothing to export before a replay.'));
    return;
  }
  const formats: FormatItem[] = [
    { format: 'markdown', ending: 'md', label: 'Markdown', detail: t('A table for a mailing list or a review') },
    { format: 'html', ending: 'html', label: 'HTML', detail: t('A report in one file that needs no network') },
    { format: 'csv', ending: 'csv', label: 'CSV', detail: t('One row for each figure and run') },
    { format: 'json', ending: 'json', label: 'JSON', detail: t('Everything, as the command line prints it') },
    {
      format: 'perfetto',
      ending: 'perfetto.json',
      label: 'Perfetto',
      detail: t('Operations on a time line, for ui.perfetto.dev'),
    },
  ];
  const choice = await vscode.window.showQuickPick(formats, { title: t('Export Runs') });
  if (choice === undefined) return;
  const runIds = all.map(run => run.summary.runId);
  await save(session, `${stem(session.name)}.${choice.ending}`, options =>
    session.engine().export(runIds, baseline.summary.runId, choice.format, options),
  );
}

async function saveRange(product: Product, session: TraceSession): Promise<void> {
  const range = await selectedRange(product, session);
  if (range === undefined) return;
  const { traceId } = await session.open();
  await save(session, withPart(session.name, 'range'), options =>
    session.engine().clip(traceId, range.fromNs, range.toNs, options),
  );
}

async function saveSanitized(session: TraceSession): Promise<void> {
  const { traceId } = await session.open();
  await save(session, withPart(session.name, 'sanitized'), options => session.engine().sanitize(traceId, options));
}

/** Asks for the place first: nobody waits for work that is then thrown away. */
async function save(
  session: TraceSession,
  name: string,
  make: (options: CallOptions) => Promise<Uint8Array>,
): Promise<void> {
  const { t } = vscode.l10n;
  const trace = vscode.Uri.parse(session.uri, true);
  const folder =
    trace.scheme === 'file' ? vscode.Uri.joinPath(trace, '..') : vscode.workspace.workspaceFolders?.[0].uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    title: t('Save'),
  });
  if (target === undefined) return;
  const location = vscode.ProgressLocation.Notification;
  const bytes = await withProgress({ location, title: t('Writing {0}', name), cancellable: true }, make);
  await vscode.workspace.fs.writeFile(target, bytes);
  const open = t('Open');
  const choice = await vscode.window.showInformationMessage(
    t('{0} is written.', target.path.split('/').at(-1) ?? name),
    open,
  );
  if (choice === open) await vscode.commands.executeCommand('vscode.open', target);
}

/** `nvme` of `nvme.perf.txt.xz`. */
function stem(name: string): string {
  return name.split('.')[0];
}

/** `nvme.range.perf.txt` of `nvme.perf.txt.xz`: the endings that tell the language stay. */
function withPart(name: string, part: string): string {
  const [first, ...rest] = name.replace(/\.(?:gz|xz|zst)$/, '').split('.');
  return [first, part, ...rest].join('.');
}
