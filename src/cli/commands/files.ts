import { Option } from 'commander';
import { formatNs } from '../../report/units';
import { EngineError, type ExportFormat } from '../../service/api';
import type { Registry } from '../registry';
import { replayAll, scenariosOf, withScenario, type ScenarioOptions } from '../scenarios';
import { parseDuration, UsageError } from '../usage';

const FORMATS: readonly ExportFormat[] = ['html', 'markdown', 'csv', 'json', 'perfetto'];
const OUTPUT = ['-o, --output <file>', 'where to write it; standard output when absent'] as const;

interface ExportOptions extends ScenarioOptions {
  format: ExportFormat;
  output?: string;
}

/** `export`, `clip` and `sanitize`: files to hand to others. */
export function addFiles(registry: Registry): void {
  addExport(registry);
  addClip(registry);
  addSanitize(registry);
}

function addExport({ program, session }: Registry): void {
  const command = program
    .command('export')
    .description(
      'Replay a trace and write the runs as a file: an HTML report, Markdown, CSV, JSON, or a Perfetto timeline.',
    )
    .argument('<trace>', 'trace file, plain or compressed; - for standard input')
    .addOption(new Option('--format <format>', 'kind of file').choices(FORMATS).default('html'))
    .option(...OUTPUT);
  withScenario(command, 'policies (see iommu-replay policies), or all').action(
    async (path: string, options: ExportOptions) => {
      const { runs } = await replayAll(session, path, await scenariosOf(session, options));
      const ids = runs.map(run => run.runId);
      await session.write(options.output, await session.engine.export(ids, ids[0], options.format, session.call));
    },
  );
}

function addClip({ program, session }: Registry): void {
  program
    .command('clip')
    .description('Write the part of a trace between two times, with the header lines that it needs.')
    .argument('<trace>', 'trace file, plain or compressed')
    .requiredOption('--from <time>', 'since the first event, e.g. 250ms', parseDuration)
    .requiredOption('--to <time>', 'since the first event, e.g. 1s', parseDuration)
    .option(...OUTPUT)
    .action(async (path: string, options: { from: number; to: number; output?: string }) => {
      if (options.from >= options.to) throw new UsageError('--from must be before --to');
      const { traceId, name, report } = await session.open(path);
      if (options.from > report.spanNs) {
        throw new EngineError(
          `${name} ends ${formatNs(report.spanNs)} after its first event.`,
          'Name an earlier --from.',
        );
      }
      await session.write(options.output, await session.engine.clip(traceId, options.from, options.to, session.call));
    });
}

function addSanitize({ program, session }: Registry): void {
  program
    .command('sanitize')
    .description('Write the trace with addresses moved and names of commands replaced; it replays to the same counts.')
    .argument('<trace>', 'trace file, plain or compressed')
    .option(...OUTPUT)
    .action(async (path: string, options: { output?: string }) => {
      const { traceId } = await session.open(path);
      await session.write(options.output, await session.engine.sanitize(traceId, session.call));
    });
}
