/** Things drawn over a chart: symbols of policies at points, ends of a band, a marked value. */
import type { Chart, Plugin } from './register';
import type { ChartTheme } from './theme';

export interface SymbolMark {
  symbol: string;
  color: string;
  /** Font size, px. */
  size: number;
}

/**
 * Draws the symbol of each data set at some of its points: on lines at most `most`, evenly spread, so that a line can be
 * told by its symbol wherever one looks.
 */
export function symbolMarks(marks: readonly (SymbolMark | undefined)[], most: number, theme: ChartTheme): Plugin {
  return {
    id: 'symbol-marks',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.textAlign = 'center';
      for (const [index, mark] of marks.entries()) {
        if (mark === undefined || !chart.isDatasetVisible(index)) continue;
        const points = chart.getDatasetMeta(index).data.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
        const inside = points.filter(({ x }) => x >= chartArea.left - 1 && x <= chartArea.right + 1);
        const step = Math.max(1, Math.floor(inside.length / most));
        // Each set starts at another point, so that coinciding lines show both symbols.
        const first = Math.floor((step * (index + 1)) / (marks.length + 1));
        for (let i = first; i < inside.length; i += step) drawSymbol(ctx, mark, inside[i].x, inside[i].y, theme);
      }
      ctx.restore();
    },
  };
}

export function drawSymbol(
  context: CanvasRenderingContext2D,
  { symbol, color, size }: SymbolMark,
  x: number,
  y: number,
  theme: ChartTheme,
): void {
  context.font = `${size}px ${theme.fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  const { actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = context.measureText(symbol);
  const baseline = y + (up - down) / 2;
  context.lineJoin = 'round';
  context.lineWidth = 3;
  context.strokeStyle = theme.background;
  context.strokeText(symbol, x, baseline);
  context.fillStyle = color;
  context.fillText(symbol, x, baseline);
}

/** A vertical line at a value of the x axis, with words beside it. */
export function verticalMark(value: number, label: string, theme: ChartTheme): Plugin {
  return {
    id: 'vertical-mark',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const x = xPixel(chart, value);
      if (x < chartArea.left || x > chartArea.right) return;
      ctx.save();
      ctx.strokeStyle = theme.text;
      ctx.lineWidth = 1;
      ctx.setLineDash([4, 3]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
      const fitsRight = x + 5 + ctx.measureText(label).width < chartArea.right;
      ctx.textAlign = fitsRight ? 'left' : 'right';
      ctx.textBaseline = 'top';
      ctx.lineWidth = 3;
      ctx.strokeStyle = theme.background;
      ctx.strokeText(label, x + (fitsRight ? 5 : -5), chartArea.top + 2);
      ctx.fillStyle = theme.text;
      ctx.fillText(label, x + (fitsRight ? 5 : -5), chartArea.top + 2);
      ctx.restore();
    },
  };
}

function xPixel(chart: Chart, value: number): number {
  return chart.scales.x.getPixelForValue(value);
}
