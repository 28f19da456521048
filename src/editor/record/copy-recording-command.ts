/** "Copy Recording Command…": asks for the recorder and the kernel, and puts the command on the clipboard. */
import * as os from 'node:os';
import * as vscode from 'vscode';
import { commands, registerCommand } from '../commands';
import type { Product } from '../product';
import { parseKernel, recordingCommand, RECORDERS } from './recording-command';

export function registerCopyRecordingCommand(product: Product): void {
  registerCommand(product, commands.copyRecordingCommand, async () => {
    const { t } = vscode.l10n;
    const details = {
      perf: t('With call chains, so that hotspots can be grouped by call site'),
      'trace-cmd': t('Needs trace-cmd on the traced machine'),
      ftrace: t('Needs nothing but a shell'),
      qemu: t('Records the vIOMMU from outside of the guest'),
    };
    const items = RECORDERS.map(label => ({ label, detail: details[label] }));
    const choice = await vscode.window.showQuickPick(items, { title: t('Copy Recording Command') });
    if (choice === undefined) return;
    const kernel = choice.label === 'qemu' ? { major: 0, minor: 0 } : await askKernel();
    if (kernel === undefined) return;
    const { command, missing } = recordingCommand(choice.label, kernel, os.arch() === 'x64');
    await vscode.env.clipboard.writeText(command);
    const copied = t('Copied. Start your workload while it records, then open the file that it writes.');
    const lack =
      missing.length === 0
        ? ''
        : ` ${t('This kernel has no {0} events: what they tell is assumed.', missing.join(', '))}`;
    void vscode.window.showInformationMessage(copied + lack);
  });
}

/** The kernel of this machine is the answer that comes first: often it is the traced one. */
async function askKernel(): Promise<ReturnType<typeof parseKernel>> {
  const { t } = vscode.l10n;
  const text = await vscode.window.showInputBox({
    title: t('Copy Recording Command'),
    prompt: t('Kernel of the machine to trace (uname -r)'),
    value: os.release(),
    validateInput: value =>
      parseKernel(value) === undefined ? t('A version is expected here, such as 6.12') : undefined,
  });
  return text === undefined ? undefined : parseKernel(text);
}
