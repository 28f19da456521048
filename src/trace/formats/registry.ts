import type { TraceFormat } from './format';
import { ftrace } from './ftrace';
import { perfScript } from './perf-script';
import { qemuLog } from './qemu-log';
import type { Sample } from './sample';
import { traceCmd } from './trace-cmd';
import { unknownFormat, unsupportedKind } from './unsupported';

/**
 * All formats; where two recognise as many lines of a sample, the earlier one is taken. To add a format: one file, one
 * line here, fixtures.
 */
export const TRACE_FORMATS: readonly TraceFormat[] = [perfScript, traceCmd, ftrace, qemuLog];

/**
 * The format of a trace by its first bytes; names do not matter.
 *
 * @throws UnsupportedTraceError where no format fits, or a known kind of input cannot be read
 */
export function recogniseFormat(sample: Sample): TraceFormat {
  const refused = unsupportedKind(sample);
  if (refused !== null) throw refused;
  let best: TraceFormat | null = null;
  let bestScore = 0;
  for (const format of TRACE_FORMATS) {
    const score = format.sniff(sample);
    if (score > bestScore) {
      best = format;
      bestScore = score;
    }
  }
  if (best === null) throw unknownFormat();
  return best;
}
