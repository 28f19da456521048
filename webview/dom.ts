/** Elements made in code: text goes in as text, never as markup, so nothing in a trace can become part of the page. */

export type Child = Node | string | undefined | false;

export interface Attributes {
  class?: string | undefined;
  on?: Partial<{ [Name in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[Name]) => void }>;
  [attribute: string]: string | number | boolean | undefined | Attributes['on'];
}

/**
 * An element with attributes (`true` sets an empty one, `false` and `undefined` set none), listeners under `on`, and
 * children; strings become text nodes.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, ...children);
  return element;
}

export function setAttributes(element: HTMLElement, attributes: Attributes): void {
  const { on, ...rest } = attributes;
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === 'object' || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const [type, listener] of Object.entries(on ?? {})) element.addEventListener(type, listener as EventListener);
}

export function append(parent: Node, ...children: Child[]): void {
  for (const child of children) if (child !== undefined && child !== false) parent.appendChild(toNode(child));
}

/** Puts `children` in the place of whatever `parent` holds. */
export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...children.filter(child => child !== undefined && child !== false));
}

function toNode(child: Node | string): Node {
  return typeof child === 'string' ? document.createTextNode(child) : child;
}

/** A glyph of the editor's icon font; decoration only, its meaning stands beside it in words or in a label. */
export function icon(name: string): HTMLElement {
  return h('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** Text for screen readers only. */
export function unseen(text: string): HTMLElement {
  return h('span', { class: 'unseen' }, text);
}
