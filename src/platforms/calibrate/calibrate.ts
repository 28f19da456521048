/** Turns recordings of map and unmap costs into a platform: the base's machine, the user's prices. */
import type { PlatformProfile } from '../profile';
import { fitPrices } from './fit';
import { isFunctionGraph, parseFunctionGraph } from './function-graph';
import type { UnusedRecording } from './groups';
import { groupRecordings } from './groups';
import { isFunclatency, isMapBenchmark, parseFunclatency, parseMapBenchmark } from './histograms';
import type { Recording, TracerOverhead } from './samples';
import { tracerOverhead } from './samples';

/** A text file as read: its name decides size and policy where its content cannot. */
export interface CalibrationInput {
  name: string;
  text: string;
}

export interface Calibration {
  profile: PlatformProfile;
  /** Work whose price was measured; every other price is the base's. */
  measured: string[];
  overhead: TracerOverhead;
  used: { name: string; policy: string; pages: number; calls: number; interrupted: number; cut: number }[];
  unused: UnusedRecording[];
}

/**
 * Builds a platform from recordings.
 *
 * @param inputs function_graph text, dma_map_benchmark output, funclatency histograms, in any number and mixture
 * @param base   supplies the machine's traits and every price that the recordings do not show
 * @throws Error when no recording yields a price; the message says what each one lacked
 */
export function calibrate(inputs: readonly CalibrationInput[], base: PlatformProfile, id: string): Calibration {
  const recordings: Recording[] = [];
  const unused: UnusedRecording[] = [];
  for (const { name, text } of inputs) {
    const parsed = parse(name, text);
    recordings.push(...parsed);
    if (parsed.length === 0)
      unused.push({
        name,
        reason: 'neither function_graph text nor dma_map_benchmark output nor a funclatency histogram',
      });
  }
  const overhead = tracerOverhead(recordings);
  const grouped = groupRecordings(recordings);
  unused.push(...grouped.unused);
  const prices = fitPrices(grouped.groups, overhead, base);
  if (prices.length === 0) {
    const reasons = unused.map(u => `${u.name}: ${u.reason}`).join('; ');
    throw new Error(`no price could be measured (${reasons || 'no map or unmap function in the recordings'})`);
  }
  const costs = { ...base.costs };
  for (const { work, cost } of prices) costs[work] = cost;
  const used = grouped.groups.flatMap(group =>
    group.recordings.map(r => ({
      name: r.name,
      policy: group.policy,
      pages: group.pages,
      calls: callCount(r),
      ...r.leftOut,
    })),
  );
  const profile: PlatformProfile = {
    ...base,
    id,
    title: `${base.title}, calibrated`,
    description: `${base.title} with ${prices.length} prices measured from ${used.length} recordings.`,
    costs,
  };
  return { profile, measured: prices.map(p => p.work), overhead, used, unused };
}

function parse(name: string, text: string): Recording[] {
  if (isFunctionGraph(text)) return [parseFunctionGraph(name, text)];
  if (isMapBenchmark(text)) return parseMapBenchmark(name, text);
  if (isFunclatency(text)) return [parseFunclatency(name, text)];
  return [];
}

/** Calls seen one by one: none where only their mean is known. */
function callCount(recording: Recording): number {
  if (recording.meanOnly) return 0;
  let calls = 0;
  for (const f of recording.functions.values()) calls += f.durationNs.length;
  return calls;
}
