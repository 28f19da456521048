/** What is known of a trace line in words: for the hover, and for views that show the same in their own way. */
import * as vscode from 'vscode';
import type { FieldText, LineExplanation } from '../../service/api';
import { runLabel } from '../session/run-label';
import type { Run } from '../session/run-set';
import { formatNs, formatRatio } from '../util/format';

export interface LineDetails {
  event: string;
  fields: FieldText[];
  operation?: OperationDetails;
}

export interface OperationDetails {
  title: string;
  fields: FieldText[];
  /** The other end; `lifetime`: how long the mapping lived, in words. */
  partner?: { line: number; lifetime?: string };
  costs: { run: string; cost: string; difference: string }[];
}

/** Event, its fields, the operation with its partner, and what it costs under each run. */
export function lineDetails(
  { event, fields, operation }: LineExplanation,
  runs: readonly Run[],
  baseline: Run | undefined,
): LineDetails {
  return { event, fields, ...(operation && { operation: operationDetails(operation, runs, baseline) }) };
}

type Operation = NonNullable<LineExplanation['operation']>;

function operationDetails(operation: Operation, runs: readonly Run[], baseline: Run | undefined): OperationDetails {
  const { title, fields, partnerLine, lifetimeNs, costs } = operation;
  const lifetime = lifetimeNs === undefined ? undefined : vscode.l10n.t('mapped for {0}', formatNs(lifetimeNs));
  return {
    title,
    fields,
    ...(partnerLine !== undefined && { partner: { line: partnerLine, ...(lifetime && { lifetime }) } }),
    costs: costTexts(costs, runs, baseline),
  };
}

function costTexts(
  costs: Operation['costs'],
  runs: readonly Run[],
  baseline: Run | undefined,
): OperationDetails['costs'] {
  const base = costs.find(({ runId }) => runId === baseline?.summary.runId);
  return costs.map(cost => {
    const run = runs.find(({ summary }) => summary.runId === cost.runId);
    const difference = base === undefined ? '' : (formatRatio(cost.ns, base.ns) ?? '');
    return {
      run: run === undefined ? cost.name : runLabel(run),
      cost: formatNs(cost.ns),
      difference: cost === base ? vscode.l10n.t('baseline') : difference,
    };
  });
}
