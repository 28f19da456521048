/**
 * How fast traces are read and replayed on this machine: medians of a few runs, one thread.
 *
 *     npm run bench                      the samples that ship
 *     npm run bench -- FILE…             traces of your own, plain or compressed
 */
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { replay } from '../src/replay/replay';
import { buildScenario, refusalOf } from '../src/replay/scenario-build';
import { compressionOf } from '../src/service/compression';
import { decompress } from '../src/service/decompress';
import { importTrace } from '../src/trace/import';
import type { OperationTable } from '../src/trace/operations';

const POLICIES = ['strict', 'lazy', 'bounce-dynamic'];
const RUNS = 5;

async function readWhole(file: string): Promise<Uint8Array> {
  const bytes = readFileSync(file);
  const compression = compressionOf(bytes);
  if (compression === undefined) return bytes;
  const parts: Uint8Array[] = [];
  for await (const part of decompress(createReadStream(file), compression)) parts.push(part);
  return Buffer.concat(parts);
}

/** Median time of a call, ms; the first call, which compiles, does not count. */
function medianMs(call: () => void): number {
  call();
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)];
}

function millionsPerSecond(count: number, ms: number): string {
  return (count / ms / 1000).toFixed(2);
}

function replayRates(operations: OperationTable): string[] {
  return POLICIES.map(policy => {
    const scenario = buildScenario({ policy, platform: 'vtd-bare-metal' });
    if (refusalOf(operations, scenario) !== undefined) return '–';
    return millionsPerSecond(
      operations.count,
      medianMs(() => void replay(operations, scenario)),
    );
  });
}

async function main(files: readonly string[]): Promise<void> {
  const rows: string[][] = [['trace', 'MB', 'operations', 'read, MB/s', ...POLICIES.map(id => `${id}, M op/s`)]];
  for (const file of files) {
    const bytes = await readWhole(file);
    const { operations } = importTrace(bytes);
    const readMs = medianMs(() => void importTrace(bytes));
    rows.push([
      basename(file),
      (bytes.length / 1e6).toFixed(1),
      String(operations.count),
      (bytes.length / readMs / 1000).toFixed(0),
      ...replayRates(operations),
    ]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  for (const row of rows) {
    console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '));
  }
}

const given = process.argv.slice(2);
const samples = (): string[] =>
  readdirSync('samples')
    .filter(name => name.endsWith('.xz'))
    .map(name => join('samples', name));
void main(given.length > 0 ? given : samples());
