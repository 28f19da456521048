/** The runs of former days: what was replayed on which trace, under which name, with which result. */
import type { ScenarioRequest } from '../../service/api';
import { scenarioKey, type Run } from '../session/run-set';

export interface HistoryEntry {
  /** URI of the trace's document. */
  uri: string;
  trace: string;
  fingerprint: string;
  name: string;
  policy: string;
  request: ScenarioRequest;
  /** Modelled time in DMA calls, ns. */
  cpuNs: number;
  /** ms since 1970. */
  at: number;
}

const MAX_ENTRIES = 200;

/** The history with some runs added or updated, newest first; one entry for each scenario of a trace. */
export function withRuns(
  history: readonly HistoryEntry[],
  uri: string,
  trace: string,
  runs: readonly Run[],
  now: number,
): HistoryEntry[] {
  const added = runs.map(({ summary, request, name }) => ({
    uri,
    trace,
    fingerprint: summary.fingerprint,
    name,
    policy: summary.policy,
    request,
    cpuNs: summary.time.cpuNs,
    at: now,
  }));
  const keys = new Set(added.map(entryKey));
  const unchanged = history.filter(entry => !keys.has(entryKey(entry)));
  const before = new Map(history.map(entry => [entryKey(entry), entry.at]));
  const dated = added.map(entry => ({ ...entry, at: before.get(entryKey(entry)) ?? entry.at }));
  return [...dated, ...unchanged].sort((a, b) => b.at - a.at).slice(0, MAX_ENTRIES);
}

function entryKey({ fingerprint, request }: HistoryEntry): string {
  return `${fingerprint} ${scenarioKey(request)}`;
}
