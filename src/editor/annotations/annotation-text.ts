/** The words on a hot line. */
import type { LineAnnotation } from '../../service/api';
import { runLabel, runSymbol, shortLabel } from '../session/run-label';
import type { RunSet } from '../session/run-set';
import { formatNs, formatRatio } from '../util/format';

/**
 * `18.4 µs · +62 % vs ● Strict · ■ Lazy · Intel VT-d, bare metal`: cost, difference, and whose numbers these are.
 * Nothing where no run is shown.
 *
 * @param versus the word between difference and baseline, translated
 */
export function annotationText(annotation: LineAnnotation, runs: RunSet, versus: string): string {
  const { shown, baseline } = runs;
  if (shown === undefined) return '';
  const parts = [formatNs(annotation.ns)];
  if (baseline !== undefined && baseline !== shown && annotation.baselineNs !== undefined) {
    parts.push(`${differenceText(annotation.ns, annotation.baselineNs)} ${versus} ${shortLabel(baseline, runs.all)}`);
  }
  parts.push(runLabel(shown));
  return parts.join(' · ');
}

/** The same in few words, longest first: `■ 18.4 µs +62 %`, without the run's symbol, the cost alone. */
export function shortAnnotations(annotation: LineAnnotation, { shown, baseline }: RunSet): string[] {
  if (shown === undefined) return [];
  const cost = formatNs(annotation.ns);
  if (baseline === undefined || baseline === shown || annotation.baselineNs === undefined) {
    return [`${runSymbol(shown)} ${cost}`, cost];
  }
  const compared = `${cost} ${differenceText(annotation.ns, annotation.baselineNs)}`;
  return [`${runSymbol(shown)} ${compared}`, compared, cost];
}

/** A ratio; a time where the baseline costs nothing. */
export function differenceText(ns: number, baselineNs: number): string {
  return formatRatio(ns, baselineNs) ?? (ns === 0 ? '±0 %' : `+${formatNs(ns)}`);
}
