/** What an import found: as JSON of a stable shape, and as tables. */
import type { TraceSummary } from '../analysis/run';
import { formatBytes, formatCount, formatNs } from '../analysis/units';
import type { Table } from './table';

/** The `import --json` of the command line: names are stable, fields are only ever added. */
export function importJson({ report, devices, fingerprint, name }: TraceSummary) {
  return {
    format: report.format,
    bytes: report.bytes,
    lines: report.lines,
    accountedBytes: report.parsedBytes + report.ignoredBytes + report.skippedBytes,
    events: report.events,
    operations: report.operations,
    mapSegments: report.mapSegments,
    unpaired: report.unpaired,
    lostEvents: report.lostEvents,
    skipped: report.skipped,
    spanNs: report.spanNs,
    cpus: report.cpus,
    devices,
    recordedPolicy: report.recordedPolicy,
    name,
    fingerprint,
    parsedBytes: report.parsedBytes,
    ignoredBytes: report.ignoredBytes,
    skippedBytes: report.skippedBytes,
    otherEvents: report.otherEvents,
    lost: report.lost,
    assumptions: report.assumptions,
  };
}

/** Facts as lines of name and value. */
export function importFacts(summary: TraceSummary): Table {
  const { report, name, fingerprint } = summary;
  const { operations, unpaired } = report;
  const rows: [string, string][] = [
    ['trace', `${name} (${report.format}, fingerprint ${fingerprint})`],
    ['size', `${formatBytes(report.bytes)} in ${formatCount(report.lines)} lines`],
    ['accounted for', accountedText(summary)],
    ['span', `${formatNs(report.spanNs)} on ${cpusText(report.cpus)}`],
    ['recorded under', `${report.recordedPolicy.id}: ${report.recordedPolicy.evidence}`],
    ['maps, unmaps', `${formatCount(operations.map)}, ${formatCount(operations.unmap)}`],
    ['syncs', formatCount(operations.sync)],
    ['coherent', `${formatCount(operations.alloc)} allocations, ${formatCount(operations.free)} frees`],
    ['segments mapped', formatCount(report.mapSegments)],
    ['without partner', unpairedText(unpaired)],
    ['lost events', lostText(summary)],
  ];
  return {
    columns: [
      { title: 'counted', align: 'left' },
      { title: '', align: 'left' },
    ],
    rows,
  };
}

function accountedText({ report }: TraceSummary): string {
  const used = `${formatBytes(report.parsedBytes)} parsed, ${formatBytes(report.ignoredBytes)} of no use here`;
  return `${used}, ${formatBytes(report.skippedBytes)} skipped`;
}

function cpusText(cpus: readonly number[]): string {
  if (cpus.length === 0) return 'CPUs that the trace does not tell';
  return cpus.length === 1 ? `CPU ${cpus[0]}` : `${cpus.length} CPUs`;
}

function unpairedText({ unmapWithoutMap, mapWithoutUnmap, reasons }: TraceSummary['report']['unpaired']): string {
  if (unmapWithoutMap + mapWithoutUnmap === 0) return 'none';
  const why = [
    [reasons.mappedBeforeRecording, 'mapped before the recording'],
    [reasons.stillMappedAtEnd, 'still mapped at its end'],
    [reasons.insideLostInterval, 'beside lost events'],
    [reasons.unexplained, 'unexplained'],
  ] as const;
  const told = why.filter(([count]) => count > 0).map(([count, words]) => `${formatCount(count)} ${words}`);
  return `${formatCount(unmapWithoutMap)} unmaps, ${formatCount(mapWithoutUnmap)} maps: ${told.join(', ')}`;
}

function lostText({ report }: TraceSummary): string {
  if (report.lost.length === 0) return 'none';
  const count = report.lostEvents > 0 ? formatCount(report.lostEvents) : 'an unknown number';
  const told = report.lost.find(({ line }) => line > 0);
  const where =
    told === undefined ? 'none of them told by the recorder' : `the first at line ${formatCount(told.line)}`;
  return `${count} in ${formatCount(report.lost.length)} gaps, ${where}`;
}

export function importDevices({ devices }: TraceSummary): Table {
  return {
    columns: [
      { title: 'device', align: 'left' },
      { title: 'domain', align: 'left' },
      { title: 'maps', align: 'right' },
      { title: 'unmaps', align: 'right' },
      { title: 'mapped', align: 'right' },
      { title: 'directions', align: 'left' },
      { title: 'notes', align: 'left' },
    ],
    rows: devices.map(device => [
      device.name,
      device.domain,
      formatCount(device.maps),
      formatCount(device.unmaps),
      formatBytes(device.mappedBytes),
      Object.entries(device.directions)
        .map(([direction, count]) => `${direction} ${formatCount(count)}`)
        .join(', '),
      deviceNotes(device).join(', '),
    ]),
  };
}

function deviceNotes(device: TraceSummary['devices'][number]): string[] {
  return [
    ...(device.assumed ? ['assumed'] : []),
    ...(device.ats ? ['device TLB'] : []),
    ...(device.untrusted ? ['untrusted'] : []),
  ];
}

export function importEvents({ report }: TraceSummary): Table {
  const count = (events: Readonly<Record<string, number>>, use: string): string[][] =>
    Object.entries(events).map(([event, n]) => [event, formatCount(n), use]);
  return {
    columns: [
      { title: 'event', align: 'left' },
      { title: 'count', align: 'right' },
      { title: '', align: 'left' },
    ],
    rows: [...count(report.events, ''), ...count(report.otherEvents, 'of another family: ignored')],
  };
}

/** Lines that were not used, and assumptions, in words. */
export function importNotes({ report }: TraceSummary): string[] {
  return [
    ...report.skipped.map(
      skipped =>
        `${skipped.severity}: ${formatCount(skipped.count)} × ${skipped.reason}, first at line ${formatCount(skipped.firstLine)}. ${skipped.meaning} ${skipped.advice}`,
    ),
    ...report.assumptions.map(assumption => `assumed: ${assumption}`),
  ];
}
