/** The hover of a trace line as Markdown. Text of the trace is always escaped. */
import * as vscode from 'vscode';
import type { FieldText, LineExplanation } from '../../service/api';
import { commands } from '../commands';
import type { Run } from '../session/run-set';
import { lineDetails, type OperationDetails } from './line-details';

/** Event, its fields, the operation with its partner, and what it costs under each run. */
export function hoverText(explanation: LineExplanation, runs: readonly Run[], baseline: Run | undefined): string {
  const { event, fields, operation } = lineDetails(explanation, runs, baseline);
  const blocks = [`**${markdown(event)}**`, fieldList(fields)];
  if (operation !== undefined) {
    blocks.push('---', `**${markdown(operation.title)}**`, fieldList(operation.fields), ...partnerText(operation));
    if (operation.costs.length > 0) blocks.push(costTable(operation.costs));
  }
  return blocks.filter(block => block !== '').join('\n\n');
}

function partnerText({ partner }: OperationDetails): string[] {
  if (partner === undefined) return [];
  const link = `[${vscode.l10n.t('line {0}', partner.line)}](${revealLink(partner.line)})`;
  const lifetime = partner.lifetime === undefined ? '' : ` · ${partner.lifetime}`;
  return [`${vscode.l10n.t('Partner: {0}', link)}${lifetime}`];
}

function revealLink(line: number): string {
  return `command:${commands.revealLine}?${encodeURIComponent(JSON.stringify([line]))}`;
}

function costTable(costs: OperationDetails['costs']): string {
  const heading = [vscode.l10n.t('Run'), vscode.l10n.t('Modelled cost'), vscode.l10n.t('Against the baseline')];
  const rows = costs.map(({ run, cost, difference }) => [markdown(run), cost, difference]);
  return [heading, heading.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function fieldList(fields: readonly FieldText[]): string {
  return fields.map(({ name, value }) => `${markdown(name)}: \`${value.replaceAll('`', "'")}\``).join('  \n');
}

function markdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&]/g, char => `\\${char}`);
}
