/** A quantity over trace time, a line a run. */
import type { PanelRun } from '../../src/editor/panel/messages';
import type { TimeRange } from '../../src/editor/panel/view-queries';
import { formatMoment } from '../format';
import { symbolMarks } from './marks';
import { STILL, valueAxis } from './options';
import { dash } from './patterns';
import type { ChartConfiguration } from './register';
import type { ChartTheme } from './theme';

export interface TimeLine {
  run: PanelRun;
  /** ns since the first event, ascending. */
  times: Float64Array;
  values: Float64Array;
}

export function timeLines(
  lines: readonly TimeLine[],
  unit: string,
  zoom: TimeRange,
  theme: ChartTheme,
): ChartConfiguration<'line', { x: number; y: number }[]> {
  const color = ({ run }: TimeLine): string => theme.policy(run.style.palette);
  const x = valueAxis(theme, 'ns');
  const stepNs = (zoom.toNs - zoom.fromNs) / 10;
  return {
    type: 'line',
    data: {
      datasets: lines.map(line => ({
        label: line.run.name,
        data: Array.from(line.times, (time, i) => ({ x: time, y: line.values[i] })),
        borderColor: color(line),
        borderWidth: theme.highContrast ? 2 : 1.5,
        borderDash: dash(line.run.style.palette),
        pointRadius: 0,
        pointHitRadius: 0,
        // A level holds until the next bucket: it does not slope.
        stepped: 'before',
      })),
    },
    options: {
      ...STILL,
      layout: { padding: { right: 4, top: 6 } },
      events: [],
      scales: {
        x: {
          ...x,
          min: zoom.fromNs,
          max: zoom.toNs,
          ticks: { ...x.ticks, callback: value => formatMoment(Number(value), stepNs) },
        },
        // All charts of the view begin at the same place, so that one cursor can run through them.
        y: { ...valueAxis(theme, unit), beginAtZero: true, afterFit: scale => (scale.width = 72) },
      },
      plugins: { tooltip: { enabled: false } },
    },
    plugins: [
      symbolMarks(
        lines.map(line => ({ symbol: line.run.style.symbol, color: color(line), size: theme.fontSize - 1 })),
        4,
        theme,
      ),
    ],
  };
}

/** The value that holds at a time; undefined before the first point. */
export function valueAt({ times, values }: Pick<TimeLine, 'times' | 'values'>, timeNs: number): number | undefined {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : values[low - 1];
}

/** Where a line is highest. */
export function peak({
  times,
  values,
}: Pick<TimeLine, 'times' | 'values'>): { time: number; value: number } | undefined {
  let at = -1;
  for (let i = 0; i < values.length; i++) if (at < 0 || values[i] > values[at]) at = i;
  return at < 0 ? undefined : { time: times[at], value: values[at] };
}
