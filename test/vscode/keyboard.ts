import type { Frame } from 'playwright-core';
import { eventually } from './patience.js';
import type { Workbench } from './workbench.js';

/** More stops than any page of the extension has. */
const MOST_STOPS = 60;

/** Hands that have no mouse. */
export class Keyboard {
  constructor(private readonly workbench: Workbench) {}

  press(key: string): Promise<void> {
    return this.workbench.page.keyboard.press(key);
  }

  /** Runs a command by its name in the palette. */
  async run(command: string): Promise<void> {
    await eventually(async () => {
      await this.press('Escape');
      await this.press('F1');
      await this.workbench.input.waitFor({ timeout: 2000 });
      await this.workbench.page.keyboard.type(command);
      const [first] = await this.workbench.quickPickLabels();
      if (first !== command) throw new Error(`The palette offers ${first}`);
      await this.press('Enter');
    });
  }

  /** Goes to the panel beside the text and through it, stop by stop, until the focus is where it is wanted. */
  async goTo(frame: Frame, selector: string): Promise<void> {
    const isThere = (): Promise<boolean> =>
      frame.evaluate(wanted => {
        const focused = document.hasFocus() ? document.activeElement : null;
        return Boolean(focused?.closest(wanted));
      }, selector);
    await this.press('Control+2');
    await eventually(async () => {
      if (!(await frame.evaluate(() => document.hasFocus()))) throw new Error('The panel has no focus');
    });
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      if (await isThere()) return;
      await this.press('Tab');
    }
    throw new Error(`The Tab key does not reach ${selector}`);
  }

  /** What the focused element of a page says. */
  focused(frame: Frame): Promise<string> {
    return frame.evaluate(() => (document.activeElement?.textContent ?? '').trim());
  }
}
