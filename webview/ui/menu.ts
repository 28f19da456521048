/** A pop-up menu at an element: arrow keys move, Enter or the space bar chooses, Escape closes and gives the focus back. */
import { append, h, icon, replace, setAttributes } from '../dom';

export interface MenuItem {
  label: string;
  icon?: string;
  /** Given: the item is a check box, and the menu stays open when it is chosen. */
  checked?: boolean;
  disabled?: boolean;
  onChoose: () => void;
  /** Stands at the right end of the line. */
  detail?: string;
  /** A check box of its own on the same line: the right and left arrow keys lead to it and back. */
  beside?: { label: string; icon: string; checked: boolean; onChoose: () => void };
}

export interface OpenMenu {
  readonly isOpen: boolean;
  /** Shows other items; the focus stays on the line of the same label. */
  update(items: readonly MenuItem[]): void;
}

/** Opens the menu below `anchor`. */
export function openMenu(anchor: HTMLElement, label: string, items: readonly MenuItem[]): OpenMenu {
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': label });
  const close = (): void => {
    document.removeEventListener('pointerdown', closeOutside, true);
    window.removeEventListener('blur', close);
    window.removeEventListener('resize', close);
    anchor.setAttribute('aria-expanded', 'false');
    menu.remove();
  };
  const closeOutside = (event: PointerEvent): void => {
    if (event.target instanceof Node && !menu.contains(event.target)) close();
  };
  const closeAndReturn = (): void => {
    close();
    anchor.focus();
  };
  append(menu, ...items.map(item => menuLine(item, closeAndReturn)));
  menu.addEventListener('keydown', event => {
    if (event.key === 'Escape' || event.key === 'Tab') closeAndReturn();
    else if (!moveFocus(menu, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  // In the top layer, whatever contains the anchor; within the page's landmark.
  (document.querySelector('main') ?? document.body).append(menu);
  menu.popover = 'manual';
  menu.showPopover();
  place(menu, anchor);
  anchor.setAttribute('aria-haspopup', 'menu');
  anchor.setAttribute('aria-expanded', 'true');
  document.addEventListener('pointerdown', closeOutside, true);
  window.addEventListener('blur', close);
  window.addEventListener('resize', close);
  moveFocus(menu, 'Home');
  return {
    get isOpen() {
      return menu.isConnected;
    },
    update: next => {
      const focus = focusedPlace(menu);
      replace(menu, ...next.map(item => menuLine(item, closeAndReturn)));
      place(menu, anchor);
      if (focus !== undefined) focusPlace(menu, focus);
    },
  };
}

/** The item, with the one beside it where there is one. */
function menuLine(item: MenuItem, closeAndReturn: () => void): HTMLElement {
  const main = menuItem(item, closeAndReturn);
  const { beside } = item;
  if (beside === undefined) return main;
  const second = menuItem(beside, closeAndReturn);
  replace(second, icon(beside.icon));
  second.classList.add('menu-beside');
  setAttributes(second, { 'aria-label': beside.label, title: beside.label });
  return h('div', { class: 'menu-line', role: 'group', 'aria-label': item.label }, main, second);
}

function menuItem(item: MenuItem, closeAndReturn: () => void): HTMLElement {
  const isCheck = item.checked !== undefined;
  let checked = item.checked === true;
  const element = h(
    'div',
    {
      class: 'menu-item',
      role: isCheck ? 'menuitemcheckbox' : 'menuitem',
      tabindex: -1,
      'aria-checked': isCheck ? String(checked) : undefined,
      'aria-disabled': item.disabled === true ? 'true' : undefined,
      'aria-label': item.detail === undefined ? undefined : `${item.label}, ${item.detail}`,
    },
    icon(isCheck ? 'check' : (item.icon ?? 'blank')),
    h('span', { class: 'menu-label' }, item.label),
    item.detail !== undefined && h('span', { class: 'menu-detail' }, item.detail),
  );
  const choose = (): void => {
    if (item.disabled === true) return;
    if (isCheck) {
      checked = !checked;
      element.setAttribute('aria-checked', String(checked));
    } else {
      closeAndReturn();
    }
    item.onChoose();
  };
  element.addEventListener('click', choose);
  element.addEventListener('keydown', event => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    choose();
  });
  return element;
}

/** The items of a menu line by line, from left to right. */
function linesOf(menu: HTMLElement): HTMLElement[][] {
  return [...menu.querySelectorAll<HTMLElement>(':scope > *')].map(line =>
    line.classList.contains('menu-item') ? [line] : [...line.querySelectorAll<HTMLElement>('.menu-item')],
  );
}

interface Place {
  line: number;
  column: number;
  /** Of the line, as long as it is not chosen away. */
  label: string | undefined;
}

function labelOf(line: readonly HTMLElement[]): string | undefined {
  return line.at(0)?.querySelector('.menu-label')?.textContent;
}

/** Where the focus is; undefined: not in the menu. */
function focusedPlace(menu: HTMLElement): Place | undefined {
  const lines = linesOf(menu);
  const line = lines.findIndex(items => items.some(item => item === document.activeElement));
  if (line < 0) return undefined;
  return { line, column: lines[line].findIndex(item => item === document.activeElement), label: labelOf(lines[line]) };
}

function focusPlace(menu: HTMLElement, { line, column, label }: Place): void {
  const lines = linesOf(menu);
  const items = lines.find(other => labelOf(other) === label) ?? lines.at(Math.min(line, lines.length - 1));
  (items?.at(column) ?? items?.at(0))?.focus();
}

/** @returns whether the key moves within a menu */
function moveFocus(menu: HTMLElement, key: string): boolean {
  const lines = linesOf(menu);
  const { line = -1, column = 0 } = focusedPlace(menu) ?? {};
  const next: Partial<Record<string, [line: number, column: number]>> = {
    ArrowDown: [(line + 1) % lines.length, column],
    ArrowUp: [(Math.max(line, 0) - 1 + lines.length) % lines.length, column],
    ArrowRight: [line, column + 1],
    ArrowLeft: [line, Math.max(column - 1, 0)],
    Home: [0, 0],
    End: [lines.length - 1, column],
  };
  const target = next[key];
  if (target === undefined) return false;
  const items = lines.at(target[0]);
  (items?.at(target[1]) ?? items?.at(-1))?.focus();
  return true;
}

function place(menu: HTMLElement, anchor: HTMLElement): void {
  const { left, right, bottom, top } = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const fitsRight = left + width <= window.innerWidth;
  const fitsBelow = bottom + height <= window.innerHeight;
  menu.style.left = `${Math.max(0, fitsRight ? left : right - width)}px`;
  menu.style.top = `${Math.max(0, fitsBelow ? bottom : top - height)}px`;
}
