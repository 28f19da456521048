import { addressSpaceFacts, lockLimits, switchTable } from '../../report/address-space-report';
import { formatCount } from '../../report/units';
import { diagnosticsTable, explanationTables, facetsTable, operationsTable } from '../../report/trace-report';
import {
  DEFAULT_PLATFORM,
  EngineError,
  type AddressSpaceReport,
  type FilterError,
  type ScenarioRequest,
} from '../../service/api';
import { withOutput, type Registry } from '../registry';
import { replayAll } from '../scenarios';
import type { OutputOptions } from '../session';
import { parseBytes, parsePositive, UsageError } from '../usage';

const TRACE = ['<trace>', 'trace file, plain or compressed; - for standard input'] as const;

/** `filter`, `explain`, `diagnose` and `locked`: looking into a trace. */
export function addLook(registry: Registry): void {
  addFilter(registry);
  addExplain(registry);
  addDiagnose(registry);
  addLocked(registry);
}

interface FilterOptions extends OutputOptions {
  limit: number;
  policy?: string;
  platform: string;
  facets?: true;
}

function addFilter({ program, session }: Registry): void {
  const command = program
    .command('filter')
    .description('List the operations that a filter selects: "device:04.0 dir:to size>4k cost>2us !cpu:1".')
    .argument(...TRACE)
    .argument('<filter>', 'terms that must all hold: field:value, field>number, !term, word')
    .option('--limit <n>', 'at most so many operations', parsePositive, 100)
    .option('--facets', 'count the values of the operations too: kind, device, domain, direction, size, CPU')
    .option('--policy <id>', 'policy that cost asks about')
    .option('--platform <id>', 'platform that cost asks about', DEFAULT_PLATFORM);
  withOutput(command).action(async (path: string, filter: string, options: FilterOptions) => {
    const scenarios: ScenarioRequest[] = [];
    if (options.policy !== undefined) {
      const [policy] = await session.policies([options.policy]);
      const [platform] = await session.platforms([options.platform]);
      scenarios.push({ ...policy, platform: platform.text });
    }
    const { trace, runs } = await replayAll(session, path, scenarios);
    const runIds = runs.map(run => run.runId);
    const { problem } = await session.engine.filterHelp(trace.traceId, filter, filter.length, runIds.at(0));
    if (problem !== undefined) throw new UsageError(problemText(filter, problem, runIds.length > 0));
    const request = { filter, runIds, offset: 0, count: options.limit };
    const page = await session.engine.operations(trace.traceId, request);
    const facets =
      options.facets === true
        ? await session.engine.facets(trace.traceId, { filter }, options.limit, runIds.at(0))
        : undefined;
    if (options.json) session.json({ ...page, ...(facets && { facets }) });
    else {
      session.table(operationsTable(page, runs), options);
      if (facets !== undefined) {
        session.line();
        session.table(facetsTable(facets), options);
      }
      if (!options.csv) {
        const [matched, total, shown] = [page.matched, page.total, page.rows.length].map(formatCount);
        session.line(`\n${matched} of ${total} operations, ${shown} shown`);
      }
    }
  });
}

function problemText(filter: string, { message, from, to }: FilterError, replayed: boolean): string {
  const term = filter.slice(from, to);
  const advice = !replayed && term.startsWith('cost') ? '; name a policy with --policy' : '';
  return `${message} (at “${term}”, character ${from + 1})${advice}`;
}

function addExplain({ program, session }: Registry): void {
  const command = program
    .command('explain')
    .description('Tell what a line of a trace means: the event, its operation, the other end.')
    .argument(...TRACE)
    .argument('<line>', 'line, from 1', parsePositive);
  withOutput(command).action(async (path: string, line: number, options: OutputOptions) => {
    const { traceId, name, report } = await session.open(path);
    if (line > report.lines) {
      throw new EngineError(`${name} has no line ${line}.`, `It has ${formatCount(report.lines)} lines.`);
    }
    const explanation = await session.engine.explain(traceId, line);
    if (explanation === undefined) {
      throw new EngineError(
        `Line ${line} of ${name} holds no event of use.`,
        'Headers and lines of other events are counted by import.',
      );
    }
    if (options.json) session.json(explanation);
    else for (const table of explanationTables(explanation)) session.table(table, options);
  });
}

function addDiagnose({ program, session }: Registry): void {
  const command = program
    .command('diagnose')
    .description('Find what looks wrong or expensive in a trace: leaks, double unmaps, storms, fragmentation.')
    .argument(...TRACE)
    .option('--cap <n>', 'tell at most so many of each kind; all are counted', parsePositive, 20);
  withOutput(command).action(async (path: string, options: OutputOptions & { cap: number }) => {
    const { traceId, report: imported } = await session.open(path);
    const report = await session.engine.diagnostics(traceId, options.cap);
    if (options.json) session.json(report);
    else if (report.diagnostics.length === 0 && !options.csv) {
      const operations = Object.values(imported.operations).reduce((sum, count) => sum + count, 0);
      session.line(`Nothing looks wrong in ${formatCount(operations)} operations.`);
    } else session.table(diagnosticsTable(report), options);
  });
}

/** A log of an emulated IOMMU without devices behind VFIO. */
function isEmpty({ peakEntries, mapNotifications, unmapNotifications, switches }: AddressSpaceReport): boolean {
  return peakEntries + mapNotifications + unmapNotifications + switches.length === 0;
}

interface LockedOptions extends OutputOptions {
  devices: number;
  memlock?: number;
  entries?: number;
}

function addLocked({ program, session, ...registry }: Registry): void {
  const command = program
    .command('locked')
    .description('Follow the address space of assigned devices in a QEMU log: views, switches, locked memory.')
    .argument(...TRACE)
    .option('--devices <n>', 'so many assigned devices: what limit a management layer must set', parsePositive, 1)
    .option('--memlock <size>', 'locked-memory limit of the VMM, e.g. 8GiB', parseBytes)
    .option('--entries <n>', 'dma_entry_limit of vfio_iommu_type1', parsePositive);
  withOutput(command).action(async (path: string, options: LockedOptions) => {
    const { traceId, name } = await session.open(path);
    const report = await session.engine.addressSpace(traceId, {
      ...(options.memlock === undefined ? {} : { lockedBytes: options.memlock }),
      ...(options.entries === undefined ? {} : { entries: options.entries }),
    });
    if (report === undefined || isEmpty(report)) {
      throw new EngineError(
        `${name} does not show a VMM's view of assigned devices: it holds no vfio_* event of a QEMU log.`,
        "Record one with -trace 'vfio_*'.",
      );
    }
    if (report.failure !== undefined) registry.finish('incomplete');
    const { locked, ...rest } = report;
    const limits = lockLimits(report, options.devices);
    if (options.json) {
      const { count, time, bytes, entries } = locked;
      const changes = Array.from({ length: count }, (_, i) => ({
        timeNs: time[i],
        bytes: bytes[i],
        entries: entries[i],
      }));
      session.json({ ...rest, limits, locked: changes });
      return;
    }
    session.table(addressSpaceFacts(report, limits), options);
    session.line();
    session.table(switchTable(report), options);
  });
}
