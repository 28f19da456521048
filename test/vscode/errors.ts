import type { ConsoleMessage, Page } from 'playwright-core';

/** Pages of webviews, and the resources that their extension gives them, have such addresses. */
const webviewAddress = /\/contrib\/webview\/browser\/pre\/|vscode-resource\./;

/** Native modules that the servers of these tests do without; the extension host complains of each. */
const missingNatives = /spdlog|native-watchdog|Release\/watchdog|ripgrep/;

/** Errors that say something about the extension under test: those of webviews and of the extension host. */
function concernsExtension(message: ConsoleMessage): boolean {
  if (message.type() !== 'error') return false;
  if (webviewAddress.test(message.location().url)) return true;
  return message.text().includes('[Extension Host]') && !missingNatives.test(message.text());
}

/**
 * Collects errors of a page as they come.
 *
 * @returns the growing list: console errors of webviews (violations of their content security policy among them) and of
 *   the extension host, and exceptions that nobody caught
 */
export function collectErrors(page: Page): readonly string[] {
  const errors: string[] = [];
  page.on('console', message => {
    if (concernsExtension(message)) errors.push(message.text());
  });
  page.on('pageerror', error => errors.push(error.stack ?? error.message));
  return errors;
}
