/** The hover of a trace line as Markdown. Text of the trace is always escaped. */
import * as vscode from 'vscode';
import type { FieldText, LineExplanation } from '../../service/api';
import { runLabel } from '../session/run-label';
import { commands } from '../commands';
import type { Run } from '../session/run-set';
import { formatNs, formatRatio } from '../util/format';

/** Event, its fields, the operation with its partner, and what it costs under each run. */
export function hoverText(explanation: LineExplanation, runs: readonly Run[], baseline: Run | undefined): string {
  const { event, fields, operation } = explanation;
  const blocks = [`**${markdown(event)}**`, fieldList(fields)];
  if (operation !== undefined) {
    blocks.push('---', `**${markdown(operation.title)}**`, fieldList(operation.fields), ...partnerText(operation));
    if (operation.costs.length > 0) blocks.push(costTable(operation.costs, runs, baseline));
  }
  return blocks.filter(block => block !== '').join('\n\n');
}

type Operation = NonNullable<LineExplanation['operation']>;

function partnerText({ partnerLine, lifetimeNs }: Operation): string[] {
  if (partnerLine === undefined) return [];
  const link = `[${vscode.l10n.t('line {0}', partnerLine)}](${revealLink(partnerLine)})`;
  const lifetime = lifetimeNs === undefined ? '' : ` · ${vscode.l10n.t('mapped for {0}', formatNs(lifetimeNs))}`;
  return [`${vscode.l10n.t('Partner: {0}', link)}${lifetime}`];
}

function revealLink(line: number): string {
  return `command:${commands.revealLine}?${encodeURIComponent(JSON.stringify([line]))}`;
}

function costTable(costs: Operation['costs'], runs: readonly Run[], baseline: Run | undefined): string {
  const base = costs.find(({ runId }) => runId === baseline?.summary.runId);
  const heading = [vscode.l10n.t('Run'), vscode.l10n.t('Modelled cost'), vscode.l10n.t('Against the baseline')];
  const rows = costs.map(cost => {
    const run = runs.find(({ summary }) => summary.runId === cost.runId);
    const name = markdown(run === undefined ? cost.name : runLabel(run));
    const isBase = cost === base;
    const difference = base === undefined ? '' : (formatRatio(cost.ns, base.ns) ?? '');
    return [name, formatNs(cost.ns), isBase ? vscode.l10n.t('baseline') : difference];
  });
  return [heading, heading.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function fieldList(fields: readonly FieldText[]): string {
  return fields.map(({ name, value }) => `${markdown(name)}: \`${value.replaceAll('`', "'")}\``).join('  \n');
}

function markdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&]/g, char => `\\${char}`);
}
