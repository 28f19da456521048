/** What to replay, as the options of a command say it. */
import { Option, type Command } from 'commander';
import {
  DEFAULT_PLATFORM,
  DIRTY_TRACKING,
  EngineError,
  type Refusal,
  type RunSummary,
  type ScenarioRequest,
  type TraceSummary,
} from '../service/api';
import type { Session } from './session';
import { collect, parseDuration, parseList, parseMachine, parseParams, parsePositive, parseSwitches } from './usage';

/** Options that make a scenario; shared by every command that replays. */
export interface ScenarioOptions {
  policy: string[];
  platform: string[];
  dirty?: ScenarioRequest['dirtyTracking'];
  param?: string[];
  loop?: ScenarioRequest['loop'];
  scaleCpus?: number;
  rogueWriteAfter?: number;
  switch?: string[];
  machine?: string[];
}

/** Adds the options of a scenario to a command. */
export function withScenario(command: Command, policies: string): Command {
  return command
    .requiredOption('--policy <ids>', `${policies}; or files of your own (*.iommu-policy.json)`, parseList)
    .option('--platform <ids>', 'platforms (see iommu-replay platforms), or files of your own', parseList, [
      DEFAULT_PLATFORM,
    ])
    .addOption(new Option('--dirty <mode>', 'how dirty pages are tracked').choices(DIRTY_TRACKING))
    .option('--param <policy.name=value>', 'parameter of a policy; may be repeated', collect)
    .addOption(new Option('--loop <kind>', 'keep recorded start times, or think times').choices(['open', 'closed']))
    .option('--scale-cpus <n>', 'replicate the CPUs of the trace to so many', parsePositive)
    .option(
      '--rogue-write-after <time>',
      'the device writes once more so long after each unmap, e.g. 5us',
      parseDuration,
    )
    .option(
      '--switch <time=view>',
      'the guest turns translation off, on, swaps domains, or attaches devices to a domain of the trace by its name: 500ms=off; may be repeated',
      collect,
    )
    .option(
      '--machine <name=value>',
      'fact of the platform’s machine that differs, e.g. lockedMemoryLimit=8GiB; may be repeated',
      collect,
    );
}

/** The scenarios that the options ask for: every policy on every platform. */
export async function scenariosOf(session: Session, options: ScenarioOptions): Promise<ScenarioRequest[]> {
  const policies = await session.policies(options.policy);
  const params = parseParams(
    options.param ?? [],
    (await session.engine.policies()).filter(({ id }) => policies.some(({ policy }) => policy === id)),
  );
  const platforms = await session.platforms(options.platform);
  const switches = parseSwitches(options.switch ?? []);
  const machine = parseMachine(options.machine ?? []);
  return platforms.flatMap(platform =>
    policies.map(preset => ({
      ...preset,
      platform: platform.text,
      ...(Object.hasOwn(params, preset.policy) ? { params: { ...preset.params, ...params[preset.policy] } } : {}),
      ...(options.dirty === undefined ? {} : { dirtyTracking: options.dirty }),
      ...(options.loop === undefined ? {} : { loop: options.loop }),
      ...(options.scaleCpus === undefined ? {} : { scaleCpus: options.scaleCpus }),
      ...(switches.length === 0 ? {} : { switches }),
      ...(Object.keys(machine).length === 0 ? {} : { machine }),
      ...(options.rogueWriteAfter === undefined ? {} : { rogueWriteAfterNs: options.rogueWriteAfter }),
    })),
  );
}

export function tellRefusals(session: Session, refused: readonly Refusal[]): void {
  for (const { policy, platform, reason } of refused) {
    session.io.err(`iommu-replay: ${policy} on ${platform} was not replayed: ${reason}\n`);
  }
}

/** Opens a trace and replays every scenario on it. @throws EngineError when one of them cannot run. */
export async function replayAll(
  session: Session,
  path: string,
  scenarios: ScenarioRequest[],
): Promise<{ trace: TraceSummary; runs: RunSummary[] }> {
  const trace = await session.open(path);
  const { runs, refused } = await session.engine.replay(trace.traceId, scenarios, session.call);
  session.clearProgress();
  const first = refused.at(0);
  if (first !== undefined) {
    throw new EngineError(
      `${first.policy} cannot be replayed on ${trace.name}: ${first.reason}`,
      'See iommu-replay policies for others.',
    );
  }
  return { trace, runs };
}
