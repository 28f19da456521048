/** What the tests of the panel's page begin and end with. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { PanelQueries, QueryName } from '../../src/editor/panel/messages';
import { answer, ANSWERED } from './answers';
import { panelState, type StateOptions } from './fixtures';
import { startPanelBrowser, type OpenOptions, type PanelBrowser, type PanelPage } from './panel-page';

export interface UsedPanel {
  /** Opens the page, which has been told nothing yet. */
  open: (options?: OpenOptions) => Promise<PanelPage>;
  /** Opens one of its views, all of whose questions are answered. */
  openTab: (tab: string, options?: OpenOptions, state?: StateOptions) => Promise<PanelPage>;
}

/** Registers the browser of a test file. A test fails when its page had errors or broke its content security policy. */
export function usePanel(): UsedPanel {
  let browser: PanelBrowser;
  let panel: PanelPage | undefined;

  beforeAll(async () => {
    browser = await startPanelBrowser();
  }, 60_000);

  afterAll(() => browser.close());

  afterEach(async () => {
    const complaints = panel?.complaints ?? [];
    await panel?.close();
    panel = undefined;
    expect(complaints).toEqual([]);
  });

  const open = async (options: OpenOptions = {}): Promise<PanelPage> => {
    panel = await browser.open(options);
    return panel;
  };
  return {
    open,
    openTab: async (tab, options = {}, state = {}) => {
      const page = await open({ answer, height: 1400, ...options });
      await page.send({ type: 'strings', language: 'en', bundle: {} });
      await page.send({ type: 'state', state: panelState({ ...state, state: { answers: ANSWERED, ...state.state } }) });
      await page.page.locator(`#tab-${tab}`).click();
      await page.settled();
      return page;
    },
  };
}

/** What the page has asked so far, of one kind. */
export function queries<Name extends QueryName>(page: PanelPage, name: Name): Parameters<PanelQueries[Name]>[0][] {
  return page.messages
    .filter(message => message.type === 'query')
    .filter(query => query.name === name)
    .map(query => query.request as Parameters<PanelQueries[Name]>[0]);
}
