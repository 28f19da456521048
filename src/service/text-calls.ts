/** A source's text by lines, whether or not it is a trace. */
import type * as Api from './api';
import { EngineError } from './api';
import { realAccess, SourceReader, type SourceAccess } from './source';
import { Pacer } from './pacing';
import { findLine } from './text/find-line';
import { LineText } from './text/line-text';

export function textCalls(access: SourceAccess = realAccess) {
  const texts = new Map<string, LineText>();
  let next = 1;
  const text = (textId: string): LineText => {
    const open = texts.get(textId);
    if (open !== undefined) return open;
    throw new EngineError('The text is not open any more.', 'Open it again.');
  };
  return {
    openText(source: Api.TraceSource): Promise<string> {
      const textId = `text-${next++}`;
      texts.set(textId, new LineText(new SourceReader(source, access), access));
      return Promise.resolve(textId);
    },

    async lines(textId: string, first: number, count: number): Promise<Api.TextLines> {
      return text(textId).lines(first, count);
    },

    async pickLines(textId: string, lines: Uint32Array): Promise<string[]> {
      return text(textId).pick(lines);
    },

    async findLine(
      textId: string,
      pattern: RegExp,
      from: number,
      direction: Api.Direction,
      options: Api.CallOptions = {},
    ): Promise<number | undefined> {
      const read = (first: number, count: number): Promise<Api.TextLines> => text(textId).lines(first, count);
      return findLine(read, pattern, from, direction, new Pacer(options, ''));
    },

    async closeText(textId: string): Promise<void> {
      const open = texts.get(textId);
      texts.delete(textId);
      await open?.close();
    },
  } satisfies Partial<Api.Engine>;
}
