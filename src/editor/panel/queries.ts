/** Answers the page's questions from the engine, in the page's shapes. */
import type { CallOptions } from '../../service/api';
import type { TraceSession } from '../session/trace-session';
import type { PanelQueries, PanelQuery, PanelReply, QueryName, SeriesReply } from './messages';

type Request<Name extends QueryName> = Parameters<PanelQueries[Name]>[0];
type Reply<Name extends QueryName> = ReturnType<PanelQueries[Name]>;
type Answers = {
  readonly [Name in QueryName]: (
    session: TraceSession,
    request: Request<Name>,
    options: CallOptions,
  ) => Promise<Reply<Name>>;
};

const ANSWERS: Answers = {
  series: (session, { seriesId, runIds, fromNs, toNs, points }) =>
    Promise.all(
      runIds.map(async (runId): Promise<SeriesReply> => {
        const part = await session.engine().series(runId, seriesId, fromNs, toNs, points);
        return { runId, ...part };
      }),
    ),
  operations: async (session, request) => session.engine().operations(await traceId(session), request),
  filterHelp: async (session, { text, caret }) =>
    session.engine().filterHelp(await traceId(session), text, caret, session.runs.shown?.summary.runId),
  distributions: async (session, { runIds, ...selection }) =>
    session.engine().distributions(await traceId(session), runIds, selection),
  workload: async (session, { runIds, ...selection }) =>
    session.engine().workload(await traceId(session), selection, runIds.at(0)),
  facets: async (session, { runIds, limit, ...selection }) =>
    session.engine().facets(await traceId(session), selection, limit, runIds.at(0)),
  pareto: (session, { runIds }) => session.engine().pareto(runIds),
  sweepParameters: (session, { runId }) => session.engine().sweepParameters(runId),
  sweep: (session, { runId, parameter, from, to }, options) =>
    session.engine().sweep(runId, parameter, from, to, options),
  sensitivity: (session, { runId }) => session.engine().sensitivity(runId),
  divergence: (session, { runId, baseline, ...request }) => session.engine().divergence(runId, baseline, request),
};

/** Questions that the engine can answer: the page offers only the views that these fill. */
export const ANSWERED = Object.keys(ANSWERS) as readonly QueryName[];

/** @throws what the engine rejects with */
export async function answerQuery(session: TraceSession, query: PanelQuery, options: CallOptions): Promise<PanelReply> {
  options.signal?.throwIfAborted();
  return answer(session, query, options);
}

/** One question's type runs through request and reply; the union of all would lose it. */
async function answer<Name extends QueryName>(
  session: TraceSession,
  { id, name, request }: { id: number; name: Name; request: Request<Name> },
  options: CallOptions,
): Promise<PanelReply> {
  const value = await ANSWERS[name](session, request, options);
  return { type: 'reply', id, name, ok: true, value } as PanelReply;
}

async function traceId(session: TraceSession): Promise<string> {
  return (await session.open()).traceId;
}
