/** What all charts have in common: no motion, the theme's colours and type, a quiet grid. */
import { formatCount, formatValue } from '../format';
import type { ChartTheme } from './theme';

/** A tick names its value in as few characters as it can; the unit of counts stands in the chart's heading. */
function tickText(value: number, unit: string): string {
  if (unit !== '' && unit !== 'pages') return formatValue(value, unit);
  return Math.abs(value) >= 1e6 ? `${formatCount(value / 1e6)} M` : formatCount(value);
}

/** Bytes are counted in powers of two: so are their ticks. */
function binaryTicks(axis: { min: number; max: number; ticks: { value: number }[] }): void {
  const step = 2 ** Math.ceil(Math.log2(Math.max(1, (axis.max - axis.min) / 5)));
  const first = Math.ceil(axis.min / step) * step;
  axis.ticks = Array.from({ length: Math.floor((axis.max - first) / step) + 1 }, (_, i) => ({
    value: first + i * step,
  }));
}

/** Axis options for a quantity in one of the engine's units. */
export function valueAxis(theme: ChartTheme, unit: string, title?: string) {
  return {
    type: 'linear' as const,
    grid: { color: theme.gridLine, drawTicks: false },
    border: { color: theme.gridLine },
    ticks: {
      color: theme.muted,
      font: font(theme),
      padding: 4,
      maxTicksLimit: 6,
      maxRotation: 0,
      align: 'inner' as const,
      callback: (value: number | string) => tickText(Number(value), unit),
    },
    ...(unit === 'bytes' && { afterBuildTicks: binaryTicks }),
    title: axisTitle(theme, title),
  };
}

/** The same for quantities that span several powers of ten. */
export function logarithmicAxis(theme: ChartTheme, unit: string, title?: string) {
  return {
    type: 'logarithmic' as const,
    grid: {
      drawTicks: false,
      color: ({ tick }: { tick?: { value: number } }) => (isDecade(tick?.value ?? 0) ? theme.gridLine : 'transparent'),
    },
    border: { color: theme.gridLine },
    ticks: {
      color: theme.muted,
      font: font(theme),
      padding: 4,
      maxRotation: 0,
      callback: (value: number | string) => (isDecade(Number(value)) ? tickText(Number(value), unit) : ''),
    },
    title: axisTitle(theme, title),
  };
}

function isDecade(value: number): boolean {
  const exponent = Math.log10(value);
  return Math.abs(exponent - Math.round(exponent)) < 1e-9;
}

function axisTitle(theme: ChartTheme, title: string | undefined) {
  return { display: title !== undefined, text: title ?? '', color: theme.muted, font: font(theme) };
}

export function font(theme: ChartTheme) {
  return { family: theme.fontFamily, size: theme.fontSize - 2 };
}

export function tooltipLook(theme: ChartTheme) {
  return {
    backgroundColor: theme.tooltip.background,
    borderColor: theme.tooltip.border,
    borderWidth: 1,
    cornerRadius: 3,
    padding: 8,
    titleColor: theme.tooltip.text,
    bodyColor: theme.tooltip.text,
    footerColor: theme.tooltip.text,
    titleFont: { family: theme.fontFamily, size: theme.fontSize - 1 },
    bodyFont: { family: theme.fontFamily, size: theme.fontSize - 1, weight: 'normal' as const },
    footerFont: { family: theme.fontFamily, size: theme.fontSize - 1, weight: 'normal' as const },
    displayColors: false,
  };
}

/** Options that every chart starts from. The data are final: nothing is parsed, sorted or moved. */
export const STILL = {
  responsive: true,
  maintainAspectRatio: false,
  animation: false,
  parsing: false,
  normalized: true,
} as const;
