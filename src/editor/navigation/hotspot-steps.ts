/** Next and previous hotspot: from the caret to the nearest of the costliest lines, around the end of the trace. */
import * as vscode from 'vscode';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import { caretLine, revealLine } from '../session/reveal';
import { setting } from '../settings';
import { stepFrom } from './step';

export function registerHotspotSteps(product: Product): void {
  registerCommand(product, commands.nextHotspot, () => step(product, 1));
  registerCommand(product, commands.previousHotspot, () => step(product, -1));
}

async function step(product: Product, direction: 1 | -1): Promise<void> {
  const session = product.sessions.current;
  if (session === undefined) return;
  const hottest = await session.annotations(1, Number.MAX_SAFE_INTEGER, setting('hotspots.count'));
  const line = stepFrom(
    hottest.map(annotation => annotation.line),
    caretLine(product, session),
    direction,
  );
  if (line === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There are no hotspots before a replay.'));
    return;
  }
  await revealLine(product, vscode.Uri.parse(session.uri, true), line, false);
}
