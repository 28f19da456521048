/** Shapes that tell series apart where colour does not: fill patterns, dashes, and the symbols of policies. */
import type { ChartTheme } from './theme';

const TILE = 8;

type Stroke = (context: CanvasRenderingContext2D) => void;

const line =
  (...segments: readonly Segment[]): Stroke =>
  context => {
    context.beginPath();
    for (const [x1, y1, x2, y2] of segments) {
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.stroke();
  };

const dots: Stroke = context => {
  for (const [x, y] of [
    [2, 2],
    [6, 6],
  ] as const) {
    context.beginPath();
    context.arc(x, y, 1.2, 0, 2 * Math.PI);
    context.fill();
  }
};

type Segment = [number, number, number, number];

const rising: Segment[] = [
  [-2, 2, 2, -2],
  [0, TILE, TILE, 0],
  [TILE - 2, TILE + 2, TILE + 2, TILE - 2],
];
const falling = rising.map(([x1, y1, x2, y2]): Segment => [TILE - x1, y1, TILE - x2, y2]);

/** Index 0 is plain; neighbours differ in direction. */
const STROKES: readonly Stroke[] = [
  () => undefined,
  line(...rising),
  dots,
  line(...falling),
  line([0, 2, TILE, 2], [0, 6, TILE, 6]),
  line(...rising, ...falling),
  line([2, 0, 2, TILE], [6, 0, 6, TILE]),
  line([0, 4, TILE, 4], [4, 0, 4, TILE]),
];

/** A fill with a texture: faint in ordinary themes, strong in those of high contrast. */
export function pattern(color: string, index: number, theme: ChartTheme): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = TILE;
  tile.height = TILE;
  const context = tile.getContext('2d');
  if (context === null || index % STROKES.length === 0) return color;
  context.fillStyle = color;
  context.fillRect(0, 0, TILE, TILE);
  context.globalAlpha = theme.highContrast ? 1 : 0.45;
  context.strokeStyle = theme.background;
  context.fillStyle = theme.background;
  context.lineWidth = theme.highContrast ? 2 : 1.2;
  STROKES[index % STROKES.length](context);
  return context.createPattern(tile, 'repeat') ?? color;
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [4, 2, 1, 2]];

/** Line dash of a policy, by its palette index; the second half of the palette repeats the first's with other colours. */
export function dash(palette: number): number[] {
  return [...DASHES[palette % DASHES.length]];
}

/** A legend swatch filled as the chart is. */
export function swatch(fill: (theme: ChartTheme) => CanvasPattern | string, theme: ChartTheme): HTMLCanvasElement {
  const scale = window.devicePixelRatio || 1;
  const canvas = document.createElement('canvas');
  canvas.className = 'swatch';
  canvas.width = 14 * scale;
  canvas.height = 10 * scale;
  canvas.setAttribute('aria-hidden', 'true');
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.scale(scale, scale);
    context.fillStyle = fill(theme);
    context.fillRect(0, 0, 14, 10);
  }
  return canvas;
}
