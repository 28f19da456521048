/** The import report as a Markdown document: what was read, what was not, and what to do about it. */
import * as vscode from 'vscode';
import type { TraceSummary } from '../../service/api';
import { formatBytes, formatCount, formatNs } from '../util/format';

/**
 * Accounts for every byte and names every assumption. Numbers are counted.
 *
 * @param uri the trace's document, for links to its lines
 */
export function importReportText({ name, fingerprint, report, devices }: TraceSummary, uri: string): string {
  const { t } = vscode.l10n;
  const line = (number: number): string => `[${t('line {0}', number)}](${uri}#L${number})`;
  const sections = [
    `# ${t('Import report: {0}', name)}`,
    [
      `- ${t('Format: {0}; fingerprint {1}', report.format, fingerprint)}`,
      `- ${t('{0} lines over {1}, {2} CPUs', formatCount(report.lines), formatNs(report.spanNs), report.cpus.length)}`,
      `- ${t('{0} understood, {1} of no use here, {2} not understood; together {3}', ...bytesOf(report))}`,
      `- ${t('Recorded under: {0} ({1})', report.recordedPolicy.id, report.recordedPolicy.evidence)}`,
    ].join('\n'),
    table([t('Operation'), t('Count')], Object.entries(report.operations).map(counted)),
    table([t('Event'), t('Count')], Object.entries(report.events).map(counted)),
    table(
      [t('Device'), t('Domain'), t('Maps'), t('Unmaps'), t('Mapped')],
      devices.map(device => [
        device.assumed ? t('{0} (assumed)', device.name) : device.name,
        device.domain,
        formatCount(device.maps),
        formatCount(device.unmaps),
        formatBytes(device.mappedBytes),
      ]),
    ),
    `## ${t('Not understood')}`,
    report.skipped.length === 0
      ? t('Nothing: every line was understood or is known to be of no use here.')
      : report.skipped
          .map(skipped => {
            const counts = t(
              '{0} lines, {1}, first at {2}',
              skipped.count,
              formatBytes(skipped.bytes),
              line(skipped.firstLine),
            );
            return `- **${skipped.reason}**: ${counts}. ${skipped.meaning} ${skipped.advice}`;
          })
          .join('\n'),
    `## ${t('Lost events')}`,
    report.lost.length === 0
      ? t('None are reported in the trace.')
      : report.lost
          .slice(0, MAX_LOST)
          .map(lost => `- ${line(lost.line)}: ${lost.events === 0 ? t('count unknown') : t('{0} events', lost.events)}`)
          .join('\n'),
    `## ${t('Assumptions')}`,
    report.assumptions.length === 0 ? t('None.') : report.assumptions.map(text => `- ${text}`).join('\n'),
  ];
  return `${sections.filter(section => section !== '').join('\n\n')}\n`;
}

const MAX_LOST = 100;

function bytesOf(report: TraceSummary['report']): string[] {
  return [report.parsedBytes, report.ignoredBytes, report.skippedBytes, report.bytes].map(formatBytes);
}

function counted([name, count]: [string, number]): string[] {
  return [name, formatCount(count)];
}

function table(heading: string[], rows: string[][]): string {
  if (rows.length === 0) return '';
  return [heading, heading.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}
