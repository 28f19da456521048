import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/service/engine';

const ROOT = join(process.cwd(), 'test/fixtures/traces');
const FORMATS = '612-formats-strict/formats';

/** One of each format and option of the recorders, packed and not; options that leave out the fields are refused. */
const FILES = [
  ...readdirSync(join(ROOT, FORMATS))
    .filter(file => !/ftrace-(?:hex|raw)|perf-convert|perf-trace|report-stat/.test(file))
    .map(file => `${FORMATS}/${file}`),
  '612-formats-strict/lost/ftrace-overrun.txt',
  'nested/02-pt-1dev/qemu-trace.log.xz',
  '61-strict/igb-tx-8m/ftrace.txt.xz',
];

describe('a trace is the same under any name', () => {
  it.each(FILES)('%s', async file => {
    const bytes = readFileSync(join(ROOT, file));
    const engine = createEngine();
    const [named, unknown] = await Promise.all(
      [file, 'unknown'].map(name => engine.open({ bytes: new Uint8Array(bytes), name })),
    );
    expect(unknown.report).toEqual(named.report);
    expect(unknown.fingerprint).toBe(named.fingerprint);
    expect(Object.values(named.report.events).length).toBeGreaterThan(0);
  });
});
