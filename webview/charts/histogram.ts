/** How often a quantity takes which values: bars for the trace's own, lines with symbols where runs are compared. */
import type { PanelRun } from '../../src/editor/panel/messages';
import type { Distribution } from '../../src/editor/panel/view-queries';
import { formatCount, formatShare, formatValue } from '../format';
import { t } from '../strings';
import { symbolMarks } from './marks';
import { font, STILL, tooltipLook, valueAxis } from './options';
import { dash } from './patterns';
import type { ChartConfiguration } from './register';
import type { ChartTheme } from './theme';

type Config = ChartConfiguration<'bar' | 'line', { x: number; y: number }[]>;

/** @param runs of the distribution's sets, in their order; undefined where a set is the trace's own */
export function histogram(
  distribution: Distribution,
  runs: readonly (PanelRun | undefined)[],
  theme: ChartTheme,
): Config {
  const { sets } = distribution;
  const labels = binLabels(distribution);
  const color = (i: number): string => {
    const run = runs[i];
    return run === undefined ? theme.component('other') : theme.policy(run.style.palette);
  };
  return {
    type: sets.length === 1 ? 'bar' : 'line',
    data: {
      labels,
      datasets: sets.map((set, i) => ({
        label: runs[i]?.name ?? t('trace'),
        data: set.counts.map((count, x) => ({ x, y: count })),
        backgroundColor: color(i),
        hoverBackgroundColor: color(i),
        borderColor: sets.length === 1 ? theme.outline : color(i),
        borderWidth: sets.length === 1 ? Number(theme.highContrast) : 1.5,
        borderDash: dash(runs[i]?.style.palette ?? 0),
        pointRadius: 0,
        maxBarThickness: 90,
        categoryPercentage: 1,
        barPercentage: 0.92,
      })),
    },
    options: {
      ...STILL,
      layout: { padding: { right: 4, top: 8 } },
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          type: 'category',
          offset: true,
          grid: { display: false },
          border: { color: theme.gridLine },
          ticks: { color: theme.muted, font: font(theme), maxRotation: 0, autoSkipPadding: 12 },
        },
        y: { ...valueAxis(theme, ''), beginAtZero: true },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            title: items => items.map(({ dataIndex }) => binRange(distribution, dataIndex)).at(0) ?? '',
            label: ({ datasetIndex, dataIndex }) => binLine(distribution, runs[datasetIndex], datasetIndex, dataIndex),
          },
        },
      },
    },
    plugins: [
      symbolMarks(
        runs.map((run, i) => run && { symbol: run.style.symbol, color: color(i), size: theme.fontSize - 1 }),
        6,
        theme,
      ),
    ],
  };
}

function binLine({ sets }: Distribution, run: PanelRun | undefined, set: number, bin: number): string {
  const { counts, count } = sets[set];
  const share = formatShare(count === 0 ? 0 : counts[bin] / count);
  return `${run === undefined ? '' : `${run.style.symbol} ${run.name}: `}${formatCount(counts[bin])} (${share})`;
}

/** The lower edge of each bin. */
function binLabels({ edges, unit }: Distribution): string[] {
  return edges.slice(0, -1).map(edge => formatValue(edge, unit));
}

/** From one edge to the next. */
export function binRange({ edges, unit }: Distribution, bin: number): string {
  return t('{0} to {1}', formatValue(edges[bin], unit), formatValue(edges[bin + 1], unit));
}
