/** The panel's page as VS Code shows it (bundle, HTML, content security policy, theme), with a host made by the test. */
import path from 'node:path';
import axe from 'axe-core';
import { build } from 'esbuild';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { panelHtml } from '../../src/editor/panel/html';
import type { HostToPanel, PanelMemory, PanelQuery, PanelReply, PanelToHost } from '../../src/editor/panel/messages';
import { chromiumFlags, ensureChromium } from '../workbench/browser.mjs';
import { cache, root } from '../workbench/builds.mjs';
import { THEMES, type Theme } from './themes';

export const ORIGIN = 'https://panel.test';

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

/** What the page may be told from within the browser. */
interface PageGlobals {
  hostReceives(message: PanelToHost): Promise<PanelReply | undefined>;
  pageMemory: PanelMemory | undefined;
  acquireVsCodeApi: unknown;
}

/** Bundles the page and starts a browser: once a test file. */
export async function startPanelBrowser(): Promise<PanelBrowser> {
  const [files, executablePath] = await Promise.all([bundle('panel'), ensureChromium()]);
  const browser = await chromium.launch({
    executablePath,
    args: chromiumFlags.filter(flag => !flag.startsWith('--headless')),
  });
  return {
    open: (options = {}) => openPanel(browser, files, options),
    close: () => browser.close(),
  };
}

/** The files of a page of `webview/`, by name. */
export async function bundle(page: string): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: { [page]: path.join(root, `webview/${page}.ts`) },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    loader: { '.ttf': 'file' },
    outdir: path.join(cache, 'webview'),
    logLevel: 'warning',
  });
  return new Map(outputFiles.map(file => [path.basename(file.path), file.contents]));
}

async function openPanel(browser: Browser, files: Map<string, Uint8Array>, options: OpenOptions): Promise<PanelPage> {
  const { width = 760, height = 900, theme: name = 'dark-modern', memory } = options;
  const theme = THEMES.find(candidate => candidate.name === name);
  if (theme === undefined) throw new Error(`No theme ${name}`);
  const page = await browser.newPage({ viewport: { width, height } });
  const panel = new PanelPage(page, options.answer);
  await page.exposeFunction('hostReceives', (message: PanelToHost) => panel.receive(message));
  await page.addInitScript(stored => {
    const globals = globalThis as unknown as PageGlobals;
    globals.pageMemory = stored ?? undefined;
    globals.acquireVsCodeApi = () => ({
      postMessage: (message: PanelToHost) => {
        void globals.hostReceives(message).then(reply => {
          if (reply !== undefined) window.postMessage(reply);
        });
      },
      getState: () => globals.pageMemory,
      setState: (state: PanelMemory) => (globals.pageMemory = state),
    });
  }, memory ?? null);
  await page.addInitScript(applyTheme, theme);
  await serve(page, files, pageHtml());
  await panel.posted('ready');
  return panel;
}

/** Opens a page as VS Code serves it. */
export async function serve(page: Page, files: Map<string, Uint8Array>, html: string): Promise<void> {
  await page.route(`${ORIGIN}/**`, route => {
    const file = path.basename(new URL(route.request().url()).pathname);
    if (file === 'index.html') return route.fulfill({ contentType: 'text/html', body: html });
    const contents = files.get(file);
    if (contents === undefined) return route.fulfill({ status: 404 });
    const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
    return route.fulfill({ contentType: types[path.extname(file)] ?? 'text/plain', body: Buffer.from(contents) });
  });
  await page.goto(`${ORIGIN}/index.html`);
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

/** As VS Code does it: variables on the root element, kinds as classes of the body. Runs in the page. */
export function applyTheme(theme: Theme): void {
  const apply = (): void => {
    document.documentElement.removeAttribute('style');
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(name, value);
    document.body.classList.remove('vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light');
    document.body.classList.add(...theme.kinds);
    document.body.dataset.vscodeThemeKind = theme.kinds[theme.kinds.length - 1]!;
    document.body.dataset.vscodeThemeId = theme.name;
  };
  if (document.readyState !== 'loading') {
    apply();
    return;
  }
  // Before the page's script, which stands at the end of the body.
  new MutationObserver((_records, observer) => {
    if (document.body as HTMLElement | null) {
      observer.disconnect();
      apply();
    }
  }).observe(document, { childList: true, subtree: true });
}

export class PanelPage {
  /** Everything that the page has posted. */
  readonly messages: PanelToHost[] = [];
  /** Errors, and violations of the content security policy. */
  readonly complaints: string[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly page: Page,
    private readonly answer: OpenOptions['answer'],
  ) {
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', error => this.complaints.push(String(error.stack ?? error)));
  }

  receive(message: PanelToHost): PanelReply | undefined | Promise<PanelReply | undefined> {
    this.messages.push(message);
    for (const wake of this.waiting.splice(0)) wake();
    if (message.type === 'pageError') this.complaints.push(`${message.message}\n${message.stack}`);
    return message.type === 'query' ? this.answer?.(message) : undefined;
  }

  async send(message: HostToPanel): Promise<void> {
    await this.page.evaluate(sent => window.postMessage(sent), message);
    await this.settled();
  }

  /** Waits until the page has drawn what it was told. */
  async settled(): Promise<void> {
    await this.page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0))));
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
    return this.page.evaluate(() => (globalThis as unknown as PageGlobals).pageMemory);
  }

  async changeTheme(name: string): Promise<void> {
    await this.page.evaluate(
      applyTheme,
      THEMES.find(theme => theme.name === name)!,
    );
    await this.settled();
  }

  /** Rules of accessibility that the page breaks, with the elements; `rules`: only these. */
  async violations(rules?: string[]): Promise<string[]> {
    // Through the debugger, to which the page's content security policy does not apply.
    await this.page.evaluate(axe.source);
    return this.page.evaluate(async only => {
      const { axe: scanner } = globalThis as unknown as { axe: typeof axe };
      const { violations } = await scanner.run(document, {
        resultTypes: ['violations'],
        ...(only && { runOnly: { type: 'rule' as const, values: only } }),
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(node => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
      );
    }, rules);
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

  async close(): Promise<void> {
    await this.page.close();
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
