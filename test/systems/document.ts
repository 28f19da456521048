/** Writes docs/systems.md: each row of the five systems with the command that shows it and its output. Run by `npm run systems`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { bounceBufferRows } from '../published/bounce-buffers';
import { table } from '../validation/markdown';
import { SYSTEMS, type Example, type Row, type System } from './rows';
import { commandLine } from './support';

const INTRODUCTION = `# The five systems

Five designs that kernel and hypervisor engineers argued about, each row of them on a recorded trace: the command that shows
it, and the lines of its output that matter. Written by \`npm run systems\`, so that no output is stale; the tests named after
the rows are in \`test/systems\`. Traces below \`samples\` ship with the extension; those below \`test/fixtures\` are in the
repository. \`iommu-replay\` is \`node dist/cli.js\` in a checkout. \`=\` stands before what was counted, \`≈\` before what was
modelled with the platform's prices.`;

/** Of a replay: the figures, one on each line, and what it tells in words. Its other tables have a line for each run. */
const FIGURE = /^[=≈] |^(info|warning|error|iommu-replay): /;
/** A table, by the last line of its heading; the lines before that begin with spaces. */
const FIGURES_HEAD = /^ +figure /m;
/** The rest of a long cell stands below its beginning, in the last columns. */
const CONTINUED = /^ {30}/;
const RUNS_HEAD = /^(costs|exposes and holds) /m;

/** The lines that an example is about, and the head of the table that they are from. */
function shortened(text: string, { argv, keep }: Example): string[] {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  if (argv[0] !== 'replay') {
    let kept = false;
    return lines.filter(line => {
      if (!CONTINUED.test(line)) kept = keep.test(line);
      return kept;
    });
  }
  const byRun = keep.source.startsWith('^');
  const head = byRun ? RUNS_HEAD : FIGURES_HEAD;
  return text.split('\n\n').flatMap(part => {
    const about = part.split('\n').filter(line => (byRun || FIGURE.test(line)) && isAbout(line, keep));
    return head.test(part) ? [...headOf(part, head), ...about] : about;
  });
}

function headOf(table: string, head: RegExp): string[] {
  const lines = table.split('\n');
  return lines.slice(0, lines.findIndex(line => head.test(line)) + 1);
}

/** Work without a price is told by every replay on a platform; it is no example's subject. */
function isAbout(line: string, keep: RegExp): boolean {
  return keep.test(line) && !line.includes('No price is known');
}

async function shown(example: Example): Promise<string> {
  const { argv, code = 0 } = example;
  const { code: ended, out, err } = await commandLine(argv);
  const command = `$ iommu-replay ${argv.join(' ')}`;
  if (ended !== code) throw new Error(`${command} ended with ${ended}: ${err}`);
  const lines = shortened(out + err, example);
  if (lines.length === 0) throw new Error(`${command}: nothing of its output is shown`);
  return [command, ...lines.map(line => line.trimEnd())].join('\n');
}

async function rowSection(row: Row): Promise<string> {
  const outputs: string[] = [];
  for (const example of row.examples) outputs.push(await shown(example));
  const block = outputs.length === 0 ? publishedTable() : ['```console', outputs.join('\n\n'), '```'].join('\n');
  return `### ${row.id} ${row.title}\n\n${row.says}\n\n${block}`;
}

function publishedTable(): string {
  const rows = bounceBufferRows().map(row => [
    `${row.kib} KiB`,
    `× ${row.gain.toFixed(2)}`,
    `× ${row.publishedGain}`,
    `−${row.unmapSaved.toFixed(1)} %`,
    `−${row.publishedUnmapSaved} %`,
    `−${row.mapSaved.toFixed(1)} %`,
  ]);
  const titles = ['block', 'throughput ≈', 'published', 'time in unmap ≈', 'published', 'time in map ≈'];
  return table(titles, rows);
}

async function systemSection({ title, rows }: System): Promise<string> {
  const sections: string[] = [];
  for (const row of rows) sections.push(await rowSection(row));
  return [`## ${title}`, ...sections].join('\n\n');
}

async function main(): Promise<void> {
  const sections = [INTRODUCTION];
  for (const system of SYSTEMS) sections.push(await systemSection(system));
  mkdirSync('docs', { recursive: true });
  writeFileSync('docs/systems.md', sections.join('\n\n') + '\n');
  console.log('docs/systems.md written');
}

void main();
