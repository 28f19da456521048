/** Runs on two axes, with the third as the size of a ring; the front is joined by a line. */
import type { PanelRun } from '../../src/editor/panel/messages';
import type { ParetoPoint, ParetoReply } from '../../src/editor/panel/view-queries';
import { formatBytes, formatNs, formatValue } from '../format';
import { t } from '../strings';
import { drawLabels } from './labels';
import { drawSymbol } from './marks';
import { logarithmicAxis, STILL, tooltipLook, valueAxis } from './options';
import type { ChartConfiguration, Plugin } from './register';
import type { ChartTheme } from './theme';

/** From this ratio of the largest to the smallest on, even steps would crowd the small ones into a corner. */
const WIDE = 50;
const RING = { least: 9, most: 34 };

export interface PlacedRun {
  run: PanelRun;
  point: ParetoPoint;
}

export function tradeOff(
  placed: readonly PlacedRun[],
  exposure: ParetoReply['exposure'],
  theme: ChartTheme,
): ChartConfiguration<'scatter', { x: number; y: number }[]> {
  const front = lowerLeft(placed);
  const largest = Math.max(...placed.map(({ point }) => point.memoryBytes), 1);
  const at = ({ point }: PlacedRun): { x: number; y: number } => ({ x: point.costNs, y: point.exposure });
  return {
    type: 'scatter',
    data: {
      datasets: [
        {
          data: placed.map(at),
          pointRadius: 8,
          pointHoverRadius: 8,
          pointBackgroundColor: 'transparent',
          pointBorderColor: 'transparent',
        },
        {
          data: front.map(at),
          showLine: true,
          borderColor: theme.muted,
          borderWidth: 1,
          borderDash: [4, 4],
          stepped: 'after',
          pointRadius: 0,
          pointHitRadius: 0,
        },
      ],
    },
    options: {
      ...STILL,
      layout: { padding: { top: 24, right: 24, left: 4 } },
      scales: {
        x: axis(
          placed.map(({ point }) => point.costNs),
          'ns',
          t('cost: CPU time in DMA calls'),
          theme,
        ),
        y: axis(
          placed.map(({ point }) => point.exposure),
          exposure.unit,
          t('exposure, {0}', exposure.unit),
          theme,
        ),
      },
      plugins: {
        tooltip: {
          ...tooltipLook(theme),
          filter: ({ datasetIndex }) => datasetIndex === 0,
          callbacks: {
            title: items => items.map(({ dataIndex }) => placed[dataIndex].run.name).at(0) ?? '',
            label: ({ dataIndex }) => pointLines(placed[dataIndex].point, exposure),
          },
        },
      },
    },
    plugins: [rings(placed, largest, theme)],
  };
}

/** The runs with nothing below and to their left, from left to right: what the drawing shows as its edge. */
function lowerLeft(placed: readonly PlacedRun[]): PlacedRun[] {
  let least = Infinity;
  return [...placed]
    .sort((a, b) => a.point.costNs - b.point.costNs || a.point.exposure - b.point.exposure)
    .filter(({ point }) => {
      if (point.exposure >= least) return false;
      least = point.exposure;
      return true;
    });
}

function axis(values: readonly number[], unit: string, title: string, theme: ChartTheme) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (least > 0 && most / least >= WIDE)
    return { ...logarithmicAxis(theme, unit, title), min: least / 2, max: most * 2 };
  return { ...valueAxis(theme, unit, title), beginAtZero: true, grace: '10%' };
}

function pointLines(
  { costNs, exposure: value, memoryBytes }: ParetoPoint,
  exposure: ParetoReply['exposure'],
): string[] {
  return [
    t('cost {0}', formatNs(costNs)),
    t('exposure {0}', formatValue(value, exposure.unit)),
    t('memory {0}', formatBytes(memoryBytes)),
  ];
}

/** The area grows with the memory. */
function ringRadius({ memoryBytes }: ParetoPoint, largest: number): number {
  return RING.least + (RING.most - RING.least) * Math.sqrt(memoryBytes / largest);
}

/** Symbol and name at each run's place, in a ring as large as its memory. */
function rings(placed: readonly PlacedRun[], largest: number, theme: ChartTheme): Plugin<'scatter'> {
  return {
    id: 'rings',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      const spots = chart.getDatasetMeta(0).data.map(({ x, y }, i) => {
        const { run, point } = placed[i];
        return { run, x, y, color: theme.policy(run.style.palette), radius: ringRadius(point, largest) };
      });
      for (const { x, y, color, radius } of spots) {
        ctx.strokeStyle = color;
        ctx.lineWidth = theme.highContrast ? 2 : 1;
        ctx.beginPath();
        ctx.arc(x, y, radius, 0, 2 * Math.PI);
        ctx.stroke();
      }
      const size = theme.fontSize + 2;
      for (const { run, x, y, color } of spots) drawSymbol(ctx, { symbol: run.style.symbol, color, size }, x, y, theme);
      const names = spots.map(({ run, ...spot }) => ({ ...spot, text: run.name }));
      drawLabels(ctx, names, { width: chart.width, height: chart.height }, theme);
      ctx.restore();
    },
  };
}
