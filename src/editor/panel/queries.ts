/** Answers the page's questions from the engine, in the page's shapes. */
import type { CallOptions } from '../../service/api';
import type { TraceSession } from '../session/trace-session';
import type { PanelQuery, PanelReply, QueryName, SeriesReply } from './messages';

/** Questions that the engine can answer: the page offers only the views that these fill. */
export const ANSWERED: readonly QueryName[] = ['series'];

/** @throws what the engine rejects with */
export async function answerQuery(session: TraceSession, query: PanelQuery, options: CallOptions): Promise<PanelReply> {
  options.signal?.throwIfAborted();
  switch (query.name) {
    case 'series':
      return { type: 'reply', id: query.id, name: 'series', ok: true, value: await series(session, query.request) };
    default:
      throw new Error(`The panel asks "${query.name}", which is not among its answers.`);
  }
}

type Request<Name extends QueryName> = Extract<PanelQuery, { name: Name }>['request'];

function series(session: TraceSession, request: Request<'series'>): Promise<SeriesReply[]> {
  const { seriesId, runIds, fromNs, toNs, points } = request;
  return Promise.all(
    runIds.map(async runId => ({
      runId,
      ...(await session.engine().series(runId, seriesId, fromNs, toNs, points)),
    })),
  );
}
