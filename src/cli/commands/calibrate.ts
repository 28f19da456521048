import { calibrationTables } from '../../report/catalog-report';
import { DEFAULT_PLATFORM } from '../../service/api';
import { withOutput, type Registry } from '../registry';
import type { OutputOptions } from '../session';

interface CalibrateOptions extends OutputOptions {
  base: string;
  output?: string;
  id: string;
}

/** `calibrate RECORDING…`: a platform file with the user's own prices. */
export function addCalibrate({ program, session }: Registry): void {
  const command = program
    .command('calibrate')
    .description('Make a platform from recordings of what map and unmap cost on your machine.')
    .argument('<recording...>', 'function_graph text, dma_map_benchmark output or funclatency histograms')
    .option('--base <id>', 'platform whose machine and remaining prices are taken', DEFAULT_PLATFORM)
    .option('-o, --output <file>', 'where to write the platform; without it, it is printed by --json')
    .option('--id <id>', 'id of the new platform', 'my-machine');
  withOutput(command).action(async (paths: string[], options: CalibrateOptions) => {
    const [base] = await session.platforms([options.base]);
    const recordings = paths.map(path => ({ path }));
    const calibrated = await session.engine.calibrate(recordings, base.text, options.id, session.call);
    session.clearProgress();
    if (options.output !== undefined) await session.write(options.output, calibrated.json);
    if (options.json) {
      session.io.out(calibrated.json);
      return;
    }
    calibrationTables(calibrated).forEach((table, i) => {
      if (i > 0) session.line();
      session.table(table, options);
    });
    if (options.csv) return;
    session.line();
    for (const { name, reason } of calibrated.unused) session.line(`not used: ${name}: ${reason}`);
    session.line(
      options.output === undefined
        ? 'Nothing was written: name a file with -o, then replay with --platform FILE.'
        : `Written: ${options.output}. Replay with --platform ${options.output}`,
    );
  });
}
