/** The page's words: English in the code, translated by the bundle that the host sends (as with `vscode.l10n`). */

let bundle: Readonly<Record<string, string>> = {};

export function setBundle(translations: Readonly<Record<string, string>>): void {
  bundle = translations;
}

/** The text in the user's language, with {0}, {1} … replaced. A text without a translation stays English. */
export function t(english: string, ...values: (string | number)[]): string {
  const text = bundle[english] ?? english;
  return text.replace(/\{(\d+)\}/g, (place, index: string) => {
    const value = values.at(Number(index));
    return value === undefined ? place : String(value);
  });
}

/** Names with commas and a last "and", as a sentence needs them. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return t('{0} and {1}', names.slice(0, -1).join(', '), names[names.length - 1]);
}
