/** Opening, replaying and forgetting: what fills and empties the store. */
import { PlatformError } from '../platforms/load';
import type { PlatformProfile } from '../platforms/profile';
import { resolvePlatform } from '../platforms/registry';
import { buildScenario, refusalOf, ScenarioError } from '../replay/scenario-build';
import type { Scenario } from '../replay/scenario';
import { answer } from './answer';
import type * as Api from './api';
import { EngineError } from './api';
import { nothingToReplay } from './bad-input';
import { calibratePlatform } from './calibration';
import { KeptRun, scenarioName } from './kept-run';
import { openTrace, readText } from './open-trace';
import { drive, Pacer } from './pacing';
import { SourceReader, type SourceAccess } from './source';
import type { Store } from './store';

export function sessions(store: Store, access?: SourceAccess) {
  const platforms = new Platforms();
  return {
    async text(source: Api.TraceSource, maxBytes: number, options: Api.CallOptions = {}): Promise<Uint8Array> {
      return readText(new SourceReader(source, access), maxBytes, options);
    },

    async open(source: Api.TraceSource, options: Api.CallOptions = {}): Promise<Api.TraceSummary> {
      const traceId = store.newTraceId();
      const open = await openTrace(new SourceReader(source, access), traceId, options);
      store.traces.set(traceId, open);
      return open.summary;
    },

    close(traceId: string): Promise<void> {
      return answer(() => {
        store.closeTrace(traceId);
      });
    },

    async replay(
      traceId: string,
      requests: Api.ScenarioRequest[],
      options: Api.CallOptions = {},
    ): Promise<{ runs: Api.RunSummary[]; refused: Api.Refusal[] }> {
      const open = store.trace(traceId);
      if (open.trace.operations.count === 0) throw nothingToReplay(open.summary.name, open.trace.report);
      // All are checked before the first is run: a typing error in the last one should not cost the time of the others.
      const scenarios = scenariosOf(requests, platforms);
      const finished: KeptRun[] = [];
      const refused: Api.Refusal[] = [];
      const pacer = new Pacer(options, '');
      for (const [i, scenario] of scenarios.entries()) {
        const reason = refusalOf(open.trace.operations, scenario);
        if (reason !== undefined) {
          refused.push({ policy: scenario.policy, platform: scenario.platform.id, reason });
          continue;
        }
        pacer.what = `Replaying ${scenarioName(scenario)}`;
        const steps = open.replayer.steps(scenario);
        const result = await drive(steps, pacer, i / scenarios.length, 1 / scenarios.length);
        finished.push(new KeptRun(store.newRunId(), open, result));
      }
      // Kept only when all are done: a cancelled call leaves nothing behind.
      for (const run of finished) store.runs.set(run.summary.runId, run);
      return { runs: finished.map(run => run.summary), refused };
    },

    async calibrate(
      recordings: Api.TraceSource[],
      base: string,
      id: string,
      options: Api.CallOptions = {},
    ): Promise<Api.CalibratedPlatform> {
      return calibratePlatform(recordings, base, id, options, access);
    },

    forget(runId: string): Promise<void> {
      return answer(() => {
        store.runs.delete(runId);
      });
    },
  } satisfies Partial<Api.Engine>;
}

/** The platform asked for last is read once: scenarios on the same one share what they are compared with. */
class Platforms {
  private text = '';
  private profile: PlatformProfile | undefined;

  /** @throws PlatformError */
  resolve(text: string): PlatformProfile {
    if (this.profile === undefined || this.text !== text) {
      this.profile = resolvePlatform(text);
      this.text = text;
    }
    return this.profile;
  }
}

function scenariosOf(requests: readonly Api.ScenarioRequest[], platforms: Platforms): Scenario[] {
  return requests.map(request => {
    try {
      return buildScenario({ ...request, platform: platforms.resolve(request.platform) });
    } catch (error) {
      if (!(error instanceof ScenarioError || error instanceof PlatformError)) throw error;
      const about = error instanceof PlatformError ? 'platform: ' : '';
      const problems = error.problems.map(problem => about + problem).join('; ');
      throw new EngineError(`The scenario cannot be replayed: ${problems}.`, 'Correct it and try again.');
    }
  });
}
