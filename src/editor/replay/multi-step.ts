/** Quick picks one after the other, with a way back: VS Code's multi-step pattern as two functions. */
import * as vscode from 'vscode';

/** What a step ends with: the chosen entries, a wish to go back, or nothing (the user left). */
export type StepResult<T> = { chosen: readonly T[] } | 'back' | undefined;

export interface Step<T extends vscode.QuickPickItem> {
  title: string;
  placeholder: string;
  step: number;
  totalSteps: number;
  items: readonly T[];
  many: boolean;
  selected: readonly T[];
}

/** Shows one step and waits for its end. */
export function runStep<T extends vscode.QuickPickItem>(step: Step<T>): Promise<StepResult<T>> {
  const pick = vscode.window.createQuickPick<T>();
  pick.title = step.title;
  pick.placeholder = step.placeholder;
  pick.step = step.step;
  pick.totalSteps = step.totalSteps;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.canSelectMany = step.many;
  pick.items = step.items;
  if (step.many) pick.selectedItems = step.selected;
  else pick.activeItems = step.selected;
  pick.buttons = step.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise(resolve => {
    const end = (result: StepResult<T>): void => {
      resolve(result);
      pick.dispose();
    };
    pick.onDidTriggerButton(button => {
      if (button === vscode.QuickInputButtons.Back) end('back');
    });
    pick.onDidAccept(() => {
      // Accepting nothing keeps the list open: there is nothing to go on with.
      if (pick.selectedItems.length > 0) end({ chosen: pick.selectedItems });
    });
    pick.onDidHide(() => end(undefined));
    pick.show();
  });
}
