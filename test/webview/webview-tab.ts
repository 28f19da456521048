/** Pages of `webview/` as VS Code shows them (bundle, HTML, content security policy, theme), one after another in one tab. */
import path from 'node:path';
import axe from 'axe-core';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumFlags, ensureChromium } from '../workbench/browser.mjs';
import { cache, root } from '../workbench/builds.mjs';
import { THEMES, type Theme } from './themes';

export const ORIGIN = 'https://panel.test';

/** Nothing, of the same origin: the tab keeps its name there. */
const NOTHING = `${ORIGIN}/nothing.html`;

export interface ShowOptions {
  width: number;
  height: number;
  /** Default: dark. */
  theme: string | undefined;
  /** What an earlier page kept with `setState`. */
  memory: unknown;
  /** Takes what the page posts; what it returns is posted to the page. */
  receive: (message: unknown) => unknown;
  /** Takes errors of the page, and violations of its content security policy. */
  complain: (text: string) => void;
}

/** What the page finds when it begins. */
interface Beginning {
  theme: Theme;
  memory: unknown;
}

/** What the page may be told from within the browser. */
interface PageGlobals {
  hostReceives(message: unknown): Promise<unknown>;
  pageMemory: unknown;
  applyTheme(theme: Theme): void;
  acquireVsCodeApi: unknown;
}

export class WebviewTab {
  private shown: Pick<ShowOptions, 'receive' | 'complain'> | undefined;

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.shown?.complain(message.text());
    });
    page.on('pageerror', error => this.shown?.complain(String(error.stack ?? error)));
  }

  /**
   * Bundles a page and starts a browser: once a test file.
   *
   * @param name the page's script in `webview/`
   */
  static async start(name: string, html: string): Promise<WebviewTab> {
    const [files, executablePath] = await Promise.all([bundle(name), ensureChromium()]);
    const args = chromiumFlags.filter(flag => !flag.startsWith('--headless'));
    const browser = await chromium.launch({ executablePath, args });
    const page = await browser.newPage();
    const tab = new WebviewTab(browser, page);
    await page.exposeFunction('hostReceives', (message: unknown) => tab.shown?.receive(message));
    await page.addInitScript(beAsVsCode);
    await page.route(`${ORIGIN}/**`, route => {
      const file = path.basename(new URL(route.request().url()).pathname);
      if (file === 'index.html') return route.fulfill({ contentType: 'text/html', body: html });
      if (file === 'nothing.html') return route.fulfill({ contentType: 'text/html', body: '' });
      const contents = files.get(file);
      if (contents === undefined) return route.fulfill({ status: 404 });
      const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
      return route.fulfill({ contentType: types[path.extname(file)] ?? 'text/plain', body: Buffer.from(contents) });
    });
    await page.goto(NOTHING);
    return tab;
  }

  /** Opens the page anew. A tab shows one at a time: the last must have been left. */
  async show({ width, height, theme = 'dark-modern', memory, receive, complain }: ShowOptions): Promise<void> {
    if (this.shown !== undefined) throw new Error('The tab still shows another page');
    const beginning: Beginning = { theme: themeOf(theme), memory };
    await this.page.setViewportSize({ width, height });
    await this.page.mouse.move(0, 0);
    // What a tab is named outlives the page in it.
    await this.page.evaluate(name => (window.name = name), JSON.stringify(beginning));
    this.shown = { receive, complain };
    await this.page.goto(`${ORIGIN}/index.html`);
  }

  /** Ends the page, with all that it still meant to do. */
  async leave(): Promise<void> {
    await this.page.goto(NOTHING);
    await this.page.emulateMedia({ reducedMotion: null });
    this.shown = undefined;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  async send(message: unknown): Promise<void> {
    await this.page.evaluate(sent => window.postMessage(sent), message);
    await this.settled();
  }

  /** Waits until the page has drawn what it was told. */
  async settled(): Promise<void> {
    await this.page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0))));
  }

  memory(): Promise<unknown> {
    return this.page.evaluate(() => (globalThis as unknown as PageGlobals).pageMemory);
  }

  async changeTheme(name: string): Promise<void> {
    await this.page.evaluate(theme => (globalThis as unknown as PageGlobals).applyTheme(theme), themeOf(name));
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
}

function themeOf(name: string): Theme {
  const theme = THEMES.find(candidate => candidate.name === name);
  if (theme === undefined) throw new Error(`No theme ${name}`);
  return theme;
}

/** The files of a page of `webview/`, by name. */
async function bundle(page: string): Promise<Map<string, Uint8Array>> {
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

/** Runs in the page before its script: the interface to the host, and the theme. */
function beAsVsCode(): void {
  if (window.name === '') return;
  const { theme, memory } = JSON.parse(window.name) as Beginning;
  const globals = globalThis as unknown as PageGlobals;
  globals.pageMemory = memory;
  globals.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => {
      void globals.hostReceives(message).then(reply => {
        if (reply !== undefined) window.postMessage(reply);
      });
    },
    getState: () => globals.pageMemory,
    setState: (state: unknown) => (globals.pageMemory = state),
  });
  // Variables on the root element, kinds as classes of the body.
  globals.applyTheme = ({ name, kinds, variables }) => {
    document.documentElement.removeAttribute('style');
    for (const [variable, value] of Object.entries(variables))
      document.documentElement.style.setProperty(variable, value);
    document.body.classList.remove('vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light');
    document.body.classList.add(...kinds);
    document.body.dataset.vscodeThemeKind = kinds[kinds.length - 1]!;
    document.body.dataset.vscodeThemeId = name;
  };
  // As soon as there is a body, at the end of which the page's script stands.
  new MutationObserver((_records, observer) => {
    if (document.body as HTMLElement | null) {
      observer.disconnect();
      globals.applyTheme(theme);
    }
  }).observe(document, { childList: true, subtree: true });
}
