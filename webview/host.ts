/** The page's end of the conversation with the extension: messages out, questions with answers, and the page's memory. */
import type {
  HostToPanel,
  Notice,
  PanelMemory,
  PanelQueries,
  PanelQuery,
  PanelReply,
  PanelToHost,
  QueryName,
} from '../src/editor/panel/messages';

interface VsCodeApi {
  postMessage(message: PanelToHost): void;
  getState(): PanelMemory | undefined;
  setState(state: PanelMemory): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

type Request<Name extends QueryName> = Parameters<PanelQueries[Name]>[0];
type Answer<Name extends QueryName> = ReturnType<PanelQueries[Name]>;

/** A question that the host could not answer, in the user's terms. */
export class QueryError extends Error {
  constructor(readonly notice: Notice) {
    super(notice.message);
    this.name = 'QueryError';
  }
}

export class Host {
  private readonly api = acquireVsCodeApi();
  private readonly pending = new Map<number, (reply: PanelReply) => void>();
  private lastId = 0;

  /** Calls `receive` with each message that is not the answer to a question. */
  listen(receive: (message: Exclude<HostToPanel, PanelReply>) => void): void {
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!isMessage(data)) return;
      if (data.type === 'reply') this.settle(data);
      else receive(data);
    });
  }

  post(message: PanelToHost): void {
    this.api.postMessage(message);
  }

  /**
   * Asks the engine, through the host.
   *
   * @throws QueryError when the host cannot answer; an AbortError once `signal` is aborted
   */
  query<Name extends QueryName>(name: Name, request: Request<Name>, signal?: AbortSignal): Promise<Answer<Name>> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        if (!this.pending.delete(id)) return;
        this.post({ type: 'abort', id });
        reject(new DOMException('The question was withdrawn', 'AbortError'));
      };
      this.pending.set(id, reply => {
        signal?.removeEventListener('abort', abort);
        // The id ties the reply to the question, and with it the type of its value.
        if (reply.ok) resolve(reply.value as Answer<Name>);
        else reject(new QueryError(reply.notice));
      });
      signal?.addEventListener('abort', abort, { once: true });
      this.post({ type: 'query', id, name, request } as PanelQuery);
    });
  }

  get memory(): PanelMemory | undefined {
    return this.api.getState();
  }

  remember(memory: PanelMemory): void {
    this.api.setState(memory);
  }

  private settle(reply: PanelReply): void {
    const settle = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    settle?.(reply);
  }
}

/** The window also hears messages that are not the host's (tools in the frame, the toolkit): those carry no known type. */
function isMessage(data: unknown): data is HostToPanel {
  return typeof data === 'object' && data !== null && 'type' in data && typeof data.type === 'string';
}
