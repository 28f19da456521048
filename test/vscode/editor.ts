import type { Locator, Page } from 'playwright-core';
import { eventually, patience } from './patience.js';

/** Text that the extension has put behind a line. */
export interface Decoration {
  line: number;
  text: string;
}

/** The text editor of the active group, or the only one, as its user sees it: lines outside of the viewport do not exist here. */
export class EditorView {
  private readonly root: Locator;

  constructor(private readonly page: Page) {
    this.root = page.locator('.editor-instance .monaco-editor:not(.rename-box)');
  }

  /** Waits until lines are drawn. */
  async waitForText(): Promise<void> {
    await this.root.first().locator('.view-lines .view-line').first().waitFor();
  }

  /** The lines in view, top down. */
  async lines(): Promise<string[]> {
    const editor = await this.active();
    return editor.locator('.view-lines').evaluate(lines =>
      Array.from(lines.querySelectorAll<HTMLElement>('.view-line'))
        .sort((a, b) => a.offsetTop - b.offsetTop)
        // The editor draws blanks as no-break spaces.
        .map(line => (line.textContent || '').replaceAll('\u00a0', ' ')),
    );
  }

  /** The number of the line with the cursor. */
  async activeLine(): Promise<number> {
    const editor = await this.active();
    return Number(await editor.locator('.line-numbers.active-line-number').first().textContent());
  }

