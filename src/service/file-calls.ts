/** Calls that yield a file: runs for others to read, and the trace's own text again. */
import { compareRuns } from '../analysis/compare';
import { exportRuns } from '../report/export';
import { answer } from './answer';
import type * as Api from './api';
import { EngineError } from './api';
import { costColumn } from './kept-run';
import { clipTrace } from './rewrite/clip';
import { sanitizeTrace } from './rewrite/sanitize';
import type { Store } from './store';

export function fileCalls(store: Store) {
  return {
    export(runIds: string[], baseline: string, format: Api.ExportFormat): Promise<Uint8Array> {
      return answer(() => {
        const runs = runIds.map(runId => store.run(runId));
        const first = runs.at(0);
        if (first === undefined) throw new EngineError('There is no run to export.', 'Replay the trace first.');
        const summaries = runs.map(run => run.summary);
        const text = exportRuns(format, {
          trace: first.open.summary,
          columns: first.open.trace,
          runs: summaries,
          costs: runs.map(costColumn),
          comparison: compareRuns(summaries, baseline),
        });
        return Buffer.from(text, 'utf8');
      });
    },

    async clip(traceId: string, fromNs: number, toNs: number, options: Api.CallOptions = {}): Promise<Uint8Array> {
      return clipTrace(store.trace(traceId), fromNs, toNs, options);
    },

    async sanitize(traceId: string, options: Api.CallOptions = {}): Promise<Uint8Array> {
      return sanitizeTrace(store.trace(traceId), options);
    },
  } satisfies Partial<Api.Engine>;
}
