/** The page of the large-trace view as VS Code shows it, over a text made by the test. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { panelHtml } from '../../../src/editor/panel/html';
import { pageLines } from '../../../src/editor/large/line-spans';
import type { HostToLarge, LargeMemory, LargeToHost, PageAnnotation } from '../../../src/editor/large/messages';
import { applyTheme, ORIGIN, serve } from '../panel-page';
import { THEMES } from '../themes';

/** Names what the page may be told from within the browser. */
interface PageGlobals {
  hostReceives(message: LargeToHost): Promise<HostToLarge | undefined>;
  pageMemory: LargeMemory | undefined;
  acquireVsCodeApi: unknown;
}

export interface LargeOptions {
  /** Of the text; line n reads as `lineText(n)`. */
  lines: number;
  theme?: string;
  memory?: LargeMemory;
  annotations?: PageAnnotation[];
}

export function lineText(line: number): string {
  const time = `${40 + Math.floor(line / 1e6)}.${String(line % 1e6).padStart(6, '0')}`;
  return `             fio   401 [000]    ${time}:     iommu:map: IOMMU: iova=0x${line.toString(16)} size=${line}`;
}

export class LargePage {
  readonly messages: LargeToHost[] = [];
  /** Errors, and violations of the content security policy. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly options: LargeOptions,
  ) {
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', error => this.complaints.push(String(error.stack ?? error)));
  }

  static async open(browser: Browser, files: Map<string, Uint8Array>, options: LargeOptions): Promise<LargePage> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
    const large = new LargePage(page, options);
    await page.exposeFunction('hostReceives', (message: LargeToHost) => large.receive(message));
    await page.addInitScript(stored => {
      const globals = globalThis as unknown as PageGlobals;
      globals.pageMemory = stored ?? undefined;
      globals.acquireVsCodeApi = () => ({
        postMessage: (message: LargeToHost) => {
          void globals.hostReceives(message).then(reply => {
            if (reply !== undefined) window.postMessage(reply);
          });
        },
        getState: () => globals.pageMemory,
        setState: (state: LargeMemory) => (globals.pageMemory = state),
      });
    }, options.memory ?? null);
    await page.addInitScript(
      applyTheme,
      THEMES.find(({ name }) => name === (options.theme ?? 'dark-modern')),
    );
    const html = panelHtml({
      nonce: 'bm9uY2Utb2YtdGhlLXRlc3Q',
      cspSource: ORIGIN,
      script: `${ORIGIN}/large.js`,
      styles: `${ORIGIN}/large.css`,
      title: 'large.perf.txt',
      language: 'en',
      page: 'large-trace',
    });
    await serve(page, files, html);
    await large.send({ type: 'strings', language: 'en', bundle: {} });
    return large;
  }

  /** Tells how far the text has been read. */
  async read(lines = this.options.lines): Promise<void> {
    const fraction = lines / this.options.lines;
    await this.send({ type: 'extent', extent: { lines, fraction, complete: lines === this.options.lines } });
    await this.page.locator('.scroller[aria-busy="false"]').waitFor();
  }

  async send(message: HostToLarge): Promise<void> {
    await this.page.evaluate(sent => window.postMessage(sent), message);
    await this.page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0))));
  }

  /** The numbers of the lines that are drawn, and whether each shows its own text. */
  async shown(): Promise<number[]> {
    const rows = await this.page.locator('.line').evaluateAll(elements =>
      elements.map(element => ({
        line: Number((element as HTMLElement).dataset.line),
        text: element.querySelector('.text')?.textContent ?? '',
      })),
    );
    for (const { line, text } of rows) {
      if (text !== lineText(line)) throw new Error(`Line ${line} shows ${JSON.stringify(text)}`);
    }
    return rows.map(({ line }) => line);
  }

  /** The last message of a type. */
  last<Type extends LargeToHost['type']>(type: Type): Extract<LargeToHost, { type: Type }> | undefined {
    return [...this.messages].reverse().find(message => message.type === type) as
      Extract<LargeToHost, { type: Type }> | undefined;
  }

  memory(): Promise<LargeMemory | undefined> {
    return this.page.evaluate(() => (globalThis as unknown as PageGlobals).pageMemory);
  }

  /** Rules of accessibility that the page breaks, with the elements. */
  async violations(): Promise<string[]> {
    // Through the debugger, to which the page's content security policy does not apply.
    await this.page.evaluate(axe.source);
    return this.page.evaluate(async () => {
      const { axe: scanner } = globalThis as unknown as { axe: typeof axe };
      const { violations } = await scanner.run(document, { resultTypes: ['violations'] });
      return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')}`));
    });
  }

  private receive(message: LargeToHost): HostToLarge | undefined {
    this.messages.push(message);
    if (message.type === 'lines') {
      const { first, count } = message;
      const texts = Array.from({ length: count }, (_, i) => lineText(first + i));
      return { type: 'lines', first, lines: pageLines(first, texts, undefined) };
    }
    if (message.type === 'annotations') {
      const { from, to } = message;
      const all = this.options.annotations ?? [];
      const lines = all.filter(({ line }) => line >= from && line <= to);
      return { type: 'annotations', from, to, lines, marks: all.map(({ line }) => line) };
    }
    if (message.type === 'caret') {
      const details = { event: `event of line ${message.line}`, fields: [{ name: 'size', value: '4 KiB' }] };
      const operation = { title: 'map 4 KiB', fields: [], partner: { line: 777 }, costs: [] };
      return { type: 'details', line: message.line, details: { ...details, operation } };
    }
    return undefined;
  }
}
