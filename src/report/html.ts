/** Replays as one HTML file that needs nothing else: no script, no network, readable in light and dark and on paper. */
import type { RunSummary } from '../analysis/run';
import { formatBytes, formatCount, formatNs } from '../analysis/units';
import { absenceNotes, comparisonTable, findingNotes, overviewTables, shortNames, SIGNS_LEGEND } from './replay-report';
import type { ReplayText } from './replay-text';
import type { Table } from './table';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
.table { margin: 1rem 0; overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #8886; text-align: left; white-space: nowrap; }
th.right, td.right { text-align: right; }
.bar { display: flex; height: 1.1rem; margin: 0.15rem 0; }
.bar span { display: block; height: 100%; border-right: 1px solid Canvas; box-sizing: border-box; }
.key { display: inline-block; width: 0.8rem; height: 0.8rem; margin-right: 0.3rem; vertical-align: middle; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 0 1rem; align-items: center; }
`;

type Component = keyof RunSummary['time']['components'];

/** Colours that differ in lightness too; each part also carries its name and number as a title. */
const COMPONENTS: readonly { id: Component; title: string; colour: string }[] = [
  { id: 'invalidation', title: 'invalidation', colour: '#b3402e' },
  { id: 'pageTable', title: 'page table', colour: '#e5a03c' },
  { id: 'iova', title: 'IOVA allocation', colour: '#3f7fbf' },
  { id: 'lock', title: 'lock waits', colour: '#111d4a' },
  { id: 'copy', title: 'copies', colour: '#5aa469' },
  { id: 'exit', title: 'VM exits', colour: '#7b4fa3' },
  { id: 'pin', title: 'pinning', colour: '#c27ba0' },
  { id: 'other', title: 'other', colour: '#8a8a8a' },
];

export function replayHtml({ trace, runs, comparison }: ReplayText): string {
  const baseline = runs.find(run => run.runId === comparison.baseline) ?? runs[0];
  const { report } = trace;
  const operations = Object.values(report.operations).reduce((sum, count) => sum + count, 0);
  const notes = [
    ...comparison.warnings.map(warning => `warning: ${warning}`),
    ...absenceNotes(comparison),
    ...findingNotes(runs),
    ...report.assumptions.map(assumption => `assumed: ${assumption}`),
  ];
  const facts = [
    `${report.format}, ${formatBytes(report.bytes)} in ${formatCount(report.lines)} lines, fingerprint ${trace.fingerprint}`,
    `${formatCount(operations)} operations over ${formatNs(report.spanNs)}`,
    `recorded under ${report.recordedPolicy.id}: ${report.recordedPolicy.evidence}`,
    `platform: ${[...new Set(runs.map(run => run.platformTitle))].join('; ')}`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>IOMMU Replay: ${escape(trace.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(trace.name)}</h1>
${list(facts)}
<h2>Runs</h2>
${overviewTables(runs, baseline).map(table).join('\n')}
<h2>CPU time in DMA calls, by component (modelled)</h2>
${bars(runs)}
<h2>All figures</h2>
${table(comparisonTable(comparison))}
<p>${escape(SIGNS_LEGEND)}</p>
<h2>Notes</h2>
${notes.length === 0 ? '<p>None.</p>' : list(notes)}
</main>
</body>
</html>
`;
}

function list(items: readonly string[]): string {
  return `<ul>\n${items.map(item => `<li>${escape(item)}</li>\n`).join('')}</ul>`;
}

/** It scrolls sideways where it is wider than the page: by keyboard too. */
function table({ columns, rows }: Table): string {
  const attribute = (i: number): string => (columns[i].align === 'right' ? ' class="right"' : '');
  // A column without a title has no heading to be read out.
  const heading = (title: string, i: number): string =>
    title === '' ? '<td></td>' : `<th scope="col"${attribute(i)}>${escape(title)}</th>`;
  const head = columns.map(({ title }, i) => heading(title, i)).join('');
  const body = rows.map(
    row => `<tr>${row.map((cell, i) => `<td${attribute(i)}>${escape(cell)}</td>`).join('')}</tr>\n`,
  );
  return `<div class="table" tabindex="0" role="group" aria-label="table"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('')}</tbody>\n</table></div>`;
}

function bars(runs: readonly RunSummary[]): string {
  const longest = Math.max(...runs.map(run => run.time.cpuNs));
  const names = shortNames(runs);
  const used = COMPONENTS.filter(({ id }) => runs.some(run => run.time.components[id] > 0));
  const key = used
    .map(({ title, colour }) => `<span class="key" style="background:${colour}"></span>${title} `)
    .join(' ');
  const rows = runs.map((run, i) => {
    const parts = used
      .filter(({ id }) => run.time.components[id] > 0)
      .map(({ id, title, colour }) => {
        const ns = run.time.components[id];
        const width = longest === 0 ? 0 : (ns / longest) * 100;
        return `<span style="width:${width.toFixed(3)}%;background:${colour}" title="${title}: ${formatNs(ns)}"></span>`;
      });
    return `<div>${escape(names[i])}</div><div class="bar">${parts.join('')}</div><div>${formatNs(run.time.cpuNs)}</div>\n`;
  });
  return `<p>${key}</p>\n<div class="bars">\n${rows.join('')}</div>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
