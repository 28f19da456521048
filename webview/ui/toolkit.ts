/**
 * The only file that knows the component toolkit: each helper makes one component, so that another toolkit can take its
 * place here.
 */
import {
  Dropdown,
  Panels,
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { append, h, icon, setAttributes, type Attributes, type Child } from '../dom';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodePanels(),
  vsCodePanelTab(),
  vsCodePanelView(),
  vsCodeProgressRing(),
);

export type ButtonLook = 'primary' | 'secondary' | 'icon';

/** A push button. `label` is its text; for an icon button its name for screen readers and its tooltip. */
export function button(
  label: string,
  options: { look: ButtonLook; icon?: string; onClick: (event: MouseEvent) => void; attributes?: Attributes },
): HTMLElement {
  const element = custom('vscode-button', { appearance: options.look, ...options.attributes });
  if (options.look === 'icon') {
    setAttributes(element, { 'aria-label': label, title: label });
    append(element, icon(options.icon ?? 'circle'));
  } else {
    if (options.icon !== undefined) {
      const start = icon(options.icon);
      start.slot = 'start';
      append(element, start);
    }
    append(element, label);
  }
  element.addEventListener('click', options.onClick);
  return element;
}

export interface Choice {
  value: string;
  label: string;
}

/** A labelled choice of one. `update` sets its options without telling `onChange`. */
export interface Picker {
  element: HTMLElement;
  update(choices: readonly Choice[], value: string | undefined): void;
}

export function picker(label: string, id: string, onChange: (value: string) => void): Picker {
  const dropdown = custom('vscode-dropdown', { id, 'aria-label': label });
  if (!(dropdown instanceof Dropdown)) throw new TypeError('vscode-dropdown is not registered');
  dropdown.addEventListener('change', () => onChange(dropdown.value));
  let shown = '';
  return {
    element: h(
      'div',
      { class: 'picker' },
      h('span', { class: 'picker-label', 'aria-hidden': 'true' }, label),
      dropdown,
    ),
    update(choices, value) {
      const signature = JSON.stringify(choices);
      if (signature !== shown) {
        shown = signature;
        dropdown.replaceChildren(
          ...choices.map(choice => custom('vscode-option', { value: choice.value }, choice.label)),
        );
      }
      // The component reads its options in a later task; a value set before that would be lost.
      if (value !== undefined) queueMicrotask(() => (dropdown.value = value));
    },
  };
}

export interface Tab {
  id: string;
  title: string;
  content: HTMLElement;
}

/** Tabs with roving focus. `show` opens one without telling `onChange`. */
export function tabs(
  label: string,
  items: readonly Tab[],
  onChange: (id: string) => void,
): { element: HTMLElement; show(id: string): void } {
  const panels = custom('vscode-panels', { 'aria-label': label });
  if (!(panels instanceof Panels)) throw new TypeError('vscode-panels is not registered');
  for (const { id, title } of items) append(panels, custom('vscode-panel-tab', { id: `tab-${id}` }, title));
  for (const { id, content } of items) append(panels, custom('vscode-panel-view', { id: `view-${id}` }, content));
  panels.addEventListener('change', event => {
    // Dropdowns and fields inside the views tell of their changes by the same event.
    if (event.target === panels) onChange(panels.activeid.replace(/^tab-/, ''));
  });
  return { element: panels, show: id => (panels.activeid = `tab-${id}`) };
}

export function progressRing(label: string): HTMLElement {
  return custom('vscode-progress-ring', { 'aria-label': label });
}

function custom(tag: string, attributes: Attributes, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, ...children);
  return element;
}
