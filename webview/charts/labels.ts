/** Names beside points, where they hide neither each other nor a point. */
import type { ChartTheme } from './theme';

export interface Label {
  text: string;
  /** The point, px, and the room that its symbol needs around it. */
  x: number;
  y: number;
  radius: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Half the size of a symbol, px: what a name must not hide. */
const SYMBOL = 9;
const GAP = 5;

/** Each name goes to the first free side of its point: right, left, above, below, inside the ring. */
export function placeLabels(
  labels: readonly (Label & { width: number })[],
  height: number,
  room: { width: number; height: number },
): Box[] {
  const taken: Box[] = labels.map(({ x, y }) => ({
    left: x - SYMBOL,
    top: y - SYMBOL,
    right: x + SYMBOL,
    bottom: y + SYMBOL,
  }));
  return labels.map(({ x, y, radius, width }) => {
    const at = (left: number, top: number): Box => ({ left, top, right: left + width, bottom: top + height });
    const middle = y - height / 2;
    const sides = [
      at(x + radius + GAP, middle),
      at(x - radius - GAP - width, middle),
      at(x - width / 2, y - radius - GAP - height),
      at(x - width / 2, y + radius + GAP),
      at(x + SYMBOL + 2, middle),
    ];
    const inside = (box: Box): boolean =>
      box.left >= 0 && box.top >= 0 && box.right <= room.width && box.bottom <= room.height;
    const place =
      sides.find(side => inside(side) && !taken.some(box => overlap(box, side))) ?? sides.find(inside) ?? sides[0];
    taken.push(place);
    return place;
  });
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

export function drawLabels(
  context: CanvasRenderingContext2D,
  labels: readonly Label[],
  room: { width: number; height: number },
  theme: ChartTheme,
): void {
  context.font = `${theme.fontSize - 1}px ${theme.fontFamily}`;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.lineJoin = 'round';
  context.lineWidth = 3;
  const measured = labels.map(label => ({ ...label, width: context.measureText(label.text).width }));
  for (const [i, { left, top }] of placeLabels(measured, theme.fontSize, room).entries()) {
    context.strokeStyle = theme.background;
    context.strokeText(labels[i].text, left, top);
    context.fillStyle = theme.text;
    context.fillText(labels[i].text, left, top);
  }
}
