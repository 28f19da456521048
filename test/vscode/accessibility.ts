import axe from 'axe-core';
import type { Frame } from 'playwright-core';

/** A rule that a page breaks, and where. */
export interface Violation {
  rule: string;
  impact: string;
  help: string;
  /** CSS selectors of the elements. */
  elements: string[];
}

/** What to scan of a page that is not wholly the extension's. */
export interface Scope {
  /** CSS selector of the part that is. */
  within: string;
  /** Ids of rules that this part can do nothing about. */
  except: string[];
}

/**
 * Scans a webview's page with axe-core. A passing page gives an empty array.
 *
 * @param frame from `Workbench.panelFrame`
 */
export async function violationsIn(frame: Frame, scope?: Scope): Promise<Violation[]> {
  // Through the debugger, to which the page's content security policy does not apply.
  await frame.evaluate(axe.source);
  return frame.evaluate(async scope => {
    const { axe: scanner } = globalThis as unknown as { axe: typeof axe };
    const rules = Object.fromEntries((scope?.except ?? []).map(rule => [rule, { enabled: false }]));
    const { violations } = await scanner.run(scope?.within ?? document, { resultTypes: ['violations'], rules });
    return violations.map(({ id, impact, help, nodes }) => ({
      rule: id,
      impact: impact ?? 'unknown',
      help,
      elements: nodes.map(node => node.target.join(' ')),
    }));
  }, scope);
}
