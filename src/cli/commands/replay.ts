import { comparisonCsvTable, replayJson } from '../../report/replay-report';
import { replayText } from '../../report/replay-text';
import { toMarkdown, toText } from '../../report/table';
import type { RunSummary, TraceSummary } from '../../service/api';
import { withOutput, type Registry } from '../registry';
import type { OutputOptions, Session } from '../session';
import { scenariosOf, tellRefusals, withScenario, type ScenarioOptions } from '../scenarios';
import { knownName } from '../usage';

/** Runs that stand side by side on a screen; more are shown by all figures only when asked for. */
const COLUMNS = 4;

interface ReplayOptions extends ScenarioOptions, OutputOptions {
  allFigures?: boolean;
  baseline?: string;
}

/** `replay TRACE`: the trace under each policy on each platform, side by side. */
export function addReplay({ program, session, ...registry }: Registry): void {
  const command = program
    .command('replay')
    .description('Replay a trace under policies, and compare what each costs, exposes, pins and dirties.')
    .argument('<trace>', 'trace file, plain or compressed; - for standard input');
  withScenario(command, 'policies (see iommu-replay policies), or all')
    .option(
      '--baseline <policy>',
      'policy that the others are compared with (default: the recorded one, else the first)',
    )
    .option('--all-figures', `print every figure even for more than ${COLUMNS} runs`);
  withOutput(command).action(async (path: string, options: ReplayOptions) => {
    const scenarios = await scenariosOf(session, options);
    if (options.baseline !== undefined)
      knownName(
        'policy in this replay',
        options.baseline,
        scenarios.map(s => s.policy),
      );
    const trace = await session.open(path);
    const { runs, refused } = await session.engine.replay(trace.traceId, scenarios, session.call);
    session.clearProgress();
    tellRefusals(session, refused);
    // A policy asked for by name that could not run is a failure; one of "all" is not.
    if (runs.length === 0 || (refused.length > 0 && !options.policy.includes('all'))) registry.finish('incomplete');
    if (options.json) session.json(replayJson(trace, runs, refused));
    else if (runs.length > 0) await printComparison(session, trace, runs, options);
  });
}

async function printComparison(
  session: Session,
  trace: TraceSummary,
  runs: readonly RunSummary[],
  options: ReplayOptions,
): Promise<void> {
  const ids = runs.map(run => run.runId);
  const baseline = baselineOf(trace, runs, options.baseline);
  const comparison = await session.engine.compare(ids, baseline.runId);
  if (options.csv) {
    session.table(comparisonCsvTable(comparison), options);
    return;
  }
  const text = replayText(
    { trace, runs, comparison, platforms: options.platform },
    {
      render: options.markdown ? toMarkdown : toText,
      bullet: options.markdown ? '- ' : '',
      allFigures: runs.length <= COLUMNS || options.allFigures === true,
    },
  );
  session.io.out(text);
}

function baselineOf(trace: TraceSummary, runs: readonly RunSummary[], asked: string | undefined): RunSummary {
  const wanted = asked ?? trace.report.recordedPolicy.id;
  return runs.find(run => run.policy === wanted) ?? runs[0];
}
