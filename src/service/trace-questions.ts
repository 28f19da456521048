/** What can be asked of an open trace. */
import { addressSpaces } from '../analysis/address-spaces';
import { diagnose } from '../analysis/diagnostics';
import { costDistribution, traceDistributions } from '../analysis/distributions';
import { explainLine } from '../analysis/explain';
import { facets } from '../analysis/facets';
import { filterHelp } from '../analysis/filter/help';
import { lineFacts } from '../analysis/line-facts';
import { firstLine } from '../analysis/lines';
import { definitionLine, lineOfAddress, relatedLines } from '../analysis/navigation';
import { operationPage, sortOperations } from '../analysis/operation-page';
import { outline } from '../analysis/outline';
import { selectLines, selectOperations, type Selection } from '../analysis/select';
import { workload } from '../analysis/workload';
import { answer } from './answer';
import type * as Api from './api';
import { costColumn } from './kept-run';
import { lineAtTime } from './open-trace';
import type { Store } from './store';

export function traceQuestions(store: Store) {
  const select = (traceId: string, selection: Selection, runId?: string): Uint32Array => {
    return selectOperations(selection, store.filterContext(traceId, runId)).operations;
  };
  /** The rows of the last table asked for: the next request is most often for another page of it. */
  let lastTable: { key: string; operations: Uint32Array } | undefined;

  const sorted = (traceId: string, { filter, range, runIds, sort }: Api.OperationsRequest): Uint32Array => {
    const key = JSON.stringify([traceId, filter, range, runIds.at(0), sort]);
    if (lastTable?.key === key) return lastTable.operations;
    const selected = select(traceId, range === undefined ? { filter } : { filter, range }, runIds.at(0));
    const costRun = sort?.runId ?? runIds.at(0);
    const ns = costRun === undefined ? undefined : store.run(costRun).operationNs;
    const { trace } = store.trace(traceId);
    const operations =
      sort === undefined ? selected : sortOperations(trace, selected, sort.column, sort.descending, ns);
    lastTable = { key, operations };
    return operations;
  };

  return {
    explain(traceId: string, line: number): Promise<Api.LineExplanation | undefined> {
      return answer(() => {
        const runs = [...store.runs.values()].filter(run => run.summary.traceId === traceId);
        return explainLine(store.trace(traceId).trace, line, runs.map(costColumn));
      });
    },

    operations(traceId: string, request: Api.OperationsRequest): Promise<Api.OperationPage> {
      return answer(() => {
        const runs = request.runIds.map(runId => store.run(runId).operationNs);
        return operationPage(store.trace(traceId).trace, sorted(traceId, request), runs, request.offset, request.count);
      });
    },

    filterHelp(traceId: string, text: string, caret: number, runId?: string): Promise<Api.FilterHelp> {
      return answer(() => filterHelp(text, caret, store.filterContext(traceId, runId)));
    },

    filter(traceId: string, selection: Selection, limit: number, runId?: string): Promise<Api.FilteredLines> {
      return answer(() => selectLines(selection, store.filterContext(traceId, runId), limit));
    },

    distributions(traceId: string, runIds: string[], selection: Selection): Promise<Api.Distribution[]> {
      return answer(() => {
        const selected = select(traceId, selection, runIds.at(0));
        const own = traceDistributions(store.trace(traceId).trace, selected);
        const runs = runIds.map(runId => costColumn(store.run(runId)));
        return runs.length === 0 ? own : [...own, costDistribution(selected, runs)];
      });
    },

    workload(traceId: string, selection: Selection, runId?: string): Promise<Api.Workload> {
      return answer(() => workload(store.trace(traceId).trace, select(traceId, selection, runId)));
    },

    facets(traceId: string, selection: Selection, limit: number, runId?: string): Promise<Api.Facet[]> {
      return answer(() => facets(selection, store.filterContext(traceId, runId), limit));
    },

    diagnostics(traceId: string, cap: number): Promise<Api.DiagnosticsReport> {
      return answer(() => diagnose(store.trace(traceId).trace, cap));
    },

    lineFacts(traceId: string, from: number, to: number): Promise<Api.LineFacts> {
      return answer(() => lineFacts(store.trace(traceId).trace, from, to));
    },

    definition(traceId: string, line: number): Promise<number | undefined> {
      return answer(() => definitionLine(store.trace(traceId).trace, line));
    },

    related(traceId: string, line: number, scope: Api.RelatedScope, limit: number): Promise<Api.RelatedLines> {
      return answer(() => relatedLines(store.trace(traceId).trace, line, scope, limit));
    },

    outline(traceId: string, runId?: string, baseline?: string): Promise<Api.OutlineNode[]> {
      return answer(() => {
        const { trace } = store.trace(traceId);
        if (runId === undefined) return outline(trace);
        const run = store.run(runId);
        const baselineNs = store.baselineOf(run, baseline);
        return outline(trace, { ns: run.operationNs, ...(baselineNs === undefined ? {} : { baselineNs }) });
      });
    },

    lineOfOperation(traceId: string, operation: number): Promise<number | undefined> {
      return answer(() => {
        const { trace } = store.trace(traceId);
        return operation >= 0 && operation < trace.operations.count ? firstLine(trace, operation) : undefined;
      });
    },

    lineOfAddress(traceId: string, address: number, after: number): Promise<number | undefined> {
      return answer(() => lineOfAddress(store.trace(traceId).trace, address, after));
    },

    addressSpace(traceId: string, limits: Api.LockLimits): Promise<Api.AddressSpaceReport | undefined> {
      return answer(() => {
        const { trace } = store.trace(traceId);
        return trace.report.format === 'qemu-log' ? addressSpaces(trace.events, limits) : undefined;
      });
    },

    lineAt(traceId: string, timeNs: number): Promise<number | undefined> {
      return answer(() => lineAtTime(store.trace(traceId), timeNs));
    },
  } satisfies Partial<Api.Engine>;
}
