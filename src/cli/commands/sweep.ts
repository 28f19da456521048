import { sweepCsvTable, sweepTable } from '../../report/study-report';
import { DEFAULT_PLATFORM, type RunSummary, type Sweep, type TraceSummary } from '../../service/api';
import { withOutput, type Registry } from '../registry';
import { replayAll } from '../scenarios';
import type { OutputOptions } from '../session';
import { parseRange } from '../usage';

interface SweepOptions extends OutputOptions {
  policy: string;
  platform: string;
  param?: ReturnType<typeof parseRange>;
}

interface SweptTrace {
  trace: TraceSummary;
  run: RunSummary;
  sweep: Sweep;
}

/** `sweep TRACE…`: one parameter of a policy over a range, on each trace. */
export function addSweep({ program, session }: Registry): void {
  const command = program
    .command('sweep')
    .description('Replay traces with one parameter of a policy over a range, and show where more stops helping.')
    .argument('<trace...>', 'trace files, plain or compressed')
    .requiredOption('--policy <id>', 'policy whose parameter is varied')
    .option('--platform <id>', 'platform, or a file of your own', DEFAULT_PLATFORM)
    .option(
      '--param <name=a..b>',
      'parameter and range, e.g. threshold=1..512; “cpus” replicates CPUs, “iotlbEntries” sizes the IOTLB; without it, the first parameter over all its values',
      parseRange,
    );
  withOutput(command).action(async (paths: string[], options: SweepOptions) => {
    const [policy] = await session.policies([options.policy]);
    const [platform] = await session.platforms([options.platform]);
    const swept: SweptTrace[] = [];
    for (const path of paths) {
      const { trace, runs } = await replayAll(session, path, [{ ...policy, platform: platform.text }]);
      const [run] = runs;
      const range = options.param ?? (await widest(run.runId));
      const sweep = await session.engine.sweep(run.runId, range.name, range.from, range.to, session.call);
      session.clearProgress();
      swept.push({ trace, run, sweep });
    }
    if (options.json) session.json(swept.map(sweepJson));
    else swept.forEach((each, i) => print(each, i, options));
  });

  /** The policy's first parameter over all it may be. */
  async function widest(runId: string): Promise<{ name: string; from: number; to: number }> {
    const [first] = await session.engine.sweepParameters(runId);
    return first;
  }

  function print({ trace, run, sweep }: SweptTrace, index: number, options: OutputOptions): void {
    if (options.csv) {
      session.table(sweepCsvTable(sweep), options);
      return;
    }
    if (index > 0) session.line();
    session.line(`${trace.name} under ${run.name}: ${sweep.parameter.name}, ${sweep.parameter.description}`);
    session.line();
    session.table(sweepTable(sweep), options);
    if (sweep.knee === undefined) return;
    session.line();
    session.line(`Knee at ${sweep.parameter.name} = ${sweep.points[sweep.knee.index].value}: ${sweep.knee.reason}.`);
  }
}

function sweepJson({ trace, run, sweep }: SweptTrace) {
  return {
    trace: { name: trace.name, fingerprint: trace.fingerprint },
    policy: run.policy,
    params: run.params,
    platform: run.platform,
    ...sweep,
  };
}
