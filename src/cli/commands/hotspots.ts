import { Option } from 'commander';
import { hotspotCsvTable, hotspotTable } from '../../report/hotspot-report';
import { shortNames } from '../../report/replay-report';
import type { HotspotGrouping } from '../../service/api';
import { withOutput, type Registry } from '../registry';
import type { OutputOptions } from '../session';
import { replayAll, scenariosOf, withScenario, type ScenarioOptions } from '../scenarios';
import { parsePositive, UsageError } from '../usage';

const GROUPINGS: readonly HotspotGrouping[] = ['operation', 'device', 'call-site', 'size', 'line'];

interface HotspotOptions extends ScenarioOptions, OutputOptions {
  by: HotspotGrouping;
  top: number;
}

/** `hotspots TRACE`: where the modelled time of one policy goes, beside a second one if two are named. */
export function addHotspots({ program, session }: Registry): void {
  const command = program
    .command('hotspots')
    .description('Show which operations, devices, call sites or sizes the modelled time goes to.')
    .argument('<trace>', 'trace file, plain or compressed; - for standard input');
  withScenario(command, 'policy; a second one is the baseline')
    .addOption(new Option('--by <grouping>', 'what to add up').choices(GROUPINGS).default('call-site'))
    .option('--top <n>', 'how many', parsePositive, 20);
  withOutput(command).action(async (path: string, options: HotspotOptions) => {
    const scenarios = await scenariosOf(session, options);
    if (scenarios.length > 2) throw new UsageError('hotspots takes one policy and at most one more as the baseline');
    const { trace, runs } = await replayAll(session, path, scenarios);
    const [run, baseline] = runs.map(({ runId }) => runId) as [string, string?];
    const spots = await session.engine.hotspots(run, options.by, options.top, baseline);
    if (options.json) {
      session.json({
        trace: { fingerprint: trace.fingerprint, name: trace.name },
        scenario: { policy: runs[0].policy, params: runs[0].params, platform: runs[0].platform, name: runs[0].name },
        by: options.by,
        totalNs: runs[0].time.cpuNs,
        hotspots: spots,
      });
    } else if (options.csv) session.table(hotspotCsvTable(spots), options);
    else {
      session.line(`${trace.name} under ${runs[0].name}: ≈ modelled CPU time by ${options.by}`);
      session.line();
      session.table(hotspotTable(spots, options.by, shortNames(runs).at(1)), options);
    }
  });
}
