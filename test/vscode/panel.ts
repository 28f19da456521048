import type { Frame, Locator } from 'playwright-core';
import { eventually } from './patience.js';
import type { Workbench } from './workbench.js';

/** The panel beside a trace as its user sees it. */
export class PanelView {
  constructor(private readonly workbench: Workbench) {}

  /** The page: found anew each time, because a reload and a move of the tab replace it. */
  frame(): Promise<Frame> {
    return this.workbench.panelFrame();
  }

  /** Waits until the panel compares these runs, in any order, and returns their names as their chips show them. */
  async waitForRuns(names: readonly string[]): Promise<void> {
    await eventually(async () => {
      const shown = await this.runs();
      const missing = names.filter(name => !shown.includes(name));
      if (missing.length > 0 || shown.length !== names.length) throw new Error(`The panel shows ${shown.join(', ')}`);
    });
  }

  /** Names of the runs, by their chips. */
  async runs(): Promise<string[]> {
    return (await this.frame()).locator('.chip .run-name').allTextContents();
  }

  /** A row of the comparison, cell by cell: the figure, then each run's value and its differences from the baseline. */
  async figure(name: string): Promise<string[]> {
    const grid = (await this.frame()).getByRole('treegrid', { name: 'Comparison' });
    const row = grid.getByRole('row').filter({ hasText: name }).first();
    return (await row.locator('.cell').allInnerTexts()).map(text => text.replaceAll('\u00a0', ' ').trim());
  }

  /** Picks from a labelled list of choices, such as `baseline`. */
  async pick(list: string, label: string): Promise<void> {
    const frame = await this.frame();
    await frame.locator(`#${list}`).click();
    await frame.locator(`#${list}`).getByRole('option', { name: label }).click();
  }

  /** Opens a view by the title on its tab. */
  async tab(title: string): Promise<void> {
    await (await this.frame()).getByRole('tab', { name: title, exact: true }).click();
  }

  /** Rows of the list of hotspots. */
  async hotspots(): Promise<Locator> {
    return (await this.frame()).getByRole('grid', { name: 'Hotspots' }).locator('.grid-row.row');
  }
}

/** The line that a row of the list of hotspots is about. */
export async function lineOf(row: Locator): Promise<number> {
  return Number((await row.locator('.cell').nth(1).innerText()).replaceAll(',', ''));
}
