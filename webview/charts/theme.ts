/** The colours of the editor's theme, as a canvas needs them: read from the page's style sheet, and again when it changes. */

export interface ChartTheme {
  highContrast: boolean;
  text: string;
  muted: string;
  gridLine: string;
  background: string;
  /** Drawn around filled shapes; transparent unless the theme is one of high contrast. */
  outline: string;
  focus: string;
  tooltip: { background: string; border: string; text: string };
  fontFamily: string;
  fontSize: number;
  /** Colour of a policy, by its palette index. */
  policy(palette: number): string;
  /** Colour of a component of cost. */
  component(name: string): string;
}

export const PALETTE_SIZE = 12;

export function readTheme(): ChartTheme {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  // Custom properties may be mixes of others: only a computed `color` is a colour that a canvas understands.
  const resolve = (variable: string): string => {
    probe.style.color = 'transparent';
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const body = getComputedStyle(document.body);
  const policies = Array.from({ length: PALETTE_SIZE }, (_, i) => resolve(`--replay-policy-${i}`));
  const components = new Map<string, string>();
  const theme: ChartTheme = {
    highContrast: isHighContrast(),
    text: resolve('--replay-text'),
    muted: resolve('--replay-muted'),
    gridLine: resolve('--replay-grid-line'),
    background: resolve('--replay-background'),
    outline: resolve('--replay-outline'),
    focus: resolve('--replay-focus'),
    tooltip: {
      background: resolve('--replay-tooltip-background'),
      border: resolve('--replay-tooltip-border'),
      text: resolve('--replay-tooltip-text'),
    },
    fontFamily: body.fontFamily,
    fontSize: Number.parseFloat(body.fontSize),
    policy: palette => policies[palette % PALETTE_SIZE],
    component: name => components.get(name) ?? components.get('other')!,
  };
  for (const name of ['iova', 'pageTable', 'invalidation', 'lock', 'copy', 'exit', 'pin', 'other'])
    components.set(name, resolve(`--replay-component-${name}`));
  probe.remove();
  return theme;
}

export function isHighContrast(): boolean {
  const { classList } = document.body;
  return classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light');
}

/** VS Code tells of a new theme by the class of the body and the variables on the root element. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
}
