/** What all charts have in common: no motion, the theme's colours and type, a quiet grid. */
import { formatValue } from '../format';
import type { ChartTheme } from './theme';

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
      callback: (value: number | string) => formatValue(Number(value), unit),
    },
    title: axisTitle(theme, title),
  };
}

/** The same for quantities that span several powers of ten. */
export function logarithmicAxis(theme: ChartTheme, unit: string, title?: string) {
  return {
    type: 'logarithmic' as const,
    grid: { color: theme.gridLine, drawTicks: false },
    border: { color: theme.gridLine },
    ticks: {
      color: theme.muted,
      font: font(theme),
      padding: 4,
      maxRotation: 0,
      callback: (value: number | string) => (isDecade(Number(value)) ? formatValue(Number(value), unit) : ''),
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
