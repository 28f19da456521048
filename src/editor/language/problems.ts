/** Problems: defects of the traced system that the trace shows, each with advice, and no more than can be read. */
import * as vscode from 'vscode';
import type { DiagnosticsReport, TraceDiagnostic } from '../../service/api';
import type { Product } from '../product';
import type { TraceSession } from '../session/trace-session';
import { onSettingChanged, setting } from '../settings';

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

export function registerProblems(product: Product): void {
  const collection = vscode.languages.createDiagnosticCollection('iommuReplay');
  const update = (session: TraceSession): void => {
    publish(collection, session).catch((error: unknown) => product.failures.note(error, 'looking for problems'));
  };
  product.context.subscriptions.push(
    collection,
    onSettingChanged('problems.count', () => product.sessions.all.forEach(update)),
    product.sessions.onDidChange(({ session, change }) => {
      if (change === 'trace') update(session);
      if (change === 'closed') collection.delete(vscode.Uri.parse(session.uri, true));
    }),
  );
}

async function publish(collection: vscode.DiagnosticCollection, session: TraceSession): Promise<void> {
  const uri = vscode.Uri.parse(session.uri, true);
  const cap = setting('problems.count');
  if (session.summary === undefined || cap === 0) {
    collection.delete(uri);
    return;
  }
  const report = await session.engine().diagnostics(session.summary.traceId, cap);
  collection.set(uri, problems(report));
}

/** At the last finding of a kind that was cut off, the number of those not shown. */
function problems({ diagnostics, totals }: DiagnosticsReport): vscode.Diagnostic[] {
  const left = new Map<TraceDiagnostic['kind'], number>();
  for (const { kind } of diagnostics) left.set(kind, (left.get(kind) ?? 0) + 1);
  const shown = new Map(left);
  return diagnostics.map(diagnostic => {
    const { kind } = diagnostic;
    const after = (left.get(kind) ?? 0) - 1;
    left.set(kind, after);
    return problem(diagnostic, after === 0 ? totals[kind] - (shown.get(kind) ?? 0) : 0);
  });
}

function problem({ kind, severity, line, text, advice }: TraceDiagnostic, more: number): vscode.Diagnostic {
  const range = new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
  const rest = more > 0 ? ` ${vscode.l10n.t('({0} more like this are not listed)', more)}` : '';
  const made = new vscode.Diagnostic(range, `${text} ${advice}${rest}`, SEVERITIES[severity]);
  made.source = 'IOMMU Replay';
  made.code = kind;
  return made;
}
