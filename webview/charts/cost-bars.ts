/** Cost by component, one stacked bar a run, with the band of the platform's prices as a whisker at its end. */
import type { PanelRun } from '../../src/editor/panel/messages';
import { formatNs, formatRatio, formatShare } from '../format';
import { runLabel } from '../identity';
import { t } from '../strings';
import { componentTitle, usedComponents } from '../components';
import { font, STILL, tooltipLook, valueAxis } from './options';
import { pattern } from './patterns';
import type { ChartConfiguration, Plugin } from './register';
import type { ChartTheme } from './theme';

const ROW = 50;
const BAR = 16;

export function costBarsHeight(runs: readonly PanelRun[]): number {
  return runs.length * ROW + 26;
}

/** @param onBar hears the run whose bar was clicked */
export function costBars(
  runs: readonly PanelRun[],
  baseline: PanelRun | undefined,
  theme: ChartTheme,
  onBar: (run: PanelRun) => void,
): ChartConfiguration<'bar', { x: number; y: number }[]> {
  const components = usedComponents(runs);
  return {
    type: 'bar',
    data: {
      labels: runs.map(runLabel),
      datasets: components.map(({ id, index }) => ({
        label: componentTitle(id),
        data: runs.map((run, y) => ({ x: run.time.components[id], y })),
        backgroundColor: pattern(theme.component(id), index, theme),
        hoverBackgroundColor: pattern(theme.component(id), index, theme),
        borderColor: theme.highContrast ? theme.outline : theme.background,
        borderWidth: {
          right: 1,
          left: theme.highContrast ? 1 : 0,
          top: theme.highContrast ? 1 : 0,
          bottom: theme.highContrast ? 1 : 0,
        },
        borderSkipped: false,
        barThickness: BAR,
      })),
    },
    options: {
      ...STILL,
      indexAxis: 'y',
      layout: { padding: { top: 0, right: 4 } },
      scales: {
        x: {
          ...valueAxis(theme, 'ns'),
          stacked: true,
          beginAtZero: true,
          suggestedMax: Math.max(...runs.map(run => run.time.band[1])),
        },
        y: { type: 'category', stacked: true, display: false, offset: true },
      },
      onClick: (_event, elements) => {
        const run = runs.at(elements.at(0)?.index ?? runs.length);
        if (run) onBar(run);
      },
      plugins: {
        tooltip: {
          ...tooltipLook(theme),
          callbacks: {
            title: items => items.map(({ dataIndex }) => runLabel(runs[dataIndex])).at(0) ?? '',
            label: ({ datasetIndex, dataIndex }) => componentLine(runs[dataIndex], components[datasetIndex].id),
            footer: items => items.map(({ dataIndex }) => totalLine(runs[dataIndex])).at(0) ?? '',
          },
        },
      },
    },
    plugins: [rowHeads(runs, baseline, theme), whiskers(runs, theme), barPositions(runs)],
  };
}

function componentLine(run: PanelRun, component: keyof PanelRun['time']['components']): string {
  const ns = run.time.components[component];
  return `${componentTitle(component)}: ${formatNs(ns)} (${formatShare(run.time.cpuNs === 0 ? 0 : ns / run.time.cpuNs)})`;
}

function totalLine({ time }: PanelRun): string {
  return t(
    'Total {0}, from {1} to {2} over the band of the prices',
    formatNs(time.cpuNs),
    formatNs(time.band[0]),
    formatNs(time.band[1]),
  );
}

/** Name and total above each bar, where long names have room. */
function rowHeads(runs: readonly PanelRun[], baseline: PanelRun | undefined, theme: ChartTheme): Plugin<'bar'> {
  return {
    id: 'row-heads',
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      ctx.save();
      const { family } = font(theme);
      ctx.textBaseline = 'alphabetic';
      for (const [index, run] of runs.entries()) {
        const y = scales.y.getPixelForValue(index) - BAR / 2 - 6;
        ctx.textAlign = 'left';
        ctx.font = `${theme.fontSize + 1}px ${family}`;
        ctx.fillStyle = theme.policy(run.style.palette);
        ctx.fillText(run.style.symbol, chartArea.left, y);
        const indent = ctx.measureText(run.style.symbol).width + 6;
        ctx.font = `${theme.fontSize}px ${family}`;
        ctx.fillStyle = theme.text;
        const total = headTotal(run, baseline);
        const room = chartArea.right - chartArea.left - indent - ctx.measureText(total).width - 16;
        ctx.fillText(shortened(ctx, run.name, room), chartArea.left + indent, y);
        ctx.textAlign = 'right';
        ctx.fillText(total, chartArea.right, y);
      }
      ctx.restore();
    },
  };
}

function headTotal(run: PanelRun, baseline: PanelRun | undefined): string {
  const total = formatNs(run.time.cpuNs);
  if (baseline === undefined || baseline.time.cpuNs === 0) return total;
  if (baseline.runId === run.runId) return `${total}  ${t('baseline')}`;
  return `${total}  ${formatRatio(run.time.cpuNs / baseline.time.cpuNs - 1)}`;
}

function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return `${text.slice(0, length)}…`;
}

function whiskers(runs: readonly PanelRun[], theme: ChartTheme): Plugin<'bar'> {
  return {
    id: 'whiskers',
    afterDatasetsDraw({ ctx, scales }) {
      ctx.save();
      for (const [index, run] of runs.entries()) {
        const y = scales.y.getPixelForValue(index);
        const [low, high] = run.time.band.map(ns => scales.x.getPixelForValue(ns)) as [number, number];
        // The pale line underneath keeps the dark one visible on fills of any colour.
        for (const [color, width] of [
          [theme.background, 4],
          [theme.text, 1.5],
        ] as const) {
          ctx.strokeStyle = color;
          ctx.lineWidth = width;
          ctx.beginPath();
          ctx.moveTo(low, y);
          ctx.lineTo(high, y);
          for (const end of [low, high]) {
            ctx.moveTo(end, y - 4);
            ctx.lineTo(end, y + 4);
          }
          ctx.stroke();
        }
      }
      ctx.restore();
    },
  };
}

/** Where the bars stand, for those who drive the page without eyes: px in the canvas, one entry a run. */
function barPositions(runs: readonly PanelRun[]): Plugin<'bar'> {
  return {
    id: 'bar-positions',
    afterRender({ canvas, scales }) {
      const positions = runs.map((run, index) => ({
        runId: run.runId,
        x: Math.round(scales.x.getPixelForValue(run.time.cpuNs / 2)),
        y: Math.round(scales.y.getPixelForValue(index)),
      }));
      canvas.dataset.bars = JSON.stringify(positions);
    },
  };
}
