/** The page of the large-trace view as VS Code shows it, over a text made by the test. */
import type { Page } from 'playwright-core';
import { panelHtml } from '../../../src/editor/panel/html';
import { pageLines } from '../../../src/editor/large/line-spans';
import type { HostToLarge, LargeMemory, LargeToHost, PageAnnotation } from '../../../src/editor/large/messages';
import { ORIGIN, WebviewTab } from '../webview-tab';

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
    private readonly tab: WebviewTab,
    private readonly options: LargeOptions,
  ) {}

  get page(): Page {
    return this.tab.page;
  }

  /** Bundles the page and starts a browser: once a test file. */
  static start(): Promise<WebviewTab> {
    const html = panelHtml({
      nonce: 'bm9uY2Utb2YtdGhlLXRlc3Q',
      cspSource: ORIGIN,
      script: `${ORIGIN}/large.js`,
      styles: `${ORIGIN}/large.css`,
      title: 'large.perf.txt',
      language: 'en',
      page: 'large-trace',
    });
    return WebviewTab.start('large', html);
  }

  static async open(tab: WebviewTab, options: LargeOptions): Promise<LargePage> {
    const large = new LargePage(tab, options);
    const { theme, memory } = options;
    await tab.show({
      width: 1200,
      height: 700,
      theme,
      memory,
      receive: message => large.receive(message as LargeToHost),
      complain: text => large.complaints.push(text),
    });
    await large.send({ type: 'strings', language: 'en', bundle: {} });
    return large;
  }

  close(): Promise<void> {
    return this.tab.leave();
  }

  /** Tells how far the text has been read. */
  async read(lines = this.options.lines): Promise<void> {
    const fraction = lines / this.options.lines;
    await this.send({ type: 'extent', extent: { lines, fraction, complete: lines === this.options.lines } });
    await this.page.locator('.scroller[aria-busy="false"]').waitFor();
  }

  send(message: HostToLarge): Promise<void> {
    return this.tab.send(message);
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

  async memory(): Promise<LargeMemory | undefined> {
    return (await this.tab.memory()) as LargeMemory | undefined;
  }

  /** Rules of accessibility that the page breaks, with the elements. */
  violations(): Promise<string[]> {
    return this.tab.violations();
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
