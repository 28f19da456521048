/** A figure against a parameter, with the knee and the present value marked. */
import type { PanelRun } from '../../src/editor/panel/messages';
import type { SweepPoint, SweepReply } from '../../src/editor/panel/view-queries';
import { formatValue } from '../format';
import { t } from '../strings';
import { symbolMarks, verticalMark } from './marks';
import { logarithmicAxis, STILL, tooltipLook, valueAxis } from './options';
import type { ChartConfiguration } from './register';
import type { ChartTheme } from './theme';

/** From this ratio on a parameter is swept by factors. */
const WIDE = 16;

export interface SweptFigure {
  title: string;
  unit: string;
  value: (point: SweepPoint) => number;
  /** Low and high end, where the figure is modelled. */
  band?: (point: SweepPoint) => [number, number];
}

export function sweepLine(
  { parameter, points, knee }: SweepReply,
  figure: SweptFigure,
  run: PanelRun,
  theme: ChartTheme,
): ChartConfiguration<'line', { x: number; y: number }[]> {
  const color = theme.policy(run.style.palette);
  const values = points.map(point => point.value);
  const isWide = Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) >= WIDE;
  const line = (value: (point: SweepPoint) => number) => points.map(point => ({ x: point.value, y: value(point) }));
  const edge = { borderColor: color, borderWidth: 1, borderDash: [2, 3], pointRadius: 0, pointHitRadius: 0 };
  const { band } = figure;
  const bands = band === undefined ? [] : [0, 1].map(end => ({ ...edge, data: line(point => band(point)[end]) }));
  const marks = [...(knee ? [verticalMark(points[knee.index].value, t('knee'), theme)] : [])];
  if (parameter.current !== points.at(knee?.index ?? points.length)?.value)
    marks.push(verticalMark(parameter.current, t('now'), theme));
  return {
    type: 'line',
    data: {
      datasets: [
        { data: line(figure.value), borderColor: color, borderWidth: 1.5, pointRadius: 0, pointHitRadius: 8 },
        ...bands,
      ],
    },
    options: {
      ...STILL,
      layout: { padding: { right: 8, top: 8 } },
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: {
          ...(isWide ? logarithmicAxis : valueAxis)(theme, parameter.unit, parameter.name),
          // The values that were tried, rather than round numbers between them.
          afterBuildTicks: (axis: { ticks: { value: number }[] }) => (axis.ticks = values.map(value => ({ value }))),
          ticks: { ...valueAxis(theme, parameter.unit).ticks, maxTicksLimit: values.length },
        },
        y: { ...valueAxis(theme, figure.unit), beginAtZero: true, afterFit: scale => (scale.width = 88) },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(theme),
          filter: ({ datasetIndex }) => datasetIndex === 0,
          callbacks: {
            title: items =>
              items
                .map(({ dataIndex }) => `${parameter.name} = ${formatValue(points[dataIndex].value, parameter.unit)}`)
                .at(0) ?? '',
            label: ({ dataIndex }) => formatValue(figure.value(points[dataIndex]), figure.unit),
          },
        },
      },
    },
    plugins: [
      symbolMarks([{ symbol: run.style.symbol, color, size: theme.fontSize - 1 }], points.length, theme),
      ...marks,
    ],
  };
}
