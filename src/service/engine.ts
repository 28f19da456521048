import type { Engine } from './api';
import { catalog } from './catalog';
import { fileCalls } from './file-calls';
import { runQuestions } from './run-questions';
import { sessions } from './sessions';
import type { SourceAccess } from './source';
import { Store } from './store';
import { textCalls } from './text-calls';
import { traceQuestions } from './trace-questions';

/**
 * The engine, in this thread.
 * @param access what sources are read from; the machine's files and standard input when absent
 */
export function createEngine(access?: SourceAccess): Engine {
  const store = new Store();
  return {
    ...sessions(store, access),
    ...traceQuestions(store),
    ...runQuestions(store),
    ...fileCalls(store),
    ...textCalls(access),
    ...catalog(),
  };
}
