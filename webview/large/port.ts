/** The page's end of the conversation with the large-trace view's host, and its memory across reloads. */
import type { HostToLarge, LargeMemory, LargeToHost } from '../../src/editor/large/messages';

interface VsCodeApi {
  postMessage(message: LargeToHost): void;
  getState(): unknown;
  setState(state: LargeMemory): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export function post(message: LargeToHost): void {
  api.postMessage(message);
}

export function remember(memory: LargeMemory): void {
  api.setState(memory);
}

/** What an earlier page kept; it may have been written by another version. */
export function remembered(): LargeMemory | undefined {
  const stored = api.getState();
  if (typeof stored !== 'object' || stored === null || !('top' in stored) || !('line' in stored)) return undefined;
  const { top, line } = stored;
  return typeof top === 'number' && typeof line === 'number' ? { top, line } : undefined;
}

export function listen(receive: (message: HostToLarge) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    // The window also hears messages that are not the host's: those carry no known type.
    if (typeof data === 'object' && data !== null && 'type' in data && typeof data.type === 'string') {
      receive(data as HostToLarge);
    }
  });
}

/** Sends errors of the page's own code to the log. */
export function reportErrors(): void {
  const report = (error: unknown, message: string): void => {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    post({ type: 'pageError', message: error instanceof Error ? error.message : message, stack });
  };
  window.addEventListener('error', ({ message, error }) => report(error, message));
  window.addEventListener('unhandledrejection', ({ reason }) => report(reason, 'Unhandled rejection'));
}
