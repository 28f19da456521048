/**
 * The colours that VS Code 1.139 hands to a webview under its four standard themes: the variables that the pages and their
 * toolkit read, as the workbench computes them. A variable that a theme leaves undefined is missing here too.
 */
import darkModern from './themes/dark-modern.json';
import highContrastLight from './themes/high-contrast-light.json';
import highContrast from './themes/high-contrast.json';
import lightModern from './themes/light-modern.json';

export interface Theme {
  name: string;
  /** Class and `data-vscode-theme-kind` that VS Code sets on the body. */
  kinds: string[];
  variables: Record<string, string>;
}

const FONTS = {
  '--vscode-font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  '--vscode-font-size': '13px',
  '--vscode-font-weight': 'normal',
  '--vscode-editor-font-family': '"Droid Sans Mono", monospace',
  '--vscode-editor-font-size': '14px',
  '--vscode-editor-font-weight': 'normal',
};

function theme(name: string, kinds: string[], variables: Record<string, string>): Theme {
  return { name, kinds, variables: { ...FONTS, ...variables } };
}

export const THEMES: readonly Theme[] = [
  theme('dark-modern', ['vscode-dark'], darkModern),
  theme('light-modern', ['vscode-light'], lightModern),
  theme('high-contrast', ['vscode-high-contrast'], highContrast),
  theme('high-contrast-light', ['vscode-high-contrast', 'vscode-high-contrast-light'], highContrastLight),
];
