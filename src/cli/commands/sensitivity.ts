import { sensitivityTable } from '../../report/study-report';
import { withOutput, type Registry } from '../registry';
import { replayAll, scenariosOf, withScenario, type ScenarioOptions } from '../scenarios';
import type { OutputOptions } from '../session';

/** `sensitivity TRACE`: how much of each run's cost hangs on each price of the platform. */
export function addSensitivity({ program, session }: Registry): void {
  const command = program
    .command('sensitivity')
    .description('Show how much of the modelled time hangs on each price, at the ends of its band.')
    .argument('<trace>', 'trace file, plain or compressed; - for standard input');
  withScenario(command, 'policies (see iommu-replay policies), or all');
  withOutput(command).action(async (path: string, options: ScenarioOptions & OutputOptions) => {
    const { runs } = await replayAll(session, path, await scenariosOf(session, options));
    const results = await Promise.all(
      runs.map(async run => ({ run, result: await session.engine.sensitivity(run.runId) })),
    );
    if (options.json) {
      session.json(results.map(({ run, result }) => ({ policy: run.policy, platform: run.platform, ...result })));
      return;
    }
    results.forEach(({ run, result }, i) => {
      if (i > 0) session.line();
      if (!options.csv) session.line(`${run.name}: ≈ CPU time with one price at the ends of its band\n`);
      session.table(sensitivityTable(result), options);
    });
  });
}
