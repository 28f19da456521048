/** What can be asked of finished runs. */
import { annotations } from '../analysis/annotations';
import { compareRuns } from '../analysis/compare';
import { decimateSeries } from '../analysis/decimate';
import { diverge } from '../analysis/divergence';
import { hotspots } from '../analysis/hotspots';
import { pareto } from '../analysis/pareto';
import { answer } from './answer';
import type * as Api from './api';
import { EngineError } from './api';
import type { Store } from './store';
import { priceSensitivity, sweep, sweepParameters } from './study';

export function runQuestions(store: Store) {
  return {
    hotspots(runId: string, by: Api.HotspotGrouping, top: number, baseline?: string): Promise<Api.Hotspot[]> {
      return answer(() => {
        const run = store.run(runId);
        return hotspots(run.open.trace, run.operationNs, by, top, store.baselineOf(run, baseline), run.ranking);
      });
    },

    annotations(
      runId: string,
      from: number,
      to: number,
      top: number,
      baseline?: string,
    ): Promise<Api.LineAnnotation[]> {
      return answer(() => {
        const run = store.run(runId);
        const { trace } = run.open;
        return annotations(trace, run.operationNs, run.ranking, from, to, top, store.baselineOf(run, baseline));
      });
    },

    compare(runs: string[], baseline: string): Promise<Api.Comparison> {
      return answer(() => compareRuns(store.summaries(runs), baseline));
    },

    pareto(runs: string[]): Promise<Api.Pareto> {
      return answer(() => pareto(store.summaries(runs)));
    },

    series(runId: string, seriesId: string, fromNs: number, toNs: number, points: number): Promise<Api.Points> {
      return answer(() => {
        const { series } = store.run(runId).result;
        const found = series.find(candidate => candidate.id === seriesId);
        if (found !== undefined) return decimateSeries(found, fromNs, toNs, points);
        const ids = series.map(candidate => candidate.id).join(', ');
        throw new EngineError(`A replay has no series ${seriesId}.`, `It has ${ids}.`);
      });
    },

    divergence(runId: string, baseline: string, request: Api.DivergenceRequest): Promise<Api.Divergence> {
      return answer(() => {
        const run = store.run(runId);
        const other = store.sameTrace(run, store.run(baseline)).operationNs;
        return diverge(run.open.trace, run.operationNs, other, request.points, request.top, request.range);
      });
    },

    sweepParameters(runId: string): Promise<Api.SweepParameter[]> {
      return answer(() => sweepParameters(store.run(runId)));
    },

    async sweep(
      runId: string,
      parameter: string,
      from: number,
      to: number,
      options: Api.CallOptions = {},
    ): Promise<Api.Sweep> {
      return sweep(store.run(runId), parameter, from, to, options);
    },

    sensitivity(runId: string): Promise<Api.Sensitivity> {
      return answer(() => priceSensitivity(store.run(runId)));
    },
  } satisfies Partial<Api.Engine>;
}
