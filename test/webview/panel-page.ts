/** The panel's page as VS Code shows it, with a host made by the test. */
import type { Locator, Page } from 'playwright-core';
import { panelHtml } from '../../src/editor/panel/html';
import type { HostToPanel, PanelMemory, PanelQuery, PanelReply, PanelToHost } from '../../src/editor/panel/messages';
import { ORIGIN, WebviewTab } from './webview-tab';

export interface PanelBrowser {
  open(options?: OpenOptions): Promise<PanelPage>;
  close(): Promise<void>;
}

export interface OpenOptions {
  theme?: string;
  width?: number;
  height?: number;
  /** What an earlier page kept with `setState`. */
  memory?: PanelMemory;
  /** Answers the page's questions. */
  answer?: (query: PanelQuery) => PanelReply | undefined | Promise<PanelReply | undefined>;
}

/** Bundles the page and starts a browser: once a test file. */
export async function startPanelBrowser(): Promise<PanelBrowser> {
  const tab = await WebviewTab.start('panel', pageHtml());
  return {
    open: (options = {}) => openPanel(tab, options),
    close: () => tab.close(),
  };
}

async function openPanel(tab: WebviewTab, options: OpenOptions): Promise<PanelPage> {
  const { width = 760, height = 900, theme, memory } = options;
  const panel = new PanelPage(tab, options.answer);
  await tab.show({
    width,
    height,
    theme,
    memory,
    receive: message => panel.receive(message as PanelToHost),
    complain: text => panel.complaints.push(text),
  });
  await panel.posted('ready');
  return panel;
}

function pageHtml(): string {
  return panelHtml({
    nonce: 'bm9uY2Utb2YtdGhlLXRlc3Q',
    cspSource: ORIGIN,
    script: `${ORIGIN}/panel.js`,
    styles: `${ORIGIN}/panel.css`,
    title: 'Comparison',
    language: 'en',
  });
}

export class PanelPage {
  /** Everything that the page has posted. */
  readonly messages: PanelToHost[] = [];
  /** Errors, and violations of the content security policy. */
  readonly complaints: string[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly tab: WebviewTab,
    private readonly answer: OpenOptions['answer'],
  ) {}

  get page(): Page {
    return this.tab.page;
  }

  receive(message: PanelToHost): PanelReply | undefined | Promise<PanelReply | undefined> {
    this.messages.push(message);
    for (const wake of this.waiting.splice(0)) wake();
    if (message.type === 'pageError') this.complaints.push(`${message.message}\n${message.stack}`);
    return message.type === 'query' ? this.answer?.(message) : undefined;
  }

  async send(message: HostToPanel): Promise<void> {
    await this.tab.send(message);
  }

  /** Waits until the page has drawn what it was told. */
  settled(): Promise<void> {
    return this.tab.settled();
  }

  /** The next message of a type, among those already posted from `since` on or those to come. */
  async posted<Type extends PanelToHost['type']>(type: Type, since = 0): Promise<Extract<PanelToHost, { type: Type }>> {
    for (;;) {
      const found = this.messages.slice(since).find(message => message.type === type);
      if (found !== undefined) return found as Extract<PanelToHost, { type: Type }>;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`The page posted no "${type}", but ${this.summary(since)}`)),
          10_000,
        );
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async memory(): Promise<PanelMemory | undefined> {
    return (await this.tab.memory()) as PanelMemory | undefined;
  }

  changeTheme(name: string): Promise<void> {
    return this.tab.changeTheme(name);
  }

  /** Rules of accessibility that the page breaks, with the elements; `rules`: only these. */
  violations(rules?: string[]): Promise<string[]> {
    return this.tab.violations(rules);
  }

  /** The focused element's name as a screen reader would say it, roughly. */
  async focusedText(): Promise<string> {
    return this.page.evaluate(() => {
      const focused = document.activeElement;
      return (focused?.getAttribute('aria-label') ?? focused?.textContent ?? '').trim();
    });
  }

  getByRole(...args: Parameters<Page['getByRole']>): Locator {
    return this.page.getByRole(...args);
  }

  close(): Promise<void> {
    return this.tab.leave();
  }

  private summary(since: number): string {
    return (
      this.messages
        .slice(since)
        .map(({ type }) => type)
        .join(', ') || 'nothing'
    );
  }
}
