/** From a source to a trace that can be replayed. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { rowAtTime } from '../analysis/lines';
import { summariseDevices } from '../analysis/devices';
import { Replayer } from '../replay/replayer';
import { UnsupportedTraceError } from '../trace/formats/unsupported';
import { assembleTrace } from '../trace/import';
import type { SkippedLines, Trace } from '../trace/operations';
import { TraceReader } from '../trace/reader';
import type { CallOptions, EngineError, TraceSummary } from './api';
import { damagedArchive, noDmaEvents, tooLargeInput, unsupportedInput } from './bad-input';
import { Pacer } from './pacing';
import type { SourceReader } from './source';

const FINGERPRINT_DIGITS = 16;

/** An open trace: its columns, and the replays that share them. */
export interface OpenTrace {
  summary: TraceSummary;
  trace: Trace;
  replayer: Replayer;
  /** Its text once more, from the start. */
  reopen(): SourceReader;
}

/** Reads, decompresses and imports a source. @throws EngineError when it cannot be replayed. */
export async function openTrace(source: SourceReader, traceId: string, options: CallOptions): Promise<OpenTrace> {
  const { trace, fingerprint } = await importSource(source, options);
  const damage = damageOf(source);
  if (damage !== undefined) trace.report.skipped.push(damageRow(damage, trace));
  if (trace.events.count === 0) throw damage ?? noDmaEvents(source.name, trace.report);
  return {
    trace,
    reopen: () => source.again(),
    replayer: new Replayer(trace.operations, trace.report.recordedPolicy.id),
    summary: {
      traceId,
      name: basename(source.name),
      fingerprint,
      report: trace.report,
      devices: summariseDevices(trace),
      ...(damage && { damage: { message: damage.message, advice: damage.advice } }),
    },
  };
}

async function importSource(
  source: SourceReader,
  options: CallOptions,
): Promise<{ trace: Trace; fingerprint: string }> {
  const pacer = new Pacer(options, 'Reading the trace');
  const hash = createHash('sha256');
  let reader: TraceReader | undefined;
  try {
    for await (const chunk of source.chunks()) {
      reader ??= new TraceReader(source.expectedBytes === undefined ? {} : { expectedBytes: source.expectedBytes });
      hash.update(chunk);
      reader.push(chunk);
      await pacer.step(source.fraction);
    }
    // Without a chunk, reading the source would have thrown.
    const trace = assembleTrace(reader!.finish());
    options.signal?.throwIfAborted();
    return { trace, fingerprint: hash.digest('hex').slice(0, FINGERPRINT_DIGITS) };
  } catch (error) {
    throw error instanceof UnsupportedTraceError ? unsupportedInput(source.name, error) : error;
  }
}

function damageOf({ damage, name }: SourceReader): EngineError | undefined {
  return damage && damagedArchive(name, damage.compression, damage.bytes, damage.why);
}

/** A damaged archive is told like damaged lines: what was readable is used, the rest is counted and located. */
function damageRow({ message, advice }: EngineError, trace: Trace): SkippedLines {
  return {
    reason: 'The archive is damaged or cut off',
    severity: 'error',
    count: 1,
    bytes: 0,
    firstLine: Math.max(1, trace.report.lines),
    meaning: `${message} Everything after this line is missing.`,
    advice,
  };
}

/** The decompressed bytes of a source. @throws EngineError when there are more than `maxBytes`. */
export async function readText(source: SourceReader, maxBytes: number, options: CallOptions): Promise<Uint8Array> {
  const pacer = new Pacer(options, 'Reading the trace');
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source.chunks()) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLargeInput(source.name, maxBytes);
    kept.push(new Uint8Array(chunk));
    await pacer.step(source.fraction);
  }
  return Buffer.concat(kept);
}

/** 1-based line of the first event at or after a time, ns since the first event. */
export function lineAtTime({ trace }: OpenTrace, timeNs: number): number | undefined {
  const row = rowAtTime(trace.events, timeNs);
  return row < 0 ? undefined : trace.events.line[row];
}
