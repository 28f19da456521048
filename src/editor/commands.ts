/** Every command of the product by its short name. A test compares the table with package.json. */
import * as vscode from 'vscode';
import type { Product } from './product';

export const commands = {
  replay: 'iommuReplay.replay',
  openTrace: 'iommuReplay.openTrace',
  openSample: 'iommuReplay.openSample',
  showPanel: 'iommuReplay.showPanel',
  selectRun: 'iommuReplay.selectRun',
  setBaseline: 'iommuReplay.setBaseline',
  renameRun: 'iommuReplay.renameRun',
  removeRun: 'iommuReplay.removeRun',
  groupHotspots: 'iommuReplay.groupHotspots',
  toggleAnnotations: 'iommuReplay.toggleAnnotations',
  revealLine: 'iommuReplay.revealLine',
  nextHotspot: 'iommuReplay.nextHotspot',
  previousHotspot: 'iommuReplay.previousHotspot',
  goToTime: 'iommuReplay.goToTime',
  goToOperation: 'iommuReplay.goToOperation',
  goToAddress: 'iommuReplay.goToAddress',
  goToLine: 'iommuReplay.goToLine',
  findInLargeTrace: 'iommuReplay.findInLargeTrace',
  findNext: 'iommuReplay.findNext',
  findPrevious: 'iommuReplay.findPrevious',
  goToPartner: 'iommuReplay.goToPartner',
  filter: 'iommuReplay.filter',
  findRelated: 'iommuReplay.findRelated',
  runHistory: 'iommuReplay.runHistory',
  exportRuns: 'iommuReplay.exportRuns',
  saveRange: 'iommuReplay.saveRange',
  saveSanitized: 'iommuReplay.saveSanitized',
  copyRecordingCommand: 'iommuReplay.copyRecordingCommand',
  openWalkthrough: 'iommuReplay.openWalkthrough',
  showImportReport: 'iommuReplay.showImportReport',
  showLog: 'iommuReplay.showLog',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** Registers a command whose failure is shown to the user in the engine's words and written to the log. */
export function registerCommand(
  product: Product,
  id: CommandId,
  run: (...args: unknown[]) => Promise<void> | void,
): void {
  const guarded = async (...args: unknown[]): Promise<void> => {
    try {
      await run(...args);
    } catch (error) {
      product.failures.show(error, id);
    }
  };
  product.context.subscriptions.push(vscode.commands.registerCommand(id, guarded));
}
