/** A run as a row of the Runs view. */
import * as vscode from 'vscode';
import { shortLabel } from '../session/run-label';
import { commands } from '../commands';
import type { Run, RunSet } from '../session/run-set';
import { formatNs, formatRatio } from '../util/format';

/** Row with cost and difference; the shown run has an eye, the baseline a pin. */
export function runItem(run: Run, runs: RunSet): vscode.TreeItem {
  const { summary } = run;
  const isBaseline = run === runs.baseline;
  const item = new vscode.TreeItem(shortLabel(run, runs.all));
  item.id = summary.runId;
  item.description = runDescription(run, runs);
  item.contextValue = isBaseline ? 'baselineRun' : 'run';
  item.iconPath = new vscode.ThemeIcon(run === runs.shown ? 'eye' : isBaseline ? 'pinned' : 'circle-outline');
  item.tooltip = tooltip(run);
  item.command = { command: commands.selectRun, title: vscode.l10n.t('Show This Run'), arguments: [summary.runId] };
  item.accessibilityInformation = { label: spoken(run, runs, item.description) };
  return item;
}

/** Modelled time in DMA calls, the difference to the baseline, the platform. */
export function runDescription(run: Run, runs: RunSet): string {
  const { time, platformTitle } = run.summary;
  return [formatNs(time.cpuNs), differenceText(run, runs), platformTitle].filter(text => text !== '').join(' · ');
}

function differenceText(run: Run, { baseline }: RunSet): string {
  if (run === baseline) return vscode.l10n.t('baseline');
  if (baseline === undefined) return '';
  return formatRatio(run.summary.time.cpuNs, baseline.summary.time.cpuNs) ?? '';
}

function tooltip({ summary }: Run): string {
  const params = Object.entries(summary.params).map(([name, value]) => `${name} = ${value}`);
  const [low, high] = summary.time.band;
  return [
    `${summary.policyTitle}, ${summary.platformTitle}`,
    ...params,
    vscode.l10n.t('Modelled time in DMA calls: {0} ({1} to {2})', ...[summary.time.cpuNs, low, high].map(formatNs)),
    ...summary.findings.map(({ text }) => text),
  ].join('\n');
}

function spoken(run: Run, runs: RunSet, description: string): string {
  const shown = run === runs.shown ? `, ${vscode.l10n.t('shown in the text')}` : '';
  return `${run.name}, ${description}${shown}`;
}
