import type { CallOptions } from '../api';
import type { OpenTrace } from '../open-trace';
import { Pacer } from '../pacing';
import { ByteWriter, linesOfSource } from './lines';

/**
 * The trace's own text of the events from..to (ns since the first event, half-open), with the lines before the first
 * event, which a reader may need to know the format. Lines that are no events (call chains, other families) go with
 * the event before them.
 */
export async function clipTrace(
  open: OpenTrace,
  fromNs: number,
  toNs: number,
  options: CallOptions,
): Promise<Uint8Array> {
  const { time } = open.trace.events;
  const writer = new ByteWriter();
  for await (const { bytes, lastRow } of linesOfSource(
    open.reopen(),
    open.trace,
    new Pacer(options, 'Clipping the trace'),
  )) {
    if (lastRow < 0 || (time[lastRow] >= fromNs && time[lastRow] < toNs)) writer.write(bytes);
  }
  return writer.finish();
}
