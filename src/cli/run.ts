/** The command line as a function: arguments in, exit code out. */
import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { EngineError } from '../service/api';
import { addCalibrate } from './commands/calibrate';
import { addFiles } from './commands/files';
import { addHotspots } from './commands/hotspots';
import { addImport } from './commands/import';
import { addLists } from './commands/lists';
import { addLook } from './commands/look';
import { addMcp } from './commands/mcp';
import { addReplay } from './commands/replay';
import { addSensitivity } from './commands/sensitivity';
import { addSweep } from './commands/sweep';
import type { Io } from './io';
import type { Outcome, Registry } from './registry';
import { Session } from './session';
import { UsageError } from './usage';

/** Done. */
const DONE = 0;
/** The trace or a scenario could not be processed. */
const FAILED = 1;
const BAD_USAGE = 2;

/**
 * Runs one command. `argv`: arguments after the program's name. Exit code 0: done; 1: the trace or a scenario could not
 * be processed, said in one line on standard error; 2: bad usage.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const session = new Session(io);
  const outcomes: Outcome[] = [];
  const program = new Command('iommu-replay')
    .description('Replays a recorded DMA trace through a simulated IOMMU under other protection policies.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: text => io.out(text), writeErr: text => io.err(text) })
    .showHelpAfterError('(--help tells more)');
  const registry: Registry = { program, session, finish: outcome => outcomes.push(outcome) };
  const groups = [
    addImport,
    addReplay,
    addHotspots,
    addSweep,
    addSensitivity,
    addCalibrate,
    addFiles,
    addLook,
    addLists,
    addMcp,
  ];
  for (const add of groups) add(registry);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return session.incomplete || outcomes.includes('incomplete') ? FAILED : DONE;
  } catch (error) {
    session.clearProgress();
    return exitCodeOf(error, session);
  }
}

function exitCodeOf(error: unknown, session: Session): number {
  // Commander has told the user already; help and version are no errors.
  if (error instanceof CommanderError) {
    if (error.message.includes("'--policy"))
      session.io.err('(e.g. --policy strict; iommu-replay policies lists them)\n');
    return error.exitCode === 0 ? DONE : BAD_USAGE;
  }
  if (error instanceof UsageError) {
    session.io.err(`iommu-replay: ${error.message}\n`);
    return BAD_USAGE;
  }
  if (error instanceof EngineError) {
    session.fault(error);
    return FAILED;
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  session.io.err(`iommu-replay: defect: ${what}\n`);
  return FAILED;
}