  /** Moves the cursor of the active editor, and with it the view, to a line and optionally to a column. */
  async goTo(line: number, column = 1): Promise<void> {
    await eventually(async () => {
      await this.page.keyboard.press('Escape');
      // A webview may have the focus, and has no lines to go to.
      if ((await this.inActiveGroup().count()) === 0) await this.page.keyboard.press('Control+1');
      await this.page.keyboard.press('F1');
      await this.page.locator('.quick-input-widget:visible input.input').fill(`:${line}:${column}`, { timeout: 2000 });
      await this.page.keyboard.press('Enter');
      await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 2000 });
    });
    await eventually(async () => {
      if ((await this.activeLine()) !== line) throw new Error(`The cursor did not go to line ${line}`);
    });
  }

  /** What decorations show at the ends of the lines in view (`::after`), or within them (`::before`). */
  async decorations(place: 'after' | 'before' = 'after'): Promise<Decoration[]> {
    const editor = await this.active();
    return editor.evaluate((element, pseudo) => {
      const numbers = new Map<string, number>();
      for (const number of element.querySelectorAll('.margin-view-overlays .line-numbers')) {
        numbers.set(number.parentElement?.style.top ?? '', Number(number.textContent));
      }
      const found: { line: number; text: string }[] = [];
      for (const line of element.querySelectorAll<HTMLElement>('.view-lines .view-line')) {
        const texts = Array.from(line.querySelectorAll('span'), span => getComputedStyle(span, pseudo).content);
        // A computed `content` is a CSS string: quoted, with quotes inside escaped. Absent ones read `none` or `normal`.
        const shown = texts.filter(text => text.startsWith('"')).map(text => text.slice(1, -1).replace(/\\(.)/g, '$1'));
        const text = shown.join('').replaceAll('\u00a0', ' ');
        if (text !== '') found.push({ line: numbers.get(line.style.top) ?? 0, text });
      }
      return found.sort((a, b) => a.line - b.line);
    }, `::${place}`);
  }

  /**
   * Numbers of the lines in view on which something is drawn behind the text or in the margin.
   *
   * @param selector of what is drawn
   * @param style a computed style that it has to have as well: a property and a part of its value
   */
  async linesWith(selector: string, style?: { property: string; value: string }): Promise<number[]> {
    const editor = await this.active();
    return editor.evaluate(
      (element, { wanted, style }) => {
        const numbers = new Map<string, number>();
        for (const number of element.querySelectorAll('.margin-view-overlays .line-numbers'))
          numbers.set(number.parentElement?.style.top ?? '', Number(number.textContent));
        const lines = Array.from(element.querySelectorAll(wanted), drawn => {
          if (style && !getComputedStyle(drawn).getPropertyValue(style.property).includes(style.value))
            return undefined;
          return numbers.get(drawn.closest<HTMLElement>('[style*="top"]')?.style.top ?? '');
        });
        return [...new Set(lines.filter(line => line !== undefined))].sort((a, b) => a - b);
      },
      { wanted: selector, style },
    );
  }

  /** The colour of a text in view, and where it begins, in the page's pixels. */
  async appearance(text: string): Promise<{ color: string; x: number }> {
    const { x, y } = await this.positionOf(text);
    return this.page.evaluate(
      at => {
        const element = document.elementsFromPoint(at.x, at.y).find(({ className }) => /\bmtk/.test(className));
        return { color: element ? getComputedStyle(element).color : '', x: at.x };
      },
      { x, y },
    );
  }

  /** The texts of the CodeLenses in view. */
  async codeLenses(): Promise<string[]> {
    const lenses = (await this.active()).locator('.codelens-decoration a');
    return (await lenses.allTextContents()).map(text => text.replaceAll('\u00a0', ' ').trim());
  }

  /** Waits for a CodeLens that shows this text and clicks it. */
  async clickCodeLens(text: string): Promise<void> {
    await (await this.active()).locator('.codelens-decoration a').filter({ hasText: text }).first().click();
  }

  /**
   * Moves the mouse onto a text in view and waits for a hover.
   *
   * @param text part of a line; the first occurrence counts
   * @returns the hover's text, its parts separated by line feeds
   */
  async hover(text: string): Promise<string> {
    const parts = this.page.locator('.monaco-hover:visible .hover-row .hover-contents');
    return eventually(async () => {
      const { x, y } = await this.positionOf(text);
      await this.page.mouse.move(x, y - 200);
      await this.page.mouse.move(x, y, { steps: 3 });
      await parts.filter({ hasText: /\S/ }).first().waitFor({ timeout: 3000 });
      const texts = await parts.allInnerTexts();
      if (texts.some(part => part.trim() === 'Loading...')) throw new Error(`The hover over "${text}" did not load`);
      return texts.join('\n');
    });
  }

  /** The middle of a text in view, in the page's pixels. */
  private async positionOf(text: string): Promise<{ x: number; y: number }> {
    const editor = await this.active();
    const position = await editor.evaluate((element, wanted) => {
      for (const line of element.querySelectorAll('.view-lines .view-line')) {
        const start = (line.textContent || '').replaceAll('\u00a0', ' ').indexOf(wanted);
        if (start < 0) continue;
        // Colours split a line into many elements; a range spans them.
        const middle = start + Math.floor(wanted.length / 2);
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        for (let passed = 0, node = walker.nextNode(); node; node = walker.nextNode()) {
          const length = node.nodeValue?.length ?? 0;
          if (middle < passed + length) {
            const range = document.createRange();
            range.setStart(node, middle - passed);
            range.setEnd(node, middle - passed + 1);
            const box = range.getBoundingClientRect();
            return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
          }
          passed += length;
        }
      }
      return undefined;
    }, text);
    if (!position) throw new Error(`No line in view contains "${text}": ${(await this.lines()).join('\n')}`);
    return position;
  }

  /** The editor of the active group if it has one; a webview beside it may be the active one. */
  private async active(): Promise<Locator> {
    await this.root.first().waitFor({ timeout: patience });
    const active = await this.root.evaluateAll(editors =>
      editors.findIndex(editor => editor.closest('.editor-group-container.active') !== null),
    );
    // By its place: the group may lose the focus before the caller has asked its question.
    return this.root.nth(Math.max(active, 0));
  }

  private inActiveGroup(): Locator {
    return this.page.locator('.editor-group-container.active').locator(this.root);
  }
}
