/** Asks which policies to replay, and on which platform. */
import * as vscode from 'vscode';
import type { ScenarioRequest } from '../../service/api';
import type { Product } from '../product';
import { FIRST_CHOICE, platformChoices, policyChoices, type LastChoice } from './choices';
import { runStep } from './multi-step';
import { platformFiles, policyPresets } from './workspace-files';

const LAST = 'replay.lastChoice';

/**
 * Two steps: policies (several), platform (one).
 *
 * @param recorded the policy that the trace was recorded under, when it is known already
 * @returns undefined when the user left
 */
export async function chooseScenarios(
  product: Product,
  recorded: string | undefined,
): Promise<ScenarioRequest[] | undefined> {
  const engine = product.engine.get();
  const [policies, platforms, presets, files] = await Promise.all([
    engine.policies(),
    engine.platforms(),
    policyPresets(product),
    platformFiles(product),
  ]);
  const last = product.context.globalState.get<LastChoice>(LAST, FIRST_CHOICE);
  const words = { recorded: vscode.l10n.t('recorded under it'), bound: vscode.l10n.t('a bound') };
  const policyItems = policyChoices(policies, presets, last, recorded, words);
  const platformItems = platformChoices(platforms, files, last);
  let selected = policyItems.filter(item => item.picked);
  for (;;) {
    const first = await runStep({
      title: vscode.l10n.t('Replay with Policy'),
      placeholder: vscode.l10n.t('Policies to replay the trace under; select several to compare them'),
      step: 1,
      totalSteps: 2,
      items: policyItems,
      many: true,
      selected,
    });
    if (first === undefined || first === 'back') return undefined;
    selected = [...first.chosen];
    const second = await runStep({
      title: vscode.l10n.t('Replay with Policy'),
      placeholder: vscode.l10n.t('Platform whose costs the replay models'),
      step: 2,
      totalSteps: 2,
      items: platformItems,
      many: false,
      selected: platformItems.slice(0, 1),
    });
    if (second === undefined) return undefined;
    if (second === 'back') continue;
    const { platform, key } = second.chosen[0];
    const choice: LastChoice = { policies: selected.map(item => item.key), platform: key };
    await product.context.globalState.update(LAST, choice);
    return selected.map(({ scenario }) => ({ ...scenario, platform }));
  }
}
