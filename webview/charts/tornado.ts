/** How far each price of the platform moves the cost: to the left at its low end, to the right at its high end. */
import type { SensitivityBar, SensitivityReply } from '../../src/editor/panel/view-queries';
import { workWords } from '../components';
import { formatDelta, formatNs } from '../format';
import { t } from '../strings';
import { font, STILL, tooltipLook, valueAxis } from './options';
import { pattern } from './patterns';
import type { ChartConfiguration } from './register';
import type { ChartTheme } from './theme';

const ROW = 22;

export function tornadoHeight(bars: readonly SensitivityBar[]): number {
  return bars.length * ROW + 30;
}

export function tornado(
  { cpuNs }: SensitivityReply,
  bars: readonly SensitivityBar[],
  theme: ChartTheme,
): ChartConfiguration<'bar', { x: number; y: number }[]> {
  const side = (value: (bar: SensitivityBar) => number, fill: CanvasPattern | string) => ({
    data: bars.map((bar, y) => ({ x: value(bar) - cpuNs, y })),
    backgroundColor: fill,
    hoverBackgroundColor: fill,
    borderColor: theme.outline,
    borderWidth: Number(theme.highContrast),
    barThickness: 12,
  });
  return {
    type: 'bar',
    data: {
      labels: bars.map(bar => workWords(bar.work)),
      datasets: [side(bar => bar.cpuNsLow, lowFill(theme)), side(bar => bar.cpuNsHigh, highFill(theme))],
    },
    options: {
      ...STILL,
      indexAxis: 'y',
      layout: { padding: { right: 8 } },
      interaction: { mode: 'index', axis: 'y', intersect: false },
      scales: {
        x: {
          ...valueAxis(theme, 'ns'),
          ticks: { ...valueAxis(theme, 'ns').ticks, callback: value => formatDelta(Number(value), 'ns') },
        },
        y: {
          type: 'category',
          stacked: true,
          grid: { display: false },
          border: { color: theme.gridLine },
          ticks: { color: theme.text, font: font(theme), autoSkip: false },
        },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            label: ({ datasetIndex, dataIndex }) => sideLine(bars[dataIndex], datasetIndex === 0, cpuNs),
            footer: items => items.map(({ dataIndex }) => bars[dataIndex].source).at(0) ?? '',
          },
        },
      },
    },
  };
}

function sideLine(bar: SensitivityBar, low: boolean, cpuNs: number): string {
  const price = formatNs(low ? bar.low : bar.high);
  const delta = formatDelta((low ? bar.cpuNsLow : bar.cpuNsHigh) - cpuNs, 'ns');
  return low ? t('at its low end, {0}: {1}', price, delta) : t('at its high end, {0}: {1}', price, delta);
}

export function lowFill(theme: ChartTheme): CanvasPattern | string {
  return pattern(theme.component('iova'), 3, theme);
}

export function highFill(theme: ChartTheme): CanvasPattern | string {
  return pattern(theme.component('lock'), 0, theme);
}
