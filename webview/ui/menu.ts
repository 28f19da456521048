/** A pop-up menu at an element: arrow keys move, Enter chooses, Escape closes and gives the focus back. */
import { append, h, icon } from '../dom';

export interface MenuItem {
  label: string;
  icon?: string;
  /** Given: the item is a check box, and the menu stays open when it is chosen. */
  checked?: boolean;
  disabled?: boolean;
  onChoose: () => void;
}

/** Opens the menu below `anchor`. */
export function openMenu(anchor: HTMLElement, label: string, items: readonly MenuItem[]): void {
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
  append(menu, ...items.map(item => menuItem(item, closeAndReturn)));
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
}

function menuItem(item: MenuItem, closeAndReturn: () => void): HTMLElement {
  const isCheck = item.checked !== undefined;
  let checked = item.checked === true;
  const mark = icon(isCheck ? 'check' : (item.icon ?? 'blank'));
  const element = h(
    'div',
    {
      class: 'menu-item',
      role: isCheck ? 'menuitemcheckbox' : 'menuitem',
      tabindex: -1,
      'aria-checked': isCheck ? String(checked) : undefined,
      'aria-disabled': item.disabled === true ? 'true' : undefined,
    },
    mark,
    h('span', {}, item.label),
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

/** @returns whether the key moves within a menu */
function moveFocus(menu: HTMLElement, key: string): boolean {
  const items = [...menu.querySelectorAll<HTMLElement>('.menu-item')];
  const at = items.findIndex(item => item === document.activeElement);
  const next: Partial<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const target = next[key];
  if (target === undefined) return false;
  items[target]?.focus();
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
