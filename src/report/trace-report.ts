/** Parts of a trace as tables: operations, diagnostics, an explained line. */
import type { DiagnosticsReport } from '../analysis/diagnostics';
import type { Facet } from '../analysis/facets';
import type { LineExplanation } from '../analysis/explain';
import type { OperationPage } from '../analysis/operation-page';
import { formatBytes, formatCount, formatNs } from '../analysis/units';
import { shortNames } from './replay-report';
import type { Table } from './table';

type Column = Table['columns'][number];

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

/** `runs`: those whose costs the rows hold. */
export function operationsTable({ rows }: OperationPage, runs: readonly { name: string }[]): Table {
  return {
    columns: [
      right('line'),
      right('time'),
      left('kind'),
      left('device'),
      left('direction'),
      right('size'),
      right('CPU'),
      ...(runs.length === 0 ? [] : shortNames(runs).map(name => right(`≈ ${name}`))),
    ],
    rows: rows.map(row => [
      String(row.line),
      formatNs(row.timeNs),
      row.kind,
      row.device,
      row.direction,
      formatBytes(row.size),
      row.cpu < 0 ? '' : String(row.cpu),
      ...row.costs.map(formatNs),
    ]),
  };
}

/** Values of the operations that a filter selects, with the filters that would include and exclude each. */
export function facetsTable(facets: readonly Facet[]): Table {
  return {
    columns: [left('facet'), left('value'), right('operations'), left('include'), left('exclude')],
    rows: facets.flatMap(({ field, values, more }) => [
      ...values.map(({ label, count, state, include, exclude }) => [
        field,
        state === 'open' ? label : `${label} (${state})`,
        formatCount(count),
        include,
        exclude,
      ]),
      ...(more > 0 ? [[field, `${formatCount(more)} more ${more === 1 ? 'value' : 'values'}`, '', '', '']] : []),
    ]),
  };
}

export function diagnosticsTable({ diagnostics, totals }: DiagnosticsReport): Table {
  const shown = new Map<string, number>();
  for (const { kind } of diagnostics) shown.set(kind, (shown.get(kind) ?? 0) + 1);
  const hidden = Object.entries(totals).filter(([kind, total]) => total > (shown.get(kind) ?? 0));
  return {
    columns: [right('line'), left('severity'), left('finding'), left('advice')],
    rows: [
      ...diagnostics.map(({ line, severity, text, advice }) => [String(line), severity, text, advice]),
      ...hidden.map(([kind, total]) => ['', '', `${total - (shown.get(kind) ?? 0)} more of ${kind}`, '']),
    ],
  };
}

/** The event's fields, then its operation's with a cost for each run. */
export function explanationTables({ line, event, fields, operation }: LineExplanation): Table[] {
  const facts = (title: string, rows: string[][]): Table => ({ columns: [left(title), left('')], rows });
  const tables = [
    facts(
      `line ${line}: ${event}`,
      fields.map(({ name, value }) => [name, value]),
    ),
  ];
  if (operation !== undefined) {
    tables.push(
      facts(`operation: ${operation.title}`, [
        ...operation.fields.map(({ name, value }) => [name, value]),
        ['lines', operation.lines.join(', ')],
        ['other end', operation.partnerLine === undefined ? 'not recorded' : `line ${operation.partnerLine}`],
        ...(operation.lifetimeNs === undefined ? [] : [['lifetime', formatNs(operation.lifetimeNs)]]),
        ...operation.costs.map(({ name, ns }) => [`≈ ${name}`, formatNs(ns)]),
      ]),
    );
  }
  return tables;
}
