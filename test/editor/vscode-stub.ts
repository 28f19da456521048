/** The few parts of VS Code that words and rows are made of, for tests that run without it. */
export const l10n = {
  t(text: string, ...args: (string | number)[]): string {
    return text.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));
  },
};
export class ThemeIcon {
  constructor(readonly id: string) {}
}
export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState = 0,
  ) {}
}
export const workspace = {};
export const window = {};
