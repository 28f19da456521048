/** Numbers as people read them: the words of the reports, and the ratio of two costs. */
import { formatPercent } from '../../report/units';

export { formatBytes, formatCount, formatNs } from '../../report/units';

/**
 * A signed relative difference: +38.0 %, −4.2 %, ×12.
 *
 * @returns undefined where the baseline is 0: there is no such ratio.
 */
export function formatRatio(value: number, baseline: number): string | undefined {
  return baseline === 0 ? undefined : formatPercent(value / baseline - 1);
}
