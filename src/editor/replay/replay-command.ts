/** "Replay with Policy…": asks, replays under a progress bar, shows the comparison beside the trace. */
import * as vscode from 'vscode';
import type { CallOptions, ScenarioRequest } from '../../service/api';
import { commands, registerCommand } from '../commands';
import { treatAsTrace } from '../language/detect-trace';
import type { Product } from '../product';
import { traceOfCommand } from '../session/active-trace';
import type { TraceSession } from '../session/trace-session';
import { withProgress } from '../util/cancellation';
import { chooseScenarios } from './choose-scenarios';

export function registerReplay(product: Product): void {
  registerCommand(product, commands.replay, async target => {
    const session = await traceOfCommand(product, target);
    if (session === undefined) return;
    // What cannot be replayed is told before anything is asked.
    if (session.failure !== undefined) await session.open();
    const scenarios = await chooseScenarios(product, session.summary?.report.recordedPolicy.id);
    if (scenarios !== undefined) await replay(product, session, scenarios);
  });
}

/** Replays scenarios with progress and cancel, then shows the panel. Refusals are named. */
export async function replay(product: Product, session: TraceSession, scenarios: ScenarioRequest[]): Promise<void> {
  const title = vscode.l10n.t('Replaying {0}', session.name);
  const location = vscode.ProgressLocation.Notification;
  await withProgress({ location, title, cancellable: true }, call =>
    replayReporting(product, session, scenarios, call),
  );
  await treatAsTrace(product, session.uri);
  product.panels.show(session);
  reportRefusals(session);
}

/** Replays and reports the progress to the trace's panel too, which can cancel. */
export async function replayReporting(
  product: Product,
  session: TraceSession,
  scenarios: ScenarioRequest[],
  call: Required<CallOptions>,
): Promise<void> {
  const task = product.panels.task(session, call);
  try {
    const runs = await session.replay(scenarios, task.options);
    product.log.info(`replayed ${session.name}: ${runs.map(run => run.name).join(', ')}`);
  } finally {
    task.end();
  }
}

function reportRefusals(session: TraceSession): void {
  for (const { policy, reason } of session.refused) {
    void vscode.window.showWarningMessage(vscode.l10n.t('{0} was not replayed: {1}', policy, reason));
  }
}
